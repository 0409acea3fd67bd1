"""A stored conversation as the window has it: its versions as forks, its steerings as values."""

import msgspec

from steerlm_studio.errors import StudioError
from steerlm_studio.protocol import Mode, Sampling
from steerlm_studio.steer.lint import parse
from steerlm_studio.steer.schema import NEMOTRON, Schema, schema_named
from steerlm_studio.steer.steering import Steering
from steerlm_studio.store.records import StoredCell, StoredConversation, StoredSweep, StoredTurn
from steerlm_studio.store.writing import titled
from steerlm_studio.ui.chat import Answer, Chat, End, Fork, KeptAnswer, KeptChat

_ENDS: dict[str, End] = {
    "stop": "stop",
    "length": "length",
    "context": "context",
    "cancelled": "cancelled",
    "lost": "lost",
    "refused": "refused",
    "failed": "failed",
    "interrupted": "interrupted",
    "damaged": "damaged",
    "imported": "imported",
    "unanswered": "unanswered",
}


def chat_of(record: StoredConversation) -> Chat:
    """The whole tree; what it was told by words that no slider has is kept as it stands."""
    chat = Chat(record.system, draft=record.draft, view=dict(record.view))
    chat.stored = KeptChat(record.id, record.system, record.draft, dict(record.view))
    answers = {turn.id: _answer(turn) for turn in record.turns}
    for turn in record.turns:
        before = answers.get(turn.parent) if turn.parent is not None else None
        if turn.parent is None or before is not None:
            (before.then if before else chat.start).answers.append(answers[turn.id])
    _show(chat.start, answers, record.shown)
    for turn in record.turns:
        _show(answers[turn.id].then, answers, turn.shown)
    first = titled(chat.start.answers[0].question) if chat.start.answers else ""
    chat.name = "" if record.title == first else record.title
    return chat


def steering_of(control: str, schema_id: str) -> Steering:
    """What of a control string sliders can show, in the schema of this name or in the usual one."""
    return parse(control, _schema(schema_id)).steering


def _show(fork: Fork, answers: dict[int, Answer], shown: int | None) -> None:
    answer = answers.get(shown) if shown is not None else None
    if answer in fork.answers:
        fork.show(answer)
        fork.stored = answer


def _answer(turn: StoredTurn) -> Answer:
    setup, counts = turn.setup, turn.counts
    steering = steering_of(turn.control, setup.schema)
    finish = _ENDS.get(turn.finish or "", "interrupted")
    mode: Mode = "exact" if setup.mode == "exact" else "fast"
    return Answer(
        turn.question,
        steering,
        setup.sampling or Sampling(),
        turn.reply,
        finish,
        counts.tokens,
        counts.prompt_tokens,
        mode,
        counts.seconds,
        turn.vote,
        turn.kept,
        turn.note,
        counts.width,
        cost=counts,
        setup=setup,
        control=None if str(steering) == turn.control else turn.control,
        stored=KeptAnswer(
            turn.id, len(turn.reply), finish, counts, turn.vote, turn.kept, turn.note
        ),
    )


def answer_of_cell(sweep: StoredSweep, cell: StoredCell, steering: Steering) -> Answer:
    """A reply of a sweep: no turn, so that the store has no number for it."""
    turn = StoredTurn(
        0, None, sweep.question, cell.reply, str(steering), sweep.setup, cell.seed, cell.finish,
        cell.counts,
    )  # fmt: skip
    answer = _answer(turn)
    answer.stored = None
    if answer.sampling.seed != cell.seed and cell.seed is not None:
        answer.sampling = msgspec.structs.replace(answer.sampling, seed=cell.seed)
    return answer


def _schema(name: str) -> Schema:
    try:
        return schema_named(name) if name else NEMOTRON
    except StudioError:
        return NEMOTRON
