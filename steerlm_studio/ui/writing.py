"""One transaction's worth of a conversation: what the store has not yet of it."""

from dataclasses import replace

from steerlm_studio.store.records import Asked, Counts
from steerlm_studio.store.store import Store
from steerlm_studio.ui.chat import Answer, Chat, Fork, KeptAnswer, KeptChat
from steerlm_studio.ui.sweep.swept import Swept


class Writing:
    """Compares a chat with what is stored of it, and stores the difference.

    What the chat remembers of the store changes only once the disk has it all, so that a failure
    leaves everything to be written again.
    """

    def __init__(self, store: Store, chat: Chat) -> None:
        self._store, self._chat = store, chat
        self._ids: dict[Answer, int] = {}
        self._answers: dict[Answer, KeptAnswer] = {}
        self._forks: dict[Fork, Answer] = {}
        self._swept: dict[Swept, int] = {}
        self._kept_chat = chat.stored

    def write(self) -> bool:
        """Returns whether there was anything to write. Raises StudioError, having kept nothing."""
        if not self._is_wanted():
            return False
        with self._store.database.write(durable=self._is_durable()):
            number = self._begin()
            for before, fork in self._chat.places():
                self._write_fork(number, before, fork)
            for swept in self._chat.sweeps:
                self._write_sweep(number, swept)
            self._write_chat(number)
        self._remember()
        return True

    def _is_wanted(self) -> bool:
        """An empty conversation is not worth a place in the list."""
        chat = self._chat
        if chat.stored is None:
            return bool(chat.start.answers or chat.draft.strip() or chat.name or chat.sweeps)
        return (
            _now(chat, chat.stored.id) != chat.stored
            or any(_is_new(fork) for _, fork in chat.places())
            or any(swept.kept != swept.now() for swept in chat.sweeps)
        )

    def _is_durable(self) -> bool:
        """A piece of a reply or a draft may wait for the disk; all else may not."""
        if self._chat.stored is None or any(swept.is_news for swept in self._chat.sweeps):
            return True
        return any(
            _now_of(answer, 0) != replace(answer.stored, id=0, length=len(answer.text))
            if answer.stored
            else True
            for _, fork in self._chat.places()
            for answer in fork.answers
        )

    def _begin(self) -> int:
        if self._chat.stored is not None:
            return self._chat.stored.id
        number = self._store.create(self._chat.system)
        self._kept_chat = KeptChat(number, self._chat.system)
        return number

    def _write_fork(self, number: int, before: Answer | None, fork: Fork) -> None:
        new = [answer for answer in fork.answers if answer.stored is None]
        if new:
            parent = self._id(before) if before else None
            ids = self._store.ask(number, parent, *map(_asked, new))
            self._ids |= dict(zip(new, ids, strict=True))
            self._forks[fork] = new[0]
        for answer in fork.answers:
            self._write_answer(fork, answer)
        shown = fork.current
        if shown is not None and shown is not self._forks.get(fork, fork.stored):
            self._store.show(self._id(shown))
            self._forks[fork] = shown

    def _write_answer(self, fork: Fork, answer: Answer) -> None:
        number = self._id(answer)
        before, now = answer.stored or KeptAnswer(number), _now_of(answer, number)
        if now == before:
            return
        store = self._store
        if now.length > before.length:
            store.append({number: answer.text[before.length :]})
        if now.finish and (now.finish, now.counts) != (before.finish, before.counts):
            store.finish(number, now.finish, now.counts, seed=answer.sampling.seed)
        if now.vote != before.vote:
            store.vote(number, now.vote)
        if now.note != before.note:
            store.note(number, now.note)
        if now.kept != before.kept:
            store.keep(number, now.kept)
            if now.kept:
                self._forks[fork] = answer  # the store shows it now
        self._answers[answer] = now

    def _write_sweep(self, number: int, swept: Swept) -> None:
        before, now = swept.before, swept.now()
        if swept.kept == now or (before and before.id is None and before not in self._ids):
            return  # all of it is there, or what it followed was taken away unkept
        if swept.id is None:
            record = swept.record(self._id(before) if before else None)
            self._swept[swept] = self._store.sweeps.add(number, record)
        else:
            self._store.sweeps.write(swept.id, swept.changed())
            self._swept[swept] = swept.id

    def _write_chat(self, number: int) -> None:
        chat, before = self._chat, self._kept_chat
        if before is None or chat.draft != before.draft or (self._ids and chat.draft):
            self._store.set_draft(number, chat.draft)
        if before is None or chat.system != before.system:
            self._store.set_system(number, chat.system)
        if before is None or chat.view != before.view:
            self._store.set_view(number, chat.view)
        if chat.stored is None and chat.name:
            self._store.shelf.rename(number, chat.name)
        self._kept_chat = _now(chat, number)

    def _remember(self) -> None:
        for answer, number in self._ids.items():
            answer.stored = _now_of(answer, number)
        for answer, kept in self._answers.items():
            answer.stored = kept
        for fork, shown in self._forks.items():
            fork.stored = shown
        for swept, number in self._swept.items():
            swept.id, swept.kept = number, swept.now()
        self._chat.stored = self._kept_chat

    def _id(self, answer: Answer) -> int:
        return self._ids[answer] if answer.id is None else answer.id


def _is_new(fork: Fork) -> bool:
    if fork.current is not fork.stored:
        return True
    return any(a.stored is None or _now_of(a, a.stored.id) != a.stored for a in fork.answers)


def _now(chat: Chat, number: int) -> KeptChat:
    return KeptChat(number, chat.system, chat.draft, dict(chat.view))


def _now_of(answer: Answer, number: int) -> KeptAnswer:
    return KeptAnswer(
        number,
        len(answer.text),
        answer.finish,
        answer.counts if answer.finish else Counts(),
        answer.vote,
        answer.kept,
        answer.note,
    )


def _asked(answer: Answer) -> Asked:
    control = str(answer.steering) if answer.control is None else answer.control
    setup = replace(answer.setup, sampling=answer.sampling, mode=answer.mode)
    return Asked(answer.question, control, setup, answer.sampling.seed)
