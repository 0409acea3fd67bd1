"""A page that stands alone: light and dark, good on paper, comparisons side by side.

No script and nothing from outside; all text is escaped and shown as it was written.
"""

import html
import re
from collections.abc import Iterable, Iterator

from steerlm_studio.store.records import StoredConversation, StoredTurn
from steerlm_studio.store.transcripts.described import marks, settings
from steerlm_studio.store.transcripts.options import Options
from steerlm_studio.store.transcripts.speech import NO_QUESTION, spoken

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_STYLE = """
:root { color-scheme: light dark; --text: #1c1d1f; --page: #ffffff; --box: #f3f4f6;
  --line: #c9ccd1; --quiet: #5b6068; --mark: #2f6f3e; }
@media (prefers-color-scheme: dark) { :root { --text: #e8e9eb; --page: #17181a; --box: #222427;
  --line: #43474d; --quiet: #a5abb3; --mark: #86cf98; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1rem; max-width: 76rem; background: var(--page);
  color: var(--text); font: 1rem/1.5 system-ui, "Noto Sans", sans-serif; }
article { margin-bottom: 4rem; }
h1 { font-size: 1.5rem; line-height: 1.25; overflow-wrap: anywhere; }
.system, .user { margin: 1rem 0; padding: .75rem 1rem; background: var(--box);
  border-radius: .5rem; }
.system { color: var(--quiet); }
.who { margin: 0; color: var(--quiet); font-size: .875rem; font-weight: 600; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: plaintext; }
.versions { display: grid; gap: 1rem;
  grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr)); }
.reply { padding: .75rem 1rem; border: 1px solid var(--line); border-radius: .5rem; }
.shown { border-color: var(--mark); }
.control { display: block; margin: .25rem 0; color: var(--quiet); font-size: .8125rem;
  overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; margin: .75rem 0 0;
  color: var(--quiet); font-size: .8125rem; }
dd { margin: 0; overflow-wrap: anywhere; }
@media print { :root { color-scheme: light; --text: #000; --page: #fff; --box: #f3f4f6;
  --line: #999; --quiet: #444; --mark: #2f6f3e; }
  body { max-width: none; padding: 0; font-size: 10.5pt; }
  article { break-before: page; } article:first-child { break-before: auto; }
  h1, .who, .control { break-after: avoid; } }
"""


def write(records: Iterable[StoredConversation], options: Options) -> Iterator[str]:
    yield (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<title>SteerLM Studio transcripts</title>\n"
        f"<style>{_STYLE}</style>\n</head>\n<body>\n"
    )
    for record in records:
        yield f'<article>\n<h1 dir="auto">{_shown(record.title or "Conversation")}</h1>\n'
        if options.system and record.system:
            yield _said("system", "System", record.system)
        for path in options.paths(record):
            for turn in path:
                yield from _turn(record, turn, options)
        yield "</article>\n"
    yield "</body>\n</html>\n"


def _turn(record: StoredConversation, turn: StoredTurn, options: Options) -> Iterator[str]:
    if not turn.extra.get(NO_QUESTION):
        yield _said("user", "User", turn.question)
    versions = [turn]
    if options.versions:
        versions = [one for one in record.versions(turn.parent) if one.question == turn.question]
    yield '<div class="versions">\n' if len(versions) > 1 else ""
    for version in versions:
        goes_on = len(versions) > 1 and version.id == turn.id
        yield _reply(version, options, goes_on=goes_on)
    yield "</div>\n" if len(versions) > 1 else ""


def _said(kind: str, who: str, text: str) -> str:
    return (
        f'<section class="{kind}"><p class="who">{who}</p>'
        f'<div class="text" dir="auto">{_shown(text)}</div></section>\n'
    )


def _reply(turn: StoredTurn, options: Options, *, goes_on: bool) -> str:
    place = "the conversation goes on here" if goes_on else ""
    said = ", ".join(filter(None, (place, marks(turn))))
    who = "Assistant" + (f" ({said})" if said else "")
    parts = [f'<section class="reply{" shown" if goes_on else ""}"><p class="who">{who}</p>']
    if options.controls and turn.told:
        parts.append(f'<code class="control" dir="ltr">{_shown(turn.told)}</code>')
    parts.append(f'<div class="text" dir="auto">{_shown(spoken(turn))}</div>')
    if options.settings:
        rows = (f"<dt>{_shown(name)}</dt><dd>{_shown(v)}</dd>" for name, v in settings(turn))
        parts.append(f"<dl>{''.join(rows)}</dl>")
    return "".join(parts) + "</section>\n"


def _shown(text: str) -> str:
    """Escaped; characters that no page may hold become their pictures."""
    pictures = _CONTROL.sub(lambda found: chr(0x2400 + min(ord(found[0]), 0x21)), text)
    return html.escape(pictures)
