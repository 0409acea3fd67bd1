"""Plain text: who said what, for mails and terminals."""

from collections.abc import Iterable, Iterator

from steerlm_studio.store.records import StoredConversation, StoredTurn
from steerlm_studio.store.transcripts.described import marks, settings
from steerlm_studio.store.transcripts.options import Options
from steerlm_studio.store.transcripts.speech import NO_QUESTION, spoken

_RULE = "=" * 72


def write(records: Iterable[StoredConversation], options: Options) -> Iterator[str]:
    for number, record in enumerate(records):
        if number:
            yield f"\n{_RULE}\n\n"
        yield f"{record.title or 'Conversation'}\n"
        if options.system and record.system:
            yield f"\nSystem: {record.system}\n"
        for path in options.paths(record):
            for turn in path:
                yield from _turn(record, turn, options)


def _turn(record: StoredConversation, turn: StoredTurn, options: Options) -> Iterator[str]:
    if not turn.extra.get(NO_QUESTION):
        yield f"\nUser: {turn.question}\n"
    versions = [turn]
    if options.versions:
        versions = [one for one in record.versions(turn.parent) if one.question == turn.question]
    for version in versions:
        said = f" ({marks(version)})" if marks(version) else ""
        if options.controls and version.told:
            yield f"\n[{version.told}]"
        yield f"\nAssistant{said}: {spoken(version)}\n"
        if options.settings:
            yield "".join(f"    {name}: {value}\n" for name, value in settings(version))
