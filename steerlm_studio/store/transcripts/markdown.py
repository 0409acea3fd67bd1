"""Markdown: replies as the model wrote them, everything else quoted so that none of it is lost."""

import re
from collections.abc import Iterable, Iterator

from steerlm_studio.store.records import StoredConversation, StoredTurn
from steerlm_studio.store.transcripts.described import settings, who
from steerlm_studio.store.transcripts.options import Options
from steerlm_studio.store.transcripts.speech import spoken
from steerlm_studio.store.transcripts.walk import Voice, told

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_CODE = re.compile(r"(`+)(?:(?!\1).)*\1")


def write(records: Iterable[StoredConversation], options: Options) -> Iterator[str]:
    return told(records, options, _VOICE)


def _reply(turn: StoredTurn, options: Options) -> Iterator[str]:
    yield f"\n## {who(turn, goes_on=False)}\n"
    if options.controls and turn.told:
        yield f"\n{_code(turn.told)}\n"
    yield f"\n{visible(spoken(turn))}\n"
    if options.settings:
        yield "\n" + "".join(f"- {name}: {_in_line(v)}\n" for name, v in settings(turn))


def _code(text: str) -> str:
    """In backticks, of which it may hold some."""
    ticks = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    space = " " if "`" in text else ""
    return f"{ticks}{space}{text}{space}{ticks}"


def visible(text: str) -> str:
    """`text` with < escaped outside code, so that <extra_id_1> is seen, and a fence closed."""
    lines, fence = [], ""
    for line in text.split("\n"):
        found = _FENCE.match(line)
        if fence:
            closes = found and found[1][0] == fence[0] and len(found[1]) >= len(fence)
            fence = "" if closes and not line.strip().strip(fence[0]) else fence
        elif found:
            fence = found[1]
        else:
            line = _in_line(line)
        lines.append(line)
    return "\n".join(lines + ([fence] if fence else []))


def quoted(text: str) -> str:
    return "\n".join(f"> {line}" for line in visible(text).split("\n"))


def _in_line(text: str) -> str:
    parts, at = [], 0
    for code in _CODE.finditer(text):
        parts += [text[at : code.start()].replace("<", "\\<"), code[0]]
        at = code.end()
    return "".join(parts) + text[at:].replace("<", "\\<")


_VOICE = Voice(
    goes_before="\n---\n\n",
    title=lambda text: f"# {_in_line(text)}\n",
    system=lambda text: f"\n{quoted(text)}\n",
    branch=lambda text: f"\n## {_in_line(text)}\n",
    question=lambda text: f"\n## User\n\n{visible(text)}\n",
    reply=_reply,
)
