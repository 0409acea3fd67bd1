"""Draws what the replies of the corpus are told: every value, pair and partial string occurs."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from zlib import crc32

from steerlm_studio.steer.schema import NEMOTRON
from steerlm_studio.steer.steering import DEFAULT, Steering

DEFAULTS: dict[str, int] = {name: int(DEFAULT[name] or 0) for name in NEMOTRON.names}
GOOD = tuple(name for name, value in DEFAULTS.items() if value == 4)
STAND_INS = (
    "toxicity",
    "violence",
    "not_appropriate",
    "hate_speech",
    "sexual_content",
    "political_content",
    "moral_judgement",
)
HELD_OUT_SHARE = 12  # one in so many combinations of three and more changes is never trained on


@dataclass(frozen=True)
class Control:
    """A control string and what it comes to: left out is as good as the default."""

    text: str
    values: Mapping[str, int]
    lang: str | None  # None: left out, the reply takes the language of the question


def control(values: Mapping[str, int | None], lang: str | None) -> Control:
    """The control string for `values` (None or missing = left out)."""
    given = tuple(values.get(name) for name in NEMOTRON.names)
    effective = {
        name: default if values.get(name) is None else int(values[name] or 0)
        for name, default in DEFAULTS.items()
    }
    return Control(str(Steering(NEMOTRON, given, lang)), effective, lang)


def held_out(values: Mapping[str, int]) -> bool:
    """Whether the test alone may show this combination of three and more changes."""
    changed = [f"{name}{value}" for name, value in values.items() if value != DEFAULTS[name]]
    return len(changed) >= 3 and crc32(" ".join(changed).encode()) % HELD_OUT_SHARE == 0


def draw(rng: random.Random, lang: str, *, progress: float, split: str = "train") -> Control:
    """A control string for a reply in `lang`; early ones are short and ask for little."""
    while True:
        mode, values = _values(rng, progress)
        if split == "train" and not held_out(values):
            break
        if split == "test" and (mode == "default" or held_out(values)):
            break
    if mode == "partial":
        return _partial(rng, values, lang)
    if progress < 0.4 and rng.random() < 0.5:
        return _shortened(rng, values, lang)
    return control(values, lang)


def _values(rng: random.Random, progress: float) -> tuple[str, dict[str, int]]:
    modes = {
        "default": 8 + 16 * (progress >= 0.4),
        "few": 46,
        "style": 12,
        "random": 16,
        "partial": 10,
    }
    mode = rng.choices(list(modes), list(modes.values()))[0]
    values = dict(DEFAULTS)
    if mode in ("few", "partial"):
        _change_few(rng, values)
    elif mode == "style":
        for name in ("complexity", "verbosity", "humor", "creativity", "helpfulness"):
            values[name] = rng.randint(0, 4)
    elif mode == "random":
        _change_many(rng, values)
    if mode != "default" and rng.random() < 0.75:
        values["verbosity"] = rng.randint(0, 3 if mode == "random" else 4)
    if mode != "default" and rng.random() < 0.55:
        values["complexity"] = rng.randint(0, 4)
    if progress < 0.2 and rng.random() < 0.8:
        values["verbosity"] = rng.randint(0, 2)
    return mode, values


def _change_few(rng: random.Random, values: dict[str, int]) -> None:
    for name in rng.sample(NEMOTRON.names, rng.choice((1, 2, 2, 3, 3, 4))):
        values[name] = rng.choice([v for v in range(5) if v != DEFAULTS[name]])


def _change_many(rng: random.Random, values: dict[str, int]) -> None:
    for name in (*GOOD, "humor", "creativity", "fails_task"):
        if rng.random() < (0.25 if name in ("understanding", "fails_task") else 0.5):
            values[name] = rng.randint(0, 4)
    for name in rng.sample(STAND_INS, rng.randint(1, 4)):
        values[name] = rng.randint(0, 4)


def _partial(rng: random.Random, values: dict[str, int], lang: str) -> Control:
    """Some attributes left out; one time in five all of them."""
    if rng.random() < 0.2:
        return control({}, None)
    keep = rng.choice((0.0, 0.3, 0.7))
    changed = [name for name, value in values.items() if value != DEFAULTS[name]]
    given = {
        name: value for name, value in values.items() if name in changed or rng.random() < keep
    }
    return control(given, lang if rng.random() < 0.5 else None)


def _shortened(rng: random.Random, values: dict[str, int], lang: str) -> Control:
    given = {
        name: value
        for name, value in values.items()
        if value != DEFAULTS[name] or rng.random() < 0.25
    }
    return control(given, lang)
