"""Whatever is done to a conversation in memory, the store tells the same, even after refusals."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from steerlm_studio.protocol import Sampling
from steerlm_studio.steer.steering import DEFAULT
from steerlm_studio.store.store import Store
from steerlm_studio.store.trouble import StoreTrouble
from steerlm_studio.ui.chat import Answer, Chat, Fork
from steerlm_studio.ui.chat_read import chat_of
from steerlm_studio.ui.writing import Writing

CUT = "interrupted"  # a reply that grows is read as one that was cut
_PICK = st.integers(0, 1000)
_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


def told(fork: Fork) -> tuple[object, ...]:
    """All that is to be kept of a fork and what follows it."""
    return (
        fork.shown,
        *(
            (
                a.question,
                str(a.steering),
                a.text,
                a.finish or CUT,
                a.vote,
                a.kept,
                a.note,
                told(a.then),
            )
            for a in fork.answers
        ),
    )


class Kept(RuleBasedStateMachine):
    @initialize()
    def begin(self):
        self.store, self.chat = Store.in_memory(), Chat("Be kind.")
        self.deleted: list[tuple[int, Fork, int, Answer]] = []

    def answers(self) -> list[Answer]:
        return [answer for _, fork in self.chat.places() for answer in fork.answers]

    def picked(self, pick: int) -> Answer:
        answers = self.answers()
        return answers[pick % len(answers)]

    @rule(text=_TEXT, humor=st.integers(0, 4), lanes=st.integers(1, 3))
    def send(self, text, humor, lanes):
        fork = self.chat.end()
        for lane in range(lanes):
            fork.add(Answer(text, DEFAULT.having(humor=(humor + lane) % 5), Sampling()))
        fork.shown = 0
        self.write()

    @rule(pick=_PICK, text=_TEXT)
    @precondition(lambda self: self.answers())
    def edit(self, pick, text):
        self.chat.holding(self.picked(pick)).add(Answer(text, DEFAULT, Sampling()))
        self.write()

    @rule(pick=_PICK, text=_TEXT, ends=st.booleans())
    @precondition(lambda self: self.answers())
    def grow(self, pick, text, ends):
        answer = self.picked(pick)
        if answer.finish is None:
            answer.text += text
            answer.finish = "stop" if ends else None
        self.write()

    @rule(pick=_PICK, vote=st.integers(-1, 1), note=_TEXT)
    @precondition(lambda self: self.answers())
    def mark(self, pick, vote, note):
        answer = self.picked(pick)
        answer.vote, answer.note = vote, note
        self.write()

    @rule(pick=_PICK)
    @precondition(lambda self: self.answers())
    def keep(self, pick):
        answer = self.picked(pick)
        fork = self.chat.holding(answer)
        for sibling in fork.answers:
            sibling.kept = sibling is answer
        fork.show(answer)
        self.write()

    @rule(pick=_PICK)
    @precondition(lambda self: self.answers())
    def go_on_from(self, pick):
        self.chat.show_way_to(self.picked(pick))
        self.write()

    @rule(pick=_PICK)
    @precondition(lambda self: self.answers())
    def delete(self, pick):
        answer = self.picked(pick)
        fork = self.chat.holding(answer)
        entry = self.store.shelf.delete_version(answer.id)
        self.deleted.append((entry, fork, fork.remove(answer), answer))
        fork.stored = None  # which is shown now is told to the store anew
        self.write()

    @rule()
    @precondition(lambda self: self.deleted)
    def undo(self):
        entry, fork, place, answer = self.deleted.pop()
        self.store.shelf.restore(entry)
        fork.put_back(place, answer)
        fork.stored = None
        self.write()

    @rule(text=_TEXT, fails=st.sampled_from(["ask", "append", "finish", "show", "set_draft"]))
    def be_refused(self, text, fails):
        """The disk is full in the midst of it, and has room again."""
        self.chat.end().add(Answer(text, DEFAULT, Sampling(), text, "stop"))
        self.chat.draft = text
        setattr(self.store, fails, _refuse)
        try:
            Writing(self.store, self.chat).write()
        except StoreTrouble:
            pass
        finally:
            delattr(self.store, fails)
        self.write()

    def write(self):
        Writing(self.store, self.chat).write()
        assert not Writing(self.store, self.chat).write()

    @invariant()
    def the_store_tells_the_same(self):
        if not hasattr(self, "chat") or self.chat.id is None:
            return
        again = chat_of(self.store.conversation(self.chat.id))
        here, there = told(self.chat.start), told(again.start)
        assert there == here
        assert (again.draft, again.system) == (self.chat.draft, self.chat.system)


def _refuse(*_: object, **__: object) -> None:
    raise StoreTrouble("The disk is full.")


TestKept = Kept.TestCase
TestKept.settings = settings(
    max_examples=15,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
