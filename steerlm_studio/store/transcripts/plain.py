"""Plain text: who said what, for mails and terminals."""

from collections.abc import Iterable, Iterator

from steerlm_studio.store.records import StoredConversation, StoredTurn
from steerlm_studio.store.transcripts.described import settings, who
from steerlm_studio.store.transcripts.options import Options
from steerlm_studio.store.transcripts.speech import spoken
from steerlm_studio.store.transcripts.walk import Voice, told

_RULE = "=" * 72


def write(records: Iterable[StoredConversation], options: Options) -> Iterator[str]:
    return told(records, options, _VOICE)


def _reply(turn: StoredTurn, options: Options) -> Iterator[str]:
    if options.controls and turn.told:
        yield f"\n[{turn.told}]"
    yield f"\n{who(turn, goes_on=False)}: {spoken(turn)}\n"
    if options.settings:
        yield "".join(f"    {name}: {value}\n" for name, value in settings(turn))


_VOICE = Voice(
    goes_before=f"\n{_RULE}\n\n",
    title=lambda text: f"{text}\n",
    system=lambda text: f"\nSystem: {text}\n",
    branch=lambda text: f"\n--- {text} ---\n",
    question=lambda text: f"\nUser: {text}\n",
    reply=_reply,
)
