"""Outside text made fit to show: direction overrides visible, endless words broken."""

import html
import re

LONGEST_RUN = 2000  # Qt's line breaking is quadratic in a run without any break
BREAK = "\u200b"

# Embeddings, overrides and isolates: they can make text read other than it is stored.
_DIRECTION = {
    0x202A: "⟨LRE⟩",
    0x202B: "⟨RLE⟩",
    0x202C: "⟨PDF⟩",
    0x202D: "⟨LRO⟩",
    0x202E: "⟨RLO⟩",
    0x2066: "⟨LRI⟩",
    0x2067: "⟨RLI⟩",
    0x2068: "⟨FSI⟩",
    0x2069: "⟨PDI⟩",
}
_CONTROLS = {code: "" for code in (*range(9), 11, 12, *range(14, 32), 127)}
_RUN = re.compile(rf"\S{{{LONGEST_RUN}}}")


def shown(text: str) -> str:
    """`text` as it may be given to a text widget; reads the same, hides nothing."""
    visible = text.translate(_CONTROLS | _DIRECTION)
    return _RUN.sub(lambda run: run.group() + BREAK, visible)


def tooltip(text: str) -> str:
    """`text` for a tooltip, which would else guess that it is markup."""
    return f'<p style="white-space: pre-wrap">{html.escape(shown(text))}</p>'
