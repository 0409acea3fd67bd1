"""Sampling settings by name: NeMo's, as its web demo offers them, and the demo model's own."""

from collections.abc import Mapping
from math import isfinite

from steerlm_studio.errors import StudioError
from steerlm_studio.protocol import Sampling

# NeMo `megatron_web_server.py`; 300 tokens each. K50 is its default.
PRESETS: dict[str, Sampling] = {
    "K1-Greedy": Sampling(temperature=1.0, top_p=0.9, top_k=1),
    "K50": Sampling(temperature=0.75, top_p=0.95, top_k=50),
    "K50-Creative": Sampling(temperature=0.85, top_p=0.95, top_k=50),
    "K50-Precise": Sampling(temperature=0.1, top_p=0.95, top_k=50),
    "K50-Original": Sampling(temperature=0.9, top_p=0.95, top_k=50),
    "Nucleus9": Sampling(temperature=0.8, top_p=0.9, top_k=10000),
    "Demo": Sampling(temperature=0.6, top_p=0.95, top_k=50),
}
DEFAULT_PRESET = "K50"


def preset_for(metadata: Mapping[str, str]) -> str:
    """The preset a model file asks for (`steerlm.sampling`), else NeMo's default."""
    name = metadata.get("steerlm.sampling", "")
    return name if name in PRESETS else DEFAULT_PRESET


def preset_named(name: str) -> Sampling:
    """The sampling of this name, whatever its case. Raises StudioError."""
    for known, sampling in PRESETS.items():
        if known.lower() == name.lower():
            return sampling
    raise StudioError(f"There is no sampling preset “{name}”. Known are: {', '.join(PRESETS)}.")


def checked(sampling: Sampling) -> Sampling:
    """The same; raises StudioError for what no token can be chosen by, such as a NaN."""
    ranges = {"temperature": (0.0, 100.0), "top_p": (0.0, 1.0), "min_p": (0.0, 1.0)}
    ranges |= {"repeat_penalty": (0.01, 100.0)}
    for name, (low, high) in ranges.items():
        value = getattr(sampling, name)
        if not (isfinite(value) and low <= value <= high):
            raise StudioError(f"{name} cannot be {value:g}: it goes from {low:g} to {high:g}.")
    return sampling
