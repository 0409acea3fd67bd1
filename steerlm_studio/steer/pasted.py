"""Finding the control string in whatever was pasted: a whole prompt, a label line, a log."""

import re

from steerlm_studio.steer.attributes import ATTRIBUTES
from steerlm_studio.steer.template import CONTROL_TOKEN

_LONGEST = 200_000  # characters looked through, from the end
# Repeats are bounded: a long word must not cost quadratic time.
_PAIR = r"[A-Za-z_]{1,40}[ \t]{0,4}:[ \t]{0,4}[+-]?[A-Za-z0-9_-]{1,12}"
_MORE = rf"(?:[ \t]{{0,4}},\s{{0,4}}{_PAIR})"
_STRING = re.compile(rf"(?<={CONTROL_TOKEN}){_PAIR}{_MORE}*|(?<![A-Za-z_]){_PAIR}{_MORE}{{2,}}")
_KEYS = {*ATTRIBUTES, "lang"}


def control_string_in(text: str) -> str | None:
    """The last control string in `text`, most of its names known.

    Behind the token that opens it one pair is enough, elsewhere it takes three.
    """
    found = [match.group() for match in _STRING.finditer(text[-_LONGEST:])]
    return next((string for string in reversed(found) if _is_known(string)), None)


def _is_known(string: str) -> bool:
    keys = [pair.partition(":")[0].strip() for pair in string.split(",")]
    return 2 * sum(key in _KEYS for key in keys) > len(keys)
