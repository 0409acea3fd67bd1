"""A line of a file, for errors that name it."""

from dataclasses import dataclass
from typing import NoReturn

from steerlm_studio.errors import StudioError


@dataclass(frozen=True)
class Place:
    file: str
    line: int

    def refuse(self, why: str) -> NoReturn:
        """Raise StudioError that says where and why."""
        raise StudioError(f"{self.file}, line {self.line}: {why}. Mend that line and start again.")

    def sound(self, value: object, what: str) -> str:
        """`value` as a text that can be sent and stored."""
        if not isinstance(value, str):
            self.refuse(f"{what} must be a string")
        if not value.strip():
            self.refuse(f"{what} is empty")
        if any("\ud800" <= character <= "\udfff" for character in value):
            self.refuse(f"{what} holds half a character (a lone surrogate)")
        if "\0" in value:
            self.refuse(f"{what} holds a NUL character, as no text does")
        return value
