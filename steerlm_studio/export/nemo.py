"""Opens a .nemo file or an unpacked one: settings, tokenizer and tensors, read lazily."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from steerlm_studio.errors import StudioError
from steerlm_studio.export import archive, distributed, folder, network, parallel
from steerlm_studio.export.checkpoint import Checkpoint
from steerlm_studio.export.members import Members, small
from steerlm_studio.export.settings import Settings
from steerlm_studio.export.tensors import Tensor
from steerlm_studio.export.tokenizer import hidden, vocabulary

CONFIG = "model_config.yaml"
WEIGHTS = "model_weights.ckpt"
CONFIG_LIMIT = 4 << 20
TOKENIZER_LIMIT = 64 << 20
_INTERLEAVED = "virtual_pipeline_model_parallel_size"  # each stage has several parts of the layers


@contextmanager
def opened(path: Path) -> Iterator[Checkpoint]:
    """The checkpoint at `path`, readable until the block ends. Raises StudioError."""
    with (folder if path.is_dir() else archive).opened(path) as members:
        if CONFIG not in members.names:
            raise StudioError(
                f"{path.name} has no {CONFIG}, so it is not a NeMo checkpoint. Choose a .nemo file."
            )
        config = _config(members)
        version = config.get("nemo_version")
        known = network.from_nemo(config)
        yield Checkpoint(
            network=known,
            tokenizer=_tokenizer(members, config),
            tensors=_tensors(members, config, known.gated),
            origin=path.name + (f" (NeMo {version})" if isinstance(version, str) else ""),
            layout=_layout(members),
        )


def _config(members: Members) -> dict[str, Any]:
    try:
        config = yaml.safe_load(small(members, CONFIG, CONFIG_LIMIT))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise StudioError(
            f"{CONFIG} in {members.path.name} is not valid YAML. Download the file again.",
            str(error),
        ) from error
    if not isinstance(config, dict):
        raise StudioError(f"{CONFIG} in {members.path.name} does not hold settings by name.")
    return config


def _tokenizer(members: Members, config: Mapping[str, Any]) -> bytes:
    """The SentencePiece file that the configuration names, or the only one there is."""
    section = config.get("tokenizer")
    section = section if isinstance(section, dict) else {}
    library = section.get("library", "sentencepiece")
    if library != "sentencepiece":
        raise StudioError(
            f"The tokenizer of {members.path.name} is of the kind “{library}” (tokenizer.library); "
            "only SentencePiece can be exported."
        )
    named = [section.get("model"), section.get("tokenizer_model"), config.get("tokenizer_model")]
    wanted = [str(name).removeprefix("nemo:") for name in named if name]
    files = [name for name in members.names if name.endswith(".model")]
    found = [name for name in wanted if name in members.names]
    if not found and len(files) == 1:
        found = files
    if not found:
        raise StudioError(
            f"The SentencePiece file {wanted[0] if wanted else '(*.model)'} is not in "
            f"{members.path.name}. Without it there is no tokenizer to export."
        )
    model = small(members, found[0], TOKENIZER_LIMIT)
    _refuse_added_tokens(section, model)
    return model


def _refuse_added_tokens(section: Mapping[str, Any], model: bytes) -> None:
    """NeMo can give tokens ids behind those of the SentencePiece file, which knows them not."""
    for key in ("special_tokens", "additional_special_tokens"):
        named = section.get(key) or ()
        tokens = named.values() if isinstance(named, dict) else named
        tokens = [tokens] if isinstance(tokens, str) else list(tokens)
        known = set(vocabulary(model).pieces if tokens else ())
        added = {each for each in map(str, tokens) if not {each, hidden(each)} & known}
        if added:
            raise StudioError(
                f"tokenizer.{key} in {CONFIG} adds “{min(added)}”, a token that the SentencePiece "
                "file does not hold. It would be lost, so this model cannot be exported."
            )


def _tensors(members: Members, config: Mapping[str, Any], gated: bool) -> Mapping[str, Tensor]:
    if WEIGHTS in members.names:
        from steerlm_studio.export import torch_file  # brings torch, which takes seconds

        with members.file(WEIGHTS) as file:
            read = partial(members.read, WEIGHTS)
            return torch_file.stored_tensors(file, read, f"{WEIGHTS} in {members.path.name}")
    files = parallel.ranks(members)
    if files:
        if max(stage for stage, _ in files):
            Settings(config, CONFIG).require(_INTERLEAVED, (None, 1), None)
        return parallel.merged(members, files, gated)
    if any(name.startswith(distributed.FOLDER) for name in members.names):
        return distributed.tensors(members)
    raise StudioError(f"{members.path.name} has no {WEIGHTS}: there are no weights in it.")


def _layout(members: Members) -> str:
    if WEIGHTS in members.names:
        return WEIGHTS
    files = parallel.ranks(members)
    if files:
        stages, ranks = (1 + max(rank[axis] for rank in files) for axis in (0, 1))
        return f"{ranks} tensor and {stages} pipeline ranks"
    return f"{distributed.FOLDER} as {distributed.form(members)}"
