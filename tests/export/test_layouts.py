"""The same network in every layout gives the same file."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from gguf import GGUFReader
from torch.distributed import checkpoint as distributed

from steerlm_studio.errors import StudioError
from steerlm_studio.export.run import export
from tests.export import made

SHAPE = made.Shape(layers=4, heads=8, groups=4, width=128, head=16, ffn=192, rows=640)
PREFIX = "model.language_model."


def exported(checkpoint: Path, out: Path) -> bytes:
    for _ in export(checkpoint, out, "F32", name="t", control="", origin="one"):
        pass
    return out.read_bytes()


def head(prefix: str = PREFIX) -> dict[str, bytes]:
    settings = made.config(SHAPE, mcore_gpt=prefix != PREFIX)
    return {
        "./abc_tiny.model": made.TOKENIZER.read_bytes(),
        "./model_config.yaml": yaml.safe_dump(settings).encode(),
    }


def saved(tensors: object) -> bytes:
    file = io.BytesIO()
    torch.save(tensors, file)
    return file.getvalue()


def tensors_of(path: Path) -> dict[str, np.ndarray]:
    return {t.name: np.array(t.data) for t in GGUFReader(path).tensors}


def same(a: Path, b: Path) -> bool:
    """The order of tensors follows the source and may differ."""
    one, other = tensors_of(a), tensors_of(b)
    return one.keys() == other.keys() and all((one[n] == other[n]).all() for n in one)


@pytest.fixture(scope="module")
def single(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("single")
    made.nemo(folder / "m.nemo", made.weights(SHAPE), made.config(SHAPE))
    exported(folder / "m.nemo", folder / "m.gguf")
    return folder / "m.gguf"


@pytest.mark.parametrize("prefix", [PREFIX, "model.module."])
@pytest.mark.parametrize(
    ("width", "stages", "mode"), [(4, 1, "w"), (1, 2, "w"), (2, 4, "w"), (2, 2, "w:gz")]
)
def test_ranks_are_joined(prefix, width, stages, mode, single, tmp_path):
    members = head(prefix)
    for (rank, stage), part in made.pieces_of_ranks(SHAPE, prefix, width, stages).items():
        place = f"tp_rank_{rank:02d}_pp_rank_{stage:03d}" if stages > 1 else f"mp_rank_{rank:02d}"
        members[f"./{place}/model_weights.ckpt"] = saved(part)
    source = made.tar(tmp_path / "m.nemo", members, mode)
    exported(source, tmp_path / "m.gguf")
    assert same(tmp_path / "m.gguf", single)


def test_a_rank_that_is_missing_is_named(tmp_path):
    members = head()
    for (rank, _), part in made.pieces_of_ranks(SHAPE, PREFIX, 4, 1).items():
        if rank != 2:
            members[f"mp_rank_{rank:02d}/model_weights.ckpt"] = saved(part)
    with pytest.raises(StudioError, match="tensor rank 2, pipeline rank 0"):
        exported(made.tar(tmp_path / "m.nemo", members), tmp_path / "m.gguf")


def test_an_unpacked_checkpoint_is_read_from_its_folder(single, tmp_path):
    folder = tmp_path / "unpacked"
    folder.mkdir()
    for name, data in head().items():
        (folder / name).write_bytes(data)
    (folder / "model_weights.ckpt").write_bytes(saved(made.weights(SHAPE)))
    exported(folder, tmp_path / "m.gguf")
    assert same(tmp_path / "m.gguf", single)


def stacked(prefix: str) -> dict[str, torch.Tensor]:
    return in_stacks(made.weights(SHAPE, prefix))


def in_stacks(tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """All layers of a kind as one tensor, as Megatron-Core saves them."""
    whole: dict[str, list[torch.Tensor]] = {}
    for name, value in tensors.items():
        start, _, rest = name.partition("layers.")
        kind = f"{start}layers.{rest.partition('.')[2]}" if rest else name
        whole.setdefault(kind, []).append(value)
    return {
        name: torch.stack(parts) if ".layers." in name else parts[0]
        for name, parts in whole.items()
    }


def zarr_members(chunks: tuple[int, ...]) -> dict[str, bytes]:
    return head("model.") | in_zarr(stacked("model."), chunks)


def in_zarr(tensors: dict[str, torch.Tensor], chunks: tuple[int, ...]) -> dict[str, bytes]:
    """`chunks`: into how many pieces each axis after the layers is cut; the last may stick out."""
    members = {}
    for name, tensor in tensors.items():
        array, inner = tensor.numpy(), name.count(".layers.")
        sizes = [1] * inner + [
            -(-n // c) for n, c in zip(array.shape[inner:], chunks, strict=False)
        ]
        about = {"shape": array.shape, "chunks": sizes, "dtype": "<f4", "compressor": None}
        about |= {"filters": None, "order": "C", "fill_value": None, "zarr_format": 2}
        at = f"./model_weights/{name}/"
        members[f"{at}.zarray"] = json.dumps(about).encode()
        for index in np.ndindex(*(-(-n // s) for n, s in zip(array.shape, sizes, strict=True))):
            chunk = np.full(sizes, np.nan, "<f4")
            place = tuple(slice(i * s, i * s + s) for i, s in zip(index, sizes, strict=True))
            part = array[place]
            chunk[tuple(slice(n) for n in part.shape)] = part
            members[at + ".".join(map(str, index))] = chunk.tobytes()
    return members


STATE = "model.decoder.layers.1.mlp.linear_fc1._extra_state"


@pytest.mark.parametrize(
    "state",
    [None, io.BytesIO(b"x"), b"x", {"scale": torch.ones(2)}, torch.zeros(7, dtype=torch.uint8)],
    ids=["none", "file", "bytes", "dictionary", "tensor"],
)
def test_the_state_that_transformer_engine_keeps_is_left_in_whatever_form(state, single, tmp_path):
    tensors = {**made.weights(SHAPE, "model."), STATE: state}
    tensors["model.rotary_pos_emb.inv_freq"] = torch.ones(4, dtype=torch.float64)
    source = made.nemo(tmp_path / "m.nemo", tensors, made.config(SHAPE))
    exported(source, tmp_path / "m.gguf")
    assert same(tmp_path / "m.gguf", single)


@pytest.mark.parametrize("wrap", ["state_dict", "model0"])
def test_tensors_one_level_deeper_are_told_from_missing_ones(wrap, tmp_path):
    tensors = {wrap: made.weights(SHAPE), "version": 1}
    source = made.nemo(tmp_path / "m.nemo", tensors, made.config(SHAPE))
    with pytest.raises(StudioError, match=f"under “{wrap}”"):
        exported(source, tmp_path / "m.gguf")


@pytest.mark.parametrize("device", ["cuda:0", "cuda:3"])
def test_it_does_not_matter_on_which_device_it_was_saved(device, single, tmp_path, monkeypatch):
    monkeypatch.setattr(torch.serialization, "location_tag", lambda storage: device)
    source = made.nemo(tmp_path / "m.nemo", made.weights(SHAPE), made.config(SHAPE))
    monkeypatch.undo()
    exported(source, tmp_path / "m.gguf")
    assert same(tmp_path / "m.gguf", single)


def test_interleaved_stages_are_refused(tmp_path):
    settings = made.config(SHAPE, virtual_pipeline_model_parallel_size=2)
    members = head() | {"./model_config.yaml": yaml.safe_dump(settings).encode()}
    for (_, stage), part in made.pieces_of_ranks(SHAPE, PREFIX, 1, 2).items():
        members[f"./tp_rank_00_pp_rank_{stage:03d}/model_weights.ckpt"] = saved(part)
    with pytest.raises(StudioError, match="virtual_pipeline_model_parallel_size"):
        exported(made.tar(tmp_path / "m.nemo", members), tmp_path / "m.gguf")


@pytest.mark.parametrize(
    ("key", "tokens", "said"),
    [
        ("special_tokens", {"bos": "<s>", "mask": "<mask>"}, "adds “<mask>”"),
        ("additional_special_tokens", ["<extra_id_1>", "<new>"], "adds “<new>”"),
        ("additional_special_tokens", ["<extra_id_1>"], ""),
        ("special_tokens", None, ""),
    ],
)
def test_tokens_that_nemo_added_to_the_tokenizer_are_not_lost(key, tokens, said, tmp_path):
    section = {"library": "sentencepiece", "model": "nemo:abc_tiny.model", key: tokens}
    settings = made.config(SHAPE, tokenizer=section)
    source = made.nemo(tmp_path / "m.nemo", made.weights(SHAPE), settings)
    if said:
        with pytest.raises(StudioError, match=said):
            exported(source, tmp_path / "m.gguf")
    else:
        assert exported(source, tmp_path / "m.gguf")


def test_a_byte_array_in_zarr_is_left_if_it_is_no_weight(single, tmp_path):
    about = {"shape": [3], "chunks": [3], "dtype": "|u1", "compressor": None}
    members = zarr_members((1, 1)) | {
        f"./model_weights/{STATE}/.zarray": json.dumps(about).encode(),
        f"./model_weights/{STATE}/0": b"abc",
    }
    exported(made.tar(tmp_path / "m.nemo", members), tmp_path / "m.gguf")
    assert same(tmp_path / "m.gguf", single)


@pytest.mark.parametrize("chunks", [(1, 1), (2, 1), (3, 5)])
def test_zarr_chunks_are_joined(chunks, single, tmp_path):
    exported(made.tar(tmp_path / "m.nemo", zarr_members(chunks)), tmp_path / "m.gguf")
    assert same(tmp_path / "m.gguf", single)


@pytest.mark.parametrize("change", [lambda data: None, lambda data: data[:-1]])
def test_a_hole_in_a_zarr_array_is_named(change, tmp_path):
    members = zarr_members((2, 1))
    hole = "./model_weights/model.decoder.layers.mlp.linear_fc2.weight/3.1.0"
    cut = change(members.pop(hole))
    source = made.tar(tmp_path / "m.nemo", members | ({hole: cut} if cut else {}))
    with pytest.raises(StudioError, match=r"linear_fc2\.weight/3\.1\.0 is missing or cut off"):
        exported(source, tmp_path / "m.gguf")


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("compressor", {"id": "blosc"}, "compressed"),
        ("order", "F", "columns"),
        ("dtype", "<i8", "<i8"),
        ("shape", [640], "damaged"),
        ("chunks", [0, 128], "damaged"),
        ("shape", [1 << 39, 128], "not plausible"),
    ],
)
def test_a_zarr_array_of_another_form_is_refused(key, value, said, tmp_path):
    members = zarr_members((1, 1))
    name = "./model_weights/model.embedding.word_embeddings.weight/.zarray"
    members[name] = json.dumps(json.loads(members[name]) | {key: value}).encode()
    with pytest.raises(StudioError, match=said):
        exported(made.tar(tmp_path / "m.nemo", members), tmp_path / "m.gguf")


@pytest.mark.filterwarnings("ignore::UserWarning")  # torch says that it saves in one process
@pytest.mark.parametrize("state", [stacked, lambda prefix: made.weights(SHAPE, prefix)])
def test_torch_dist_is_read_stacked_or_layer_by_layer(state, single, tmp_path):
    folder = tmp_path / "m"
    distributed.save(
        state("model."),
        storage_writer=distributed.FileSystemWriter(folder / "model_weights"),
        no_dist=True,
    )
    for name, data in head("model.").items():
        (folder / name).write_bytes(data)
    exported(folder, tmp_path / "m.gguf")
    assert same(tmp_path / "m.gguf", single)
