"""The tree under any order of send, edit, branch, keep, delete and undo, against a simple model."""

import os
from dataclasses import dataclass, field

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from steerlm_studio.store.health import open_store
from steerlm_studio.store.records import Asked
from steerlm_studio.store.store import default_path

_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_PICK = st.integers(0, 1000)


@dataclass
class Node:
    """A turn as the model knows it."""

    id: int
    question: str
    parent: "Node | None"
    reply: str = ""
    finish: str | None = None
    kept: bool = False
    deleted: bool = False
    following: list["Node"] = field(default_factory=list)
    shown: "Node | None" = None

    def living(self) -> list["Node"]:
        return [node for node in self.following if not node.deleted]


class Tree(RuleBasedStateMachine):
    @initialize()
    def begin(self):
        self.path = default_path().with_name(f"tree-{os.urandom(6).hex()}.db")
        self.opened = open_store(self.path)
        self.talk = self.store.create()
        self.root = Node(0, "", None)
        self.undoable: list[tuple[int, Node, bool]] = []

    @property
    def store(self):
        return self.opened.store

    def nodes(self, start: Node | None = None) -> list[Node]:
        found = []
        for node in (start or self.root).living():
            found += [node, *self.nodes(node)]
        return found

    def picked(self, pick: int) -> Node:
        nodes = self.nodes()
        return nodes[pick % len(nodes)]

    def any_node(self) -> bool:
        return bool(self.nodes())

    def _asked(self, parent: Node, *questions: str) -> None:
        place = None if parent is self.root else parent.id
        turns = self.store.ask(self.talk, place, *map(Asked, questions))
        made = [Node(turn, text, parent) for turn, text in zip(turns, questions, strict=True)]
        parent.following += made
        parent.shown = made[0]

    @rule(text=_TEXTS)
    def send(self, text):
        end = self.root
        while end.shown is not None:
            end = end.shown
        self._asked(end, text)

    @rule(pick=_PICK, text=_TEXTS, lanes=st.integers(1, 3))
    @precondition(any_node)
    def edit_or_compare(self, pick, text, lanes):
        self._asked(self.picked(pick).parent, *[text] * lanes)

    @rule(pick=_PICK, text=_TEXTS)
    @precondition(any_node)
    def branch_below(self, pick, text):
        self._asked(self.picked(pick), text)

    @rule(pick=_PICK, text=_TEXTS)
    @precondition(any_node)
    def grow(self, pick, text):
        node = self.picked(pick)
        if node.finish is None:
            self.store.append({node.id: text})
            node.reply += text

    @rule(pick=_PICK)
    @precondition(any_node)
    def finish(self, pick):
        node = self.picked(pick)
        if node.finish is None:
            self.store.finish(node.id, "stop")
            node.finish = "stop"

    @rule(pick=_PICK)
    @precondition(any_node)
    def show(self, pick):
        node = self.picked(pick)
        self.store.show(node.id)
        node.parent.shown = node

    @rule(pick=_PICK)
    @precondition(any_node)
    def keep(self, pick):
        node = self.picked(pick)
        self.store.keep(node.id)
        for sibling in node.parent.following:
            sibling.kept = False
        node.kept, node.parent.shown = True, node

    @rule(pick=_PICK)
    @precondition(any_node)
    def delete(self, pick):
        node = self.picked(pick)
        was_shown = node.parent.shown is node
        self.undoable.append((self.store.shelf.delete_version(node.id), node, was_shown))
        node.deleted = True
        if was_shown:
            left = node.parent.living()
            before = [other for other in left if other.id < node.id]
            node.parent.shown = before[-1] if before else next(iter(left), None)

    @rule()
    @precondition(lambda self: self.undoable)
    def undo(self):
        entry, node, was_shown = self.undoable.pop()
        assert self.store.shelf.undo().id == entry
        node.deleted = False
        if was_shown or node.parent.shown is None:
            node.parent.shown = node

    @rule(clean=st.booleans())
    def close_and_open(self, clean):
        if clean:
            self.opened.close()
        else:
            self.opened.store.close()
            self.opened.claim.release()
        self.opened = open_store(self.path)
        assert self.opened.unclean != clean
        self._interrupt(self.root)

    def _interrupt(self, start: Node) -> None:
        for node in start.following:
            node.finish = node.finish or "interrupted"
            self._interrupt(node)

    @invariant()
    def the_file_tells_the_same(self):
        record = self.store.conversation(self.talk)
        found = {(t.id, t.question, t.reply, t.finish, t.kept) for t in record.turns}
        assert found == {(n.id, n.question, n.reply, n.finish, n.kept) for n in self.nodes()}
        path, place = [], self.root.shown
        while place is not None:
            path.append(place.id)
            place = place.shown
        assert [turn.id for turn in record.path()] == path

    def teardown(self):
        if hasattr(self, "opened"):
            self.opened.close()


TestTree = Tree.TestCase
TestTree.settings = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
