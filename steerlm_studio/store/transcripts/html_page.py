"""A page that stands alone: light and dark, good on paper, comparisons side by side.

No script and nothing from outside; all text is escaped and shown as it was written.
"""

import html
import re
from collections.abc import Iterable, Iterator

from steerlm_studio.store.records import StoredConversation, StoredTurn
from steerlm_studio.store.transcripts.described import settings, who
from steerlm_studio.store.transcripts.options import Options
from steerlm_studio.store.transcripts.speech import spoken
from steerlm_studio.store.transcripts.walk import Branch, Exchange, title_of, walk

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
h2 { font-size: 1.125rem; margin: 2rem 0 1rem; overflow-wrap: anywhere; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: plaintext;
  max-width: 48rem; margin-inline-end: auto; }
.versions { display: grid; gap: 1rem;
  grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr)); }
.reply { padding: .75rem 1rem; border: 1px solid var(--line); border-radius: .5rem; }
.shown { border-color: var(--mark); }
.control { display: block; margin: .25rem 0; color: var(--quiet); font-size: .8125rem;
  overflow-wrap: anywhere; }
dl { display: flex; flex-wrap: wrap; gap: 0 1.25rem; margin: .75rem 0 0; color: var(--quiet);
  font-size: .8125rem; }
dl div { display: flex; gap: .375rem; }
dd { margin: 0; color: var(--text); overflow-wrap: anywhere; }
@page { margin: 16mm; }
@media print { :root { color-scheme: light; --text: #000; --page: #fff; --box: #f3f4f6;
  --line: #999; --quiet: #444; --mark: #2f6f3e; }
  body { max-width: none; padding: 0; font-size: 10.5pt; }
  article { break-before: page; } article:first-child { break-before: auto; }
  h1, h2, .who, .control { break-after: avoid; } .user { break-inside: avoid; } }
"""


def write(records: Iterable[StoredConversation], options: Options) -> Iterator[str]:
    yield (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<title>SteerLM Studio transcripts</title>\n"
        f"<style>{_STYLE}</style>\n</head>\n<body>\n"
    )
    for record in records:
        yield f'<article>\n<h1 dir="auto">{_shown(title_of(record))}</h1>\n'
        if options.system and record.system:
            yield _said("system", "System", record.system)
        for step in walk(record, options):
            yield from _branch(step) if isinstance(step, Branch) else _exchange(step, options)
        yield "</article>\n"
    yield "</body>\n</html>\n"


def _branch(branch: Branch) -> Iterator[str]:
    yield f'<h2 dir="auto">{_shown(branch.heading)}</h2>\n'


def _exchange(exchange: Exchange, options: Options) -> Iterator[str]:
    if exchange.question is not None:
        yield _said("user", "User", exchange.question)
    is_choice = exchange.shown is not None
    yield '<div class="versions">\n' if is_choice else ""
    for reply in exchange.replies:
        yield _reply(reply, options, goes_on=reply.id == exchange.shown)
    yield "</div>\n" if is_choice else ""


def _said(kind: str, speaker: str, text: str) -> str:
    return (
        f'<section class="{kind}"><p class="who">{speaker}</p>'
        f'<div class="text" dir="auto">{_shown(text)}</div></section>\n'
    )


def _reply(turn: StoredTurn, options: Options, *, goes_on: bool) -> str:
    kind = "reply shown" if goes_on else "reply"
    parts = [f'<section class="{kind}"><p class="who">{who(turn, goes_on=goes_on)}</p>']
    if options.controls and turn.told:
        parts.append(f'<code class="control" dir="ltr">{_breakable(turn.told)}</code>')
    parts.append(f'<div class="text" dir="auto">{_shown(spoken(turn))}</div>')
    if options.settings:
        rows = (
            f"<div><dt>{_shown(name)}</dt><dd>{_shown(value)}</dd></div>"
            for name, value in settings(turn)
        )
        parts.append(f"<dl>{''.join(rows)}</dl>")
    return "".join(parts) + "</section>\n"


def _breakable(control: str) -> str:
    return _shown(control).replace(",", ",<wbr>")


def _shown(text: str) -> str:
    """Escaped; characters that no page may hold become their pictures."""
    pictures = _CONTROL.sub(lambda found: chr(0x2400 + min(ord(found[0]), 0x21)), text)
    return html.escape(pictures)
