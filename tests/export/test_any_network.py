"""Whatever shape, names, numbers, ranks and packing: the file computes what the network does."""

import io
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from steerlm_studio.export.run import export
from tests.export import llama, made
from tests.export.test_layouts import in_stacks, in_zarr, saved

TOLERANCE = 1e-4  # of the largest logit, at least of 1


@st.composite
def shapes(draw: st.DrawFn, stages: int, ranks: int) -> made.Shape:
    """Networks whose layers come out even in the stages, and whose heads do in the ranks."""
    groups = ranks * draw(st.integers(1, 2))
    head = draw(st.sampled_from([16, 32]))
    heads = groups * draw(st.integers(1, 3))
    return made.Shape(
        layers=stages * draw(st.integers(1, 2)),
        width=heads * head,
        heads=heads,
        groups=groups,
        head=head,
        ffn=ranks * draw(st.integers(1, 5)) * 32,
        rows=made.PIECES + ranks * draw(st.integers(0, 40)),
        rotary=draw(st.sampled_from([0.25, 0.5, 1.0])),
        base=draw(st.sampled_from([500.0, 10000.0, 1e6])),
        plus_one=draw(st.booleans()),
    )


def members(
    shape: made.Shape, prefix: str, layout: str, dtype: torch.dtype, ranks: int, stages: int
) -> dict[str, bytes]:
    """Those of a .nemo; zarr holds float32 here."""
    if layout == "zarr":
        return in_zarr(in_stacks(made.weights(shape, prefix)), (ranks, 1))
    found = {}
    for (rank, stage), part in made.pieces_of_ranks(shape, prefix, ranks, stages).items():
        folder = f"tp_rank_{rank:02d}_pp_rank_{stage:03d}/" if stages > 1 else ""
        folder = folder or (f"mp_rank_{rank:02d}/" if ranks > 1 else "")
        found[f"./{folder}model_weights.ckpt"] = saved({n: t.to(dtype) for n, t in part.items()})
    return found


def packed(files: dict[str, bytes], folder: Path, packing: str) -> Path:
    if packing != "folder":
        return made.tar(folder / "m.nemo", files, packing)
    with tarfile.open(fileobj=io.BytesIO(made.tar(folder / "t", files).read_bytes())) as archive:
        archive.extractall(folder / "unpacked", filter="data")
    return folder / "unpacked"


@given(st.data())
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_any_network_computes_what_it_computed(data: st.DataObject) -> None:
    draw = data.draw
    prefix = draw(st.sampled_from(sorted(made.PREFIXES)), label="prefix")
    is_legacy = prefix == "model.language_model."
    layout = draw(st.sampled_from(["ckpt"] if is_legacy else ["ckpt", "zarr"]), label="layout")
    ranks = draw(st.sampled_from([1, 2, 3]), label="ranks")
    stages = draw(st.sampled_from([1, 2]), label="stages") if layout == "ckpt" else 1
    shape = draw(shapes(stages, ranks), label="shape")
    kinds = [torch.float32] if layout == "zarr" else [torch.float32, torch.bfloat16, torch.float16]
    dtype = draw(st.sampled_from(kinds), label="dtype")
    packing = draw(st.sampled_from(["w", "w:gz", "folder"]), label="packing")
    ids = draw(st.lists(st.integers(0, made.PIECES - 1), min_size=1, max_size=12), label="ids")

    stored = {n: t.to(dtype) for n, t in made.weights(shape, prefix).items()}
    wanted = made.logits(shape, stored, prefix, ids)[:, : made.PIECES].numpy()
    files = members(shape, prefix, layout, dtype, ranks, stages) | {
        "./abc_tiny.model": made.TOKENIZER.read_bytes(),
        "./model_config.yaml": yaml.safe_dump(
            made.config(
                shape,
                mcore_gpt=not is_legacy,
                tensor_model_parallel_size=ranks,
                pipeline_model_parallel_size=stages,
            )
        ).encode(),
    }
    with TemporaryDirectory() as name:
        source, out = packed(files, Path(name), packing), Path(name) / "m.gguf"
        for _ in export(source, out, "F32", name="t", control="", origin="o"):
            pass
        got = llama.logits(out, ids)
    assert np.abs(got - wanted).max() < TOLERANCE * max(1.0, float(np.abs(wanted).max()))
