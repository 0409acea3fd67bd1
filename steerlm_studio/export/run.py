"""The steps from a checkpoint to a GGUF, in order."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from steerlm_studio.errors import StudioError
from steerlm_studio.export import gguf_file, huggingface, nemo, network, tokenizer, weights
from steerlm_studio.export.chat_template import chat_template
from steerlm_studio.export.checkpoint import Checkpoint
from steerlm_studio.export.gguf_file import FILE_TYPES, FileType


@dataclass(frozen=True)
class Licence:
    """What a GGUF says about its use. `name` is an identifier ("apache-2.0") or a title."""

    name: str
    link: str = ""


@dataclass(frozen=True)
class Progress:
    """How far an export is. Bytes are those of the tensor data in the new file."""

    step: Literal["reading", "writing", "done"]
    tensor: str = ""
    done: int = 0
    total: int = 0


def export(
    checkpoint: Path,
    out: Path,
    type: str,
    *,
    name: str,
    control: str,
    schema: str = "nemotron-3-8b",
    template: str = "nemotron",
    licence: Licence | None = None,
    sampling: str = "",
    system: str = "",
    origin: str = "",
) -> Iterator[Progress]:
    """Turn `checkpoint`, a .nemo or Hugging Face folder, into the GGUF `out` (F32, BF16 or Q8_0).

    `control` and `system` are the defaults of the chat template; `schema`, `template` and
    `sampling` name what the studio selects when it opens the file; `origin` is where the
    checkpoint comes from (the file's name when empty). Closing the iterator early leaves nothing
    behind. Raises StudioError.
    """
    file_type = _file_type(type)
    if out.resolve() == checkpoint.resolve():
        raise StudioError("The checkpoint would be overwritten. Choose another name for the GGUF.")
    yield Progress("reading")
    with opened(checkpoint) as source:
        words = tokenizer.vocabulary(source.tokenizer)
        pieces = len(words.pieces)
        tensors = weights.assemble(source.network, source.tensors, pieces, checkpoint.name)
        metadata: dict[str, Any] = {
            "general.type": "model",
            "general.name": name,
            **_licence(licence),
            **source.network.metadata(pieces),
            **words.metadata(),
            "tokenizer.chat_template": chat_template(template, control, system),
            "steerlm.schema": schema,
            "steerlm.template": template,
            "steerlm.control": control,
            "steerlm.origin": origin or source.origin,
            **({"steerlm.sampling": sampling} if sampling else {}),
        }
        total = gguf_file.data_bytes(tensors, file_type)
        for tensor, done in gguf_file.write(
            out, network.ARCHITECTURE, metadata, tensors, file_type
        ):
            yield Progress("writing", tensor, done, total)
    yield Progress("done", done=total, total=total)


def opened(path: Path) -> AbstractContextManager[Checkpoint]:
    """The checkpoint at `path`, whichever form it has. Raises StudioError."""
    if (path / huggingface.CONFIG).exists() and not (path / nemo.CONFIG).exists():
        return huggingface.opened(path)
    return nemo.opened(path)


def _file_type(name: str) -> FileType:
    if name.upper() not in FILE_TYPES:
        raise StudioError(f"There is no export type “{name}”. Known: {', '.join(FILE_TYPES)}.")
    return cast(FileType, name.upper())


def _licence(licence: Licence | None) -> dict[str, str]:
    if licence is None:
        return {}
    link = {"general.license.link": licence.link} if licence.link else {}
    return {"general.license": licence.name, "general.license.name": licence.name, **link}
