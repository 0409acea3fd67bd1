"""A checkpoint's settings, read with the key named in every complaint."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from steerlm_studio.errors import StudioError, piece

_LARGEST = 1 << 24  # of any count; the largest real one is the vocabulary

_SMALLEST = 1e-37  # of any number; smaller ones are 0 in float32


@dataclass(frozen=True)
class Settings:
    """Typed access to `values`, which came from the file `source`."""

    values: Mapping[str, Any]
    source: str
    family: str = "GPT-Next"

    def value(self, key: str, default: Any) -> Any:
        """The value, or the default when the key is missing or null."""
        value = self.values.get(key)
        return default if value is None else value

    def count(self, key: str, default: int | None = None) -> int:
        """A whole number above 0. Raises StudioError."""
        value = self.value(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= _LARGEST:
            raise self._not(key, value, "a whole number above 0")
        return value

    def number(self, key: str, default: float, most: float) -> float:
        """A number above 0; YAML readers take `1e-05` for text, so text is parsed. StudioError."""
        value, wanted = self.value(key, default), piece(f"a number above 0 and at most {most:g}")
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError) as error:
            raise self._not(key, value, wanted) from error
        if isinstance(value, bool) or not _SMALLEST <= number <= most:
            raise self._not(key, value, wanted)
        return number

    def text(self, key: str, default: str) -> str:
        """A name in lower case."""
        return str(self.value(key, default)).lower()

    def require(self, key: str, allowed: tuple[Any, ...], default: Any) -> None:
        """Refuse any value but these; `default` is what a missing key means."""
        value = self.value(key, default)
        if (value.lower() if isinstance(value, str) else value) not in allowed:
            wanted = " or ".join(str(one) for one in allowed if one is not None)
            raise self.refused(key, f"where {self.family} has {wanted}", default)

    def refused(self, key: str, why: str, default: Any = None) -> StudioError:
        """The error for a network of another family."""
        return StudioError(
            f"This is no {self.family} network: {key} is “{self.value(key, default)}” in "
            f"{self.source}, {why}. Only GPT-Next (Nemotron-3) and Llama models can be exported."
        )

    def _not(self, key: str, value: Any, wanted: str) -> StudioError:
        if value is None:
            return StudioError(f"{key} is missing from {self.source}; it must be {wanted}.")
        return StudioError(f"{key} is “{value}” in {self.source}; it must be {wanted}.")
