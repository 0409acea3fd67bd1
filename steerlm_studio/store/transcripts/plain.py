"""Plain text: who said what, for mails and terminals."""

from collections.abc import Iterable, Iterator

from steerlm_studio.store.records import StoredConversation, StoredTurn
from steerlm_studio.store.transcripts.described import settings, who
from steerlm_studio.store.transcripts.options import Options
from steerlm_studio.store.transcripts.speech import spoken
from steerlm_studio.store.transcripts.walk import Branch, title_of, walk

_RULE = "=" * 72


def write(records: Iterable[StoredConversation], options: Options) -> Iterator[str]:
    for number, record in enumerate(records):
        yield (f"\n{_RULE}\n\n" if number else "") + f"{title_of(record)}\n"
        if options.system and record.system:
            yield f"\nSystem: {record.system}\n"
        for step in walk(record, options):
            if isinstance(step, Branch):
                yield f"\n--- {step.heading} ---\n"
                continue
            if step.question is not None:
                yield f"\nUser: {step.question}\n"
            for reply in step.replies:
                yield from _reply(reply, options)


def _reply(turn: StoredTurn, options: Options) -> Iterator[str]:
    if options.controls and turn.told:
        yield f"\n[{turn.told}]"
    yield f"\n{who(turn, goes_on=False)}: {spoken(turn)}\n"
    if options.settings:
        yield "".join(f"    {name}: {value}\n" for name, value in settings(turn))
