"""How fast and in how much memory a checkpoint is exported, beside a plain copy and llama.cpp.

python tests/benchmarks/export_speed.py [--layers N] [--width N] [--pieces N] [--types T …]
Makes a random Hugging Face folder of the family in a temporary folder (2.0 GB as it stands; with
`--layers 1 --width 4096 --pieces 256000` one with the largest real embedding) and prints a table:
seconds, bytes of the file, peak memory of the process and its children. The lines “llama.cpp” are
`llama_model_quantize` of the pinned llama.cpp on the BF16 file, with all cores: what llama-quantize
does after the conversion, so the time of BF16 has to be added to them.
"""

import argparse
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

TOKENIZER = Path(__file__).parent.parent / "fixtures" / "tokenizer" / "bpe_noprefix.model"
OWN_PIECES = 512
THEIRS = """
import ctypes, sys
from llama_cpp import llama_cpp as L
params = L.llama_model_quantize_default_params()
params.ftype, params.nthread, params.max_buf_size = int(sys.argv[3]), 0, 512 << 20
names = sys.argv[1].encode(), sys.argv[2].encode()
sys.exit(L.llama_model_quantize(*names, ctypes.byref(params)))
"""
FILE_TYPES = {"Q8_0": 7, "Q6_K": 18, "Q4_K_M": 15}


def checkpoint(folder: Path, layers: int, width: int, pieces: int) -> int:
    """Write the folder; returns the bytes of its weights."""
    heads = width // 128
    settings = {
        "model_type": "nemotron",
        "hidden_act": "relu2",
        "num_hidden_layers": layers,
        "hidden_size": width,
        "intermediate_size": 4 * width,
        "num_attention_heads": heads,
        "num_key_value_heads": heads,
        "max_position_embeddings": 4096,
        "partial_rotary_factor": 0.5,
        "norm_eps": 1e-5,
        "vocab_size": pieces,
    }
    (folder / "config.json").write_text(json.dumps(settings))
    (folder / "tokenizer.model").write_bytes(tokenizer(pieces))
    shapes = {"model.embed_tokens.weight": (pieces, width)}
    for layer in range(layers):
        at = f"model.layers.{layer}."
        for norm in ("input_layernorm", "post_attention_layernorm"):
            shapes |= {f"{at}{norm}.{kind}": (width,) for kind in ("weight", "bias")}
        shapes |= {f"{at}self_attn.{name}_proj.weight": (width, width) for name in "qkvo"}
        shapes[f"{at}mlp.up_proj.weight"] = (4 * width, width)
        shapes[f"{at}mlp.down_proj.weight"] = (width, 4 * width)
    shapes |= {f"model.norm.{kind}": (width,) for kind in ("weight", "bias")}
    shapes["lm_head.weight"] = (pieces, width)
    return safetensors(folder / "model.safetensors", shapes)


def tokenizer(pieces: int) -> bytes:
    """The small tokenizer with pieces that no text holds, up to so many."""
    data = TOKENIZER.read_bytes()
    for number in range(OWN_PIECES, pieces):
        name = f"\ue000{number}".encode()
        piece = b"\x0a" + bytes([len(name)]) + name + b"\x15" + struct.pack("<f", -number)
        data += b"\x0a" + bytes([len(piece)]) + piece
    return data


def safetensors(path: Path, shapes: dict[str, tuple[int, ...]]) -> int:
    header, at = {}, 0
    for name, shape in shapes.items():
        size = 2 * int(np.prod(shape))
        header[name] = {"dtype": "BF16", "shape": shape, "data_offsets": [at, at + size]}
        at += size
    head = json.dumps(header).encode()
    block = np.random.default_rng(1).standard_normal(1 << 22, np.float32) * 0.02
    data = (block.view(np.uint32) >> 16).astype("<u2").tobytes()
    with path.open("wb") as file:
        file.write(len(head).to_bytes(8, "little") + head)
        for start in range(0, at, len(data)):
            file.write(data[: min(len(data), at - start)])
    return at


def measured(label: str, command: list[str], out: Path) -> None:
    began = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - began
    if child.returncode:
        sys.exit(f"{label} failed with status {child.returncode}")
    size, peak = out.stat().st_size / 1e9, usage.ru_maxrss * 1024 / 1e9
    print(f"{label:<24} {seconds:7.1f} s  {size:6.2f} GB  peak {peak:5.2f} GB", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--layers", type=int, default=20)
    parser.add_argument("--width", type=int, default=2048)
    parser.add_argument("--pieces", type=int, default=OWN_PIECES)
    parser.add_argument("--types", nargs="+", default=["BF16", "Q8_0", "Q4_K_M"])
    parser.add_argument("--folder", type=Path, help="where there is room for all of it")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        source = folder / "model"
        source.mkdir()
        size = checkpoint(source, options.layers, options.width, options.pieces)
        weights = source / "model.safetensors"
        print(f"checkpoint of {size / 1e9:.2f} GB, {os.cpu_count()} cores")
        began = time.perf_counter()
        shutil.copyfile(weights, folder / "copy")
        print(f"{'plain copy':<24} {time.perf_counter() - began:7.1f} s")
        (folder / "copy").unlink()
        studio = [sys.executable, "-m", "steerlm_studio", "export", str(source)]
        full = folder / "BF16.gguf"
        for kind in dict.fromkeys(["BF16", *options.types]):
            out = folder / f"{kind}.gguf"
            more = [str(out), "--type", kind, "--accept-licence", "--json"]
            measured(f"{kind}", [*studio, *more, "--no-verify"], out)
            if kind in FILE_TYPES:
                theirs = folder / "theirs.gguf"
                rest = [str(full), str(theirs), str(FILE_TYPES[kind])]
                measured(f"{kind}, llama.cpp", [sys.executable, "-c", THEIRS, *rest], theirs)
        out = folder / "verified.gguf"
        more = [str(out), "--type", options.types[-1], "--accept-licence", "--json"]
        measured(f"{options.types[-1]}, verified", [*studio, *more], out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
