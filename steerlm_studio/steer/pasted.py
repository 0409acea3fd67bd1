"""What was pasted: the control string in a prompt, a label line or a log, or a prompt's parts."""

import re
from dataclasses import dataclass

from steerlm_studio.steer.attributes import ATTRIBUTES
from steerlm_studio.steer.template import CONTROL_TOKEN, SYSTEM_TOKEN, TURN_TOKEN

_LONGEST = 200_000  # characters looked through, from the end
# Repeats are bounded: a long word must not cost quadratic time.
_PAIR = r"[A-Za-z_]{1,40}[ \t]{0,4}:[ \t]{0,4}[+-]?[A-Za-z0-9_-]{1,12}"
_MORE = rf"(?:[ \t]{{0,4}},\s{{0,4}}{_PAIR})"
_STRING = re.compile(rf"(?<={CONTROL_TOKEN}){_PAIR}{_MORE}*|(?<![A-Za-z_]){_PAIR}{_MORE}{{2,}}")
_KEYS = {*ATTRIBUTES, "lang"}
_PROMPT = re.compile(
    rf"\s*{SYSTEM_TOKEN}System\n(.*?)\n{{1,2}}{TURN_TOKEN}User\n(.*?)\n"
    rf"{TURN_TOKEN}Assistant(?:\n(?:{CONTROL_TOKEN}([^\n]*))?)?\s*",
    re.DOTALL,
)


@dataclass(frozen=True)
class Pasted:
    """A prompt of one question; `control` is empty where it sets nothing."""

    system: str
    question: str
    control: str


def prompt_in(text: str) -> Pasted | None:
    """The parts of a whole prompt of one question, in either layout of lines.

    None for all else, and for a prompt with earlier turns or a reply, which would be lost.
    """
    if text.count(TURN_TOKEN) != 2 or text.count(SYSTEM_TOKEN) != 1:
        return None
    found = _PROMPT.fullmatch(text.replace("\r\n", "\n"))
    return Pasted(found[1], found[2], (found[3] or "").strip()) if found else None


def control_string_in(text: str) -> str | None:
    """The last control string in `text`, most of its names known.

    Behind the token that opens it one pair is enough, elsewhere it takes three.
    """
    found = [match.group() for match in _STRING.finditer(text[-_LONGEST:])]
    return next((string for string in reversed(found) if _is_known(string)), None)


def _is_known(string: str) -> bool:
    keys = [pair.partition(":")[0].strip() for pair in string.split(",")]
    return 2 * sum(key in _KEYS for key in keys) > len(keys)
