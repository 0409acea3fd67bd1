"""Markdown: replies as the model wrote them, everything else quoted so that none of it is lost."""

import re
from collections.abc import Iterable, Iterator

from steerlm_studio.store.records import StoredConversation, StoredTurn
from steerlm_studio.store.transcripts.described import marks, settings
from steerlm_studio.store.transcripts.options import Options
from steerlm_studio.store.transcripts.speech import NO_QUESTION, spoken

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_CODE = re.compile(r"(`+)(?:(?!\1).)*\1")


def write(records: Iterable[StoredConversation], options: Options) -> Iterator[str]:
    for number, record in enumerate(records):
        yield ("\n---\n\n" if number else "") + f"# {_in_line(record.title or 'Conversation')}\n"
        if options.system and record.system:
            yield f"\n{quoted(record.system)}\n"
        for path in options.paths(record):
            for turn in path:
                yield from _turn(record, turn, options)


def _turn(record: StoredConversation, turn: StoredTurn, options: Options) -> Iterator[str]:
    if not turn.extra.get(NO_QUESTION):
        yield f"\n## User\n\n{visible(turn.question)}\n"
    versions = [turn]
    if options.versions:
        versions = [one for one in record.versions(turn.parent) if one.question == turn.question]
    for version in versions:
        said = marks(version)
        yield "\n## Assistant" + (f" ({said})" if said else "") + "\n"
        if options.controls and version.told:
            yield f"\n`{version.told}`\n"
        yield f"\n{visible(spoken(version))}\n"
        if options.settings:
            yield "\n" + "".join(f"- {name}: {_in_line(v)}\n" for name, v in settings(version))


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
