"""How fast and in how much memory a checkpoint is exported, beside llama.cpp's own two steps.

    python tests/benchmarks/export_speed.py [--layers N] [--width N] [--pieces N] [--types T …]
        [--llama SOURCE] [--llama-quantize FILE] [--python PYTHON]

Makes a random Hugging Face folder of the family in a temporary folder (2.0 GB as it stands; with
`--layers 1 --width 4096 --pieces 256000` one with the largest real embedding, 4.6 GB), exports it,
and does the same with `convert_hf_to_gguf.py` and `llama-quantize`. SOURCE is a folder of
llama.cpp (the sdist of llama-cpp-python has it as vendor/llama.cpp), FILE a llama-quantize built of
it, PYTHON one that has what the converter imports. Prints seconds, bytes and peak memory of each,
and the quotients. Neither side verifies what it wrote, except in the last line.
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
from dataclasses import dataclass
from pathlib import Path

import numpy as np

TOKENIZER = Path(__file__).parent.parent / "fixtures" / "tokenizer" / "bpe_noprefix.model"
OWN_PIECES = 512


@dataclass(frozen=True)
class Cost:
    seconds: float
    peak: int  # bytes of memory, of the child and of its own children

    def then(self, other: "Cost") -> "Cost":
        return Cost(self.seconds + other.seconds, max(self.peak, other.peak))


def checkpoint(folder: Path, layers: int, width: int, pieces: int) -> int:
    """Write the folder; returns the bytes of its weights."""
    heads = width // 128
    settings = {
        "architectures": ["NemotronForCausalLM"],
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
    found = [TOKENIZER.read_bytes()]
    for number in range(OWN_PIECES, pieces):
        name = f"\ue000{number}".encode()
        piece = b"\x0a" + bytes([len(name)]) + name + b"\x15" + struct.pack("<f", -number)
        found.append(b"\x0a" + bytes([len(piece)]) + piece)
    return b"".join(found)


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


def measured(label: str, command: list[str | Path], out: Path) -> Cost:
    """Run it, print what it cost, fail when it does."""
    began = time.perf_counter()
    with tempfile.TemporaryFile() as log:
        child = subprocess.Popen(command, stdout=log, stderr=log)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        cost = Cost(time.perf_counter() - began, usage.ru_maxrss * 1024)
        if child.returncode:
            log.seek(0)
            sys.exit(f"{label} failed: {log.read().decode(errors='replace')[-2000:]}")
    size = out.stat().st_size / 1e9
    print(f"{label:<32} {cost.seconds:6.1f} s  {size:5.2f} GB  peak {cost.peak / 1e9:5.2f} GB")
    return cost


def ours(source: Path, folder: Path, kind: str, *more: str) -> Cost:
    out = folder / f"ours-{kind}.gguf"
    command = [sys.executable, "-m", "steerlm_studio", "export", source, out, "--type", kind]
    label = f"{kind}, verified" if not more else kind
    cost = measured(label, [*command, "--accept-licence", "--json", *more], out)
    out.unlink()
    return cost


def theirs(source: Path, folder: Path, options: argparse.Namespace) -> dict[str, Cost]:
    """By type; the conversion to BF16 is the first step of each."""
    full = folder / "theirs-BF16.gguf"
    converter = [options.python, options.llama / "convert_hf_to_gguf.py", source]
    command = [*converter, "--outtype", "bf16", "--outfile", full]
    first = measured("convert_hf_to_gguf.py, BF16", command, full)
    costs = {"BF16": first}
    for kind in options.types:
        if kind != "BF16":
            out = folder / f"theirs-{kind}.gguf"
            second = measured(f"llama-quantize, {kind}", [options.quantize, full, out, kind], out)
            costs[kind] = first.then(second)
            out.unlink()
    return costs


def compare(mine: dict[str, Cost], other: dict[str, Cost]) -> None:
    print(f"\n{'':<8} {'seconds':>15} {'quotient':>9} {'peak GB':>13} {'quotient':>9}")
    for kind, cost in mine.items():
        with_us, with_them = cost, other[kind]
        seconds = f"{with_us.seconds:.1f} / {with_them.seconds:.1f}"
        peaks = f"{with_us.peak / 1e9:.2f} / {with_them.peak / 1e9:.2f}"
        time_ratio, ratio = with_us.seconds / with_them.seconds, with_us.peak / with_them.peak
        print(f"{kind:<8} {seconds:>15} {time_ratio:9.2f} {peaks:>13} {ratio:9.2f}")


def copy(weights: Path, folder: Path) -> None:
    """A plain copy: what the disk takes for it, and the file is in the page cache for all."""
    began = time.perf_counter()
    shutil.copyfile(weights, folder / "copy")
    print(f"{'plain copy':<32} {time.perf_counter() - began:6.1f} s")
    (folder / "copy").unlink()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--layers", type=int, default=20)
    parser.add_argument("--width", type=int, default=2048)
    parser.add_argument("--pieces", type=int, default=OWN_PIECES)
    parser.add_argument("--types", nargs="+", default=["BF16", "Q8_0", "Q4_K_M"])
    parser.add_argument("--folder", type=Path, help="where there is room for all of it")
    parser.add_argument("--llama", type=Path, help="source of llama.cpp to compare with")
    parser.add_argument("--llama-quantize", dest="quantize", type=Path, help="else on the PATH")
    parser.add_argument("--python", default=sys.executable, help="for convert_hf_to_gguf.py")
    options = parser.parse_args()
    sys.stdout.reconfigure(line_buffering=True)
    options.quantize = options.quantize or shutil.which("llama-quantize")
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        source = folder / "model"
        source.mkdir()
        size = checkpoint(source, options.layers, options.width, options.pieces)
        print(f"checkpoint of {size / 1e9:.2f} GB, {os.cpu_count()} cores")
        copy(source / "model.safetensors", folder)
        mine = {kind: ours(source, folder, kind, "--no-verify") for kind in options.types}
        if options.llama and options.quantize:
            compare(mine, theirs(source, folder, options))
        else:
            print("not compared: --llama and llama-quantize are needed for that")
        ours(source, folder, options.types[-1])
    return 0


if __name__ == "__main__":
    sys.exit(main())
