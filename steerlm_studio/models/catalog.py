"""The public SteerLM models, as data, with what their cards say."""

from functools import cache
from pathlib import Path

import msgspec

from steerlm_studio import resources
from steerlm_studio.errors import StudioError


class CatalogModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A public model. `bytes` is its download; `mt_bench` its scores from 0 to 10, by category."""

    id: str
    name: str
    schema: str
    template: str
    parameters: str
    context: int  # tokens
    format: str  # gguf, nemo, or nemo folder
    licence: str  # id of a licence
    summary: str
    intended_use: str
    limitations: tuple[str, ...]
    languages: tuple[str, ...]  # those that its card names as supported
    source: str  # where these facts are from
    order: int = 99
    repo: str = ""
    bytes: int = 0  # 0: not known
    gated: bool = False
    bundled: bool = False
    converts: bool = False  # whether `export` reads it
    schema_is_a_guess: bool = False
    mt_bench: dict[str, float] = {}

    @property
    def where(self) -> str:
        """The link of its page; empty for the bundled one."""
        return f"https://huggingface.co/{self.repo}" if self.repo else ""

    @property
    def sentences(self) -> tuple[str, ...]:
        """What its card says in words, to be translated."""
        words = (self.summary, self.intended_use, *self.limitations, self.source)
        return (*words, *self.mt_bench)


@cache
def catalogue() -> tuple[CatalogModel, ...]:
    """All of them, in the order to show them. Raises StudioError naming a damaged file."""
    return tuple(sorted(map(_read, sorted(resources.path("models").glob("*.toml"))), key=_order))


def catalogued(repo: str) -> CatalogModel | None:
    """What is known of this repository, whatever the case of its name."""
    return next((m for m in catalogue() if m.repo and m.repo.lower() == repo.lower()), None)


def card_of(schema: str) -> CatalogModel | None:
    """The first published model with these attributes that `export` reads."""
    found = (m for m in catalogue() if m.schema == schema and m.converts and not m.bundled)
    return next(found, None)


def _order(model: CatalogModel) -> tuple[int, str]:
    return model.order, model.name


def _read(file: Path) -> CatalogModel:
    try:
        return msgspec.toml.decode(file.read_bytes(), type=CatalogModel)
    except (OSError, ValueError) as error:
        raise StudioError(
            f"The catalogue file {file} is damaged: {error}. Install the program again."
        ) from error
