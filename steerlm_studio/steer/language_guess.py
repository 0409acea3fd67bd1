"""Whether a text is plainly in another language than it was asked for: by script and small words.

Made to be silent rather than wrong: short, mixed or unclear texts are never told to be another.
"""

import re
import unicodedata
from collections import Counter

MIN_LETTERS = 40
_MIN_SHARE = 0.8  # of the letters, in one script
_MIN_HITS = 4  # small words of the language it is in
_TIMES = 3  # as many as of the language it was asked for

# The commonest small words that few neighbours share.
_SMALL_WORDS = {
    "ca": "els les amb per una són és que del al més perquè també aquest",
    "cs": "je se na že jsou to pro jako který také ale nebo když",
    "da": "det er og ikke på med for af som den til har også",
    "de": "der die das und ist nicht ein eine mit auf für sich sie von auch wird",
    "en": "the and is of to it that for with you are this was on be from",
    "eo": "la kaj estas de en ke por ne kun oni pli aŭ",
    "es": "el los las una que es con para por se del más pero como está",
    "eu": "eta da ez bat dira du izan ere dute baina",
    "fi": "ja on se ei että ovat mutta kun myös joka tai ovat",
    "fr": "le les des est une dans que pour pas avec sur et qui vous sont",
    "gl": "os as unha que é con para por máis non tamén unhas",
    "hu": "és egy hogy nem az is van meg csak vagy mint ezt",
    "id": "yang dan di untuk dengan ini tidak dari itu adalah dalam atau",
    "it": "il gli che è una per con non sono della più anche di",
    "nb": "det er og ikke på med for av som den til har også",
    "nl": "de het een en is van dat niet met zijn voor op ook",
    "pl": "się nie jest na to że są jak do dla także lub",
    "pt": "os as uma que é com para por não mais são como você",
    "ro": "și este cu care pe pentru nu sunt din mai sau că",
    "sk": "je sa na že sú to pre ako ktorý tiež ale alebo",
    "sv": "det är och inte på med för av som den till har också",
    "tr": "ve bir bu için ile çok daha olan olarak gibi değil",
    "vi": "là và của có không cho một được người trong với những",
}
_WORDS = {code: frozenset(words.split()) for code, words in _SMALL_WORDS.items()}
_CLOSE = ({"da", "nb", "sv"}, {"es", "gl", "pt", "ca"}, {"cs", "sk"})  # never told apart
_SCRIPTS = {
    "LATIN": frozenset(_WORDS),
    "CYRILLIC": frozenset(("ru", "uk", "bg")),
    "ARABIC": frozenset(("ar", "fa")),
    "HEBREW": frozenset(("he",)),
    "GREEK": frozenset(("el",)),
    "BENGALI": frozenset(("bn",)),
    "THAI": frozenset(("th",)),
    "HANGUL": frozenset(("ko",)),
    "KANA": frozenset(("ja",)),
    "CJK": frozenset(("zh", "ja")),
}
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`]*`|https?://\S+", re.DOTALL)


def other_language(text: str, asked: str) -> frozenset[str]:
    """The languages that `text` may be in when `asked` is plainly not it; else empty.

    `asked` is a code of `languages.py`. Code and addresses do not count as text.
    """
    prose = _CODE.sub(" ", text)
    script = _script(prose)
    if script is None or asked not in frozenset().union(*_SCRIPTS.values()):
        return frozenset()
    if asked not in _SCRIPTS[script]:
        found = _by_small_words(prose, "") if script == "LATIN" else ""
        return frozenset((found,)) if found else _SCRIPTS[script]
    found = _by_small_words(prose, asked) if script == "LATIN" else ""
    return frozenset((found,)) if found else frozenset()


def _script(text: str) -> str | None:
    """The one that nearly all letters belong to; None for few letters or a mixture."""
    counts = Counter(_script_of(letter) for letter in text if letter.isalpha())
    total = counts.total()
    if counts["KANA"] > total / 20:  # Japanese mixes its own letters with the Chinese
        counts["KANA"] += counts.pop("CJK", 0)
    if not counts or total < (MIN_LETTERS // 2 if counts["CJK"] or counts["KANA"] else MIN_LETTERS):
        return None
    script, count = counts.most_common(1)[0]
    return script if script in _SCRIPTS and count >= _MIN_SHARE * total else None


def _script_of(letter: str) -> str:
    name = unicodedata.name(letter, "").partition(" ")[0]
    return "KANA" if name in ("HIRAGANA", "KATAKANA") else name


def _by_small_words(text: str, asked: str) -> str:
    """The language with far more small words than `asked`; "" where it is not plain."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    hits = {code: sum(word in small for word in words) for code, small in _WORDS.items()}
    best = max(hits, key=lambda code: hits[code])
    is_close = any({best, asked} <= group for group in _CLOSE)
    enough = max(_MIN_HITS, len(words) // 10, _TIMES * hits.get(asked, 0))
    return best if hits[best] >= enough and best != asked and not is_close else ""
