"""Steering: what one reply is told, as values and as a control string."""

from collections.abc import Mapping
from dataclasses import dataclass

from steerlm_studio.errors import StudioError
from steerlm_studio.steer.schema import NEMOTRON, Schema


@dataclass(frozen=True)
class Steering:
    """A value per attribute of `schema` (None = left out) and a language (None = left out).

    `str()` is the control string, byte for byte as the models were trained with; with nothing set
    it is empty.
    """

    schema: Schema
    values: tuple[int | None, ...]
    lang: str | None = None

    def __post_init__(self) -> None:
        if len(self.values) != len(self.schema.attributes):
            raise ValueError(
                f"{len(self.values)} values for {len(self.schema.attributes)} attributes"
            )
        for attribute, value in zip(self.schema.attributes, self.values, strict=True):
            if value is not None and not attribute.low <= value <= attribute.high:
                raise StudioError(
                    f"{attribute.name} cannot be {value}: "
                    f"it goes from {attribute.low} to {attribute.high}."
                )
        if self.lang is not None and self.lang not in self.schema.languages:
            raise StudioError(_no_such_language(self.schema, self.lang))

    def __str__(self) -> str:
        items = [
            f"{name}:{value}"
            for name, value in zip(self.schema.names, self.values, strict=True)
            if value is not None
        ]
        if self.lang is not None:
            items.append(f"lang:{self.lang}")
        return ",".join(items)

    def __getitem__(self, name: str) -> int | None:
        """The value of an attribute; KeyError when the schema has no such attribute."""
        if name not in self.schema.names:
            raise KeyError(name)
        return self.values[self.schema.names.index(name)]

    def having(self, **changes: int | str | None) -> "Steering":
        """The same with these values; None leaves an attribute out. `lang` is a key like others."""
        return self.with_values(changes)

    def with_values(self, changes: Mapping[str, int | str | None]) -> "Steering":
        """The same with `changes` (attribute name or "lang" -> value). Raises StudioError."""
        values = dict(zip(self.schema.names, self.values, strict=True))
        lang = self.lang
        for name, value in changes.items():
            if name == "lang" and self.schema.languages:
                lang = value if value is None else str(value)
            elif name in values and not isinstance(value, str):
                values[name] = value
            else:
                raise StudioError(_no_such_value(self.schema, name, value))
        return Steering(self.schema, tuple(values.values()), lang)

    def as_dict(self) -> dict[str, int | None]:
        return dict(zip(self.schema.names, self.values, strict=True))

    def differences(self, other: "Steering") -> tuple[tuple[str, object, object], ...]:
        """What differs from `other`: (key, its value there, its value here), in key order."""
        here: dict[str, object] = {**self.as_dict(), "lang": self.lang}
        there: dict[str, object] = {**other.as_dict(), "lang": other.lang}
        keys = [*self.schema.names, *(n for n in other.schema.names if n not in here), "lang"]
        return tuple(
            (key, there.get(key), here.get(key)) for key in keys if there.get(key) != here.get(key)
        )


def default_steering(schema: Schema) -> Steering:
    """What the family's card recommends: the good at 4, the rest at 0, in English."""
    values = tuple(attribute.default for attribute in schema.attributes)
    return Steering(schema, values, "en" if schema.languages else None)


def nothing_set(schema: Schema) -> Steering:
    """Everything left out: no control line is sent at all."""
    return Steering(schema, (None,) * len(schema.attributes))


DEFAULT = default_steering(NEMOTRON)


def _no_such_language(schema: Schema, lang: str) -> str:
    if not schema.languages:
        return f"{schema.title} has no language setting; leave “lang” out."
    return f"“{lang}” is not one of the languages of {schema.title}: {' '.join(schema.languages)}."


def _no_such_value(schema: Schema, name: str, value: object) -> str:
    if name in schema.names:
        return f"{name} takes a whole number, not “{value}”."
    return f"{schema.title} has no attribute “{name}”. It has: {', '.join(schema.keys)}."
