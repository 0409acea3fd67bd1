"""What a model file says of itself, read without loading it."""

from pathlib import Path

import msgspec

from steerlm_studio.errors import StudioError
from steerlm_studio.gguf_header import Header, whole
from steerlm_studio.gguf_parts import later_bytes
from steerlm_studio.models.quant import quant_in_name, quant_of_type
from steerlm_studio.models.readable import path_text
from steerlm_studio.steer.family import family_of

FORMATS = {".gguf": "gguf", ".nemo": "nemo"}


class Summary(msgspec.Struct, frozen=True):
    """A file as a list shows it. `problem` says why it cannot be used, where it cannot.

    `steerlm` is "said" where the file names its attributes, "guessed" from its name, and "no" for a
    model that was not trained on attributes as far as one can see; `schema` is what to begin with.
    """

    path: str
    name: str
    format: str  # gguf or nemo
    bytes: int
    where: str  # bundled, hub, folder or recent
    repo: str = ""
    quant: str = ""
    size: str = ""  # parameters, as the file words them
    architecture: str = ""
    context: int = 0
    schema: str = ""
    template: str = ""
    steerlm: str = "no"
    licence: str = ""
    problem: str = ""


def summary(path: Path, where: str, repo: str = "") -> Summary:
    """Read the header (at most about 0.2 s); a file that cannot be read tells so itself."""
    name, readable = path_text(path.stem), path_text(path)
    bare = Summary(readable, name, FORMATS.get(path.suffix.lower(), ""), 0, where, repo)
    try:
        if readable != str(path):
            raise StudioError(f"{name} cannot be used: its name is not in UTF-8. Rename the file.")
        bare = msgspec.structs.replace(bare, bytes=path.stat().st_size + later_bytes(path))
        if bare.format != "gguf":
            return msgspec.structs.replace(bare, steerlm=_in_name(path.name))
        return _described(bare, whole(path))
    except (StudioError, OSError) as error:
        return msgspec.structs.replace(bare, problem=str(error))


def _described(bare: Summary, header: Header) -> Summary:
    said = header.strings
    family = family_of({"general.name": Path(bare.path).stem} | said)
    named = f"{said.get('general.name', '')} {Path(bare.path).name}"
    return msgspec.structs.replace(
        bare,
        name=said.get("general.name") or bare.name,
        quant=quant_of_type(header.values.get("general.file_type")) or quant_in_name(bare.path),
        size=said.get("general.size_label", ""),
        architecture=header.architecture,
        context=header.number("context_length"),
        schema=family.schema.id,
        template=family.template.id,
        steerlm=_in_name(named) if family.guessed else "said",
        licence=said.get("general.license.name") or said.get("general.license", ""),
    )


def _in_name(name: str) -> str:
    return "guessed" if "steerlm" in name.lower() else "no"
