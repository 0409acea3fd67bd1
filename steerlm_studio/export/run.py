"""The steps from a checkpoint to GGUFs, in order."""

import math
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from gguf import size_label

from steerlm_studio.errors import StudioError
from steerlm_studio.export import gguf_file, huggingface, nemo, tokenizer, weights
from steerlm_studio.export.chat_template import chat_template
from steerlm_studio.export.checkpoint import Checkpoint
from steerlm_studio.export.file_types import data_bytes, file_type
from steerlm_studio.export.forward import logits
from steerlm_studio.export.gguf_file import Model, Target
from steerlm_studio.export.importance import fitting
from steerlm_studio.export.llama import Floats
from steerlm_studio.export.plan import planned
from steerlm_studio.export.tensors import Tensor
from steerlm_studio.export.verify import Report, Source, verified

COMPARED = (4, 17, 300, 5, 260, 99, 300, 444)  # ids for comparing logits; any would do


@dataclass(frozen=True)
class Licence:
    """What a GGUF says about its use. `name` is an identifier ("apache-2.0") or a title."""

    name: str
    link: str = ""


@dataclass(frozen=True)
class About:
    """What a GGUF says beyond its network.

    `control` and `system` are the defaults of the chat template; `schema`, `template` and
    `sampling` name what the studio selects when it opens the file; `origin` is where the
    checkpoint comes from (the file's name when empty), `base_model` what it was trained from.
    """

    name: str
    control: str
    schema: str = "nemotron-3-8b"
    template: str = "nemotron"
    licence: Licence | None = None
    sampling: str = ""
    system: str = ""
    origin: str = ""
    base_model: str = ""  # a name, or owner/name on Hugging Face

    def metadata(self, origin: str) -> dict[str, Any]:
        """The keys of a GGUF; `origin` stands in where none was given."""
        return {
            "general.type": "model",
            "general.name": self.name,
            **_licence(self.licence),
            **_base(self.base_model),
            "tokenizer.chat_template": chat_template(self.template, self.control, self.system),
            "steerlm.schema": self.schema,
            "steerlm.template": self.template,
            "steerlm.control": self.control,
            "steerlm.origin": self.origin or origin,
            **({"steerlm.sampling": self.sampling} if self.sampling else {}),
        }


@dataclass(frozen=True)
class Progress:
    """How far an export is, in bytes of tensor data in all new files together.

    While calibrating in tokens.
    """

    step: Literal["reading", "calibrating", "computing", "writing", "verifying", "done"]
    tensor: str = ""
    done: int = 0
    total: int = 0


def export(checkpoint: Path, out: Path, type: str, **about: Any) -> Iterator[Progress]:
    """Turn `checkpoint`, a .nemo or Hugging Face folder, into the GGUF `out` of one type.

    `about` are the fields of `About`. Closing the iterator early leaves nothing behind. Raises
    StudioError.
    """
    kind = file_type(type)
    check_names(checkpoint, [out])
    yield Progress("reading")
    with opened(checkpoint) as source:
        model = prepared(source, About(**about), checkpoint.name)
        for step in written(model, targets(model, {out: kind})):
            assert isinstance(step, Progress)  # nothing is verified, so there are no reports
            yield step


def opened(path: Path) -> AbstractContextManager[Checkpoint]:
    """The checkpoint at `path`, whichever form it has. Raises StudioError."""
    if (path / huggingface.CONFIG).exists() and not (path / "model_config.yaml").exists():
        return huggingface.opened(path)
    return nemo.opened(path)


def check_names(checkpoint: Path, outs: Sequence[Path]) -> None:
    """Raises StudioError when the checkpoint would be overwritten."""
    if checkpoint.resolve() in [out.resolve() for out in outs]:
        raise StudioError("The checkpoint would be overwritten. Choose another name for the GGUF.")


def prepared(
    source: Checkpoint, about: About, label: str, importance: Mapping[str, Floats] | None = None
) -> Model:
    """What is to be written, checked; no tensor is read yet.

    `importance` are the columns' weights by tensor, `label` names the checkpoint in errors.
    Raises StudioError.
    """
    words = tokenizer.vocabulary(source.tokenizer)
    pieces = len(words.pieces)
    tensors = weights.assemble(source.network, source.tensors, pieces, label)
    total = parameters(tensors)
    said = {**about.metadata(source.origin), "general.size_label": size_label(total, total, 0, 0)}
    metadata = {**said, **source.network.metadata(pieces), **words.metadata()}
    weighed = fitting(importance or {}, tensors)
    return Model(source.network.architecture, metadata, tensors, weighed)


def targets(model: Model, types: Mapping[Path, str], ffn_down: str = "") -> list[Target]:
    """The files to write, with the format of each tensor. Raises StudioError."""
    plans = planned(model, list(dict.fromkeys(types.values())), ffn_down)
    return [Target(out, kind, plans[kind]) for out, kind in types.items()]


def judge(source: Checkpoint, model: Model, compare_logits: bool = False) -> Source:
    """What the new files are to be held against; with logits the whole network is computed once."""
    if not compare_logits:
        return Source(source.tokenizer)
    pieces = len(model.metadata["tokenizer.ggml.tokens"])
    ids = [token for token in COMPARED if token < pieces]
    return Source(source.tokenizer, ids, logits(source.network, source.tensors, ids, pieces))


def written(
    model: Model, files: Sequence[Target], source: Source | None = None
) -> Generator[Progress | Report, None, None]:
    """Write the files, all from one reading of the checkpoint. Raises StudioError.

    They are held against `source` before they get their names, each with a `Report`.
    """
    gguf_file.check_room(model, files)
    total = sum(data_bytes(model.tensors, target.kinds) for target in files)
    with gguf_file.finished([target.out for target in files]) as partials:
        for tensor, done in gguf_file.write_all(model, files, partials):
            yield Progress("writing", tensor, done, total)
        for target, partial in zip(files, partials, strict=True):
            if source:
                yield Progress("verifying", target.out.name, total, total)
                yield verified(partial, model, target, source)
    yield Progress("done", done=total, total=total)


def parameters(tensors: Mapping[str, Tensor]) -> int:
    """A tied matrix counts once, as the checkpoint stores it once."""
    return sum({id(tensor): math.prod(tensor.shape) for tensor in tensors.values()}.values())


def _base(model: str) -> dict[str, Any]:
    if not model:
        return {}
    owner, slash, name = model.rpartition("/")
    about: dict[str, Any] = {"count": 1, "0.name": name}
    if slash:
        about |= {"0.organization": owner, "0.repo_url": f"https://huggingface.co/{model}"}
    return {f"general.base_model.{key}": value for key, value in about.items()}


def _licence(licence: Licence | None) -> dict[str, str]:
    if licence is None:
        return {}
    link = {"general.license.link": licence.link} if licence.link else {}
    return {"general.license": licence.name, "general.license.name": licence.name, **link}
