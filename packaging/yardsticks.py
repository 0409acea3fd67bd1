"""Build the programs that the benchmarks compare with, from the llama.cpp that the engine uses.

    python packaging/yardsticks.py [--out build/yardsticks] [--sdist llama_cpp_python-….tar.gz]

llama-bench, llama-batched-bench, llama-server and llama-quantize end up in `<out>/build/bin`, with
the same compiler flags as the engine's own build (CMAKE_ARGS, else the portable ones). Needs cmake
and a C++ compiler; takes some 15 minutes on two cores. The sdist is fetched with pip if not given.
"""

import argparse
import os
import shlex
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from bootstrap import PORTABLE, _project

ROOT = Path(__file__).resolve().parent.parent
TARGETS = ("llama-bench", "llama-batched-bench", "llama-server", "llama-quantize")
SWITCHES = (
    "-DCMAKE_BUILD_TYPE=Release",
    "-DLLAMA_BUILD_UI=OFF",
    "-DLLAMA_USE_PREBUILT_UI=OFF",
    "-DLLAMA_OPENSSL=OFF",
    "-DLLAMA_BUILD_TESTS=OFF",
    "-DLLAMA_BUILD_EXAMPLES=OFF",
    "-DLLAMA_BUILD_APP=OFF",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "yardsticks")
    parser.add_argument("--sdist", type=Path, help="llama-cpp-python's source archive")
    options = parser.parse_args()
    if not shutil.which("cmake"):
        sys.exit("cmake is missing. Install it (`apt install cmake`) and run this again.")
    options.out.mkdir(parents=True, exist_ok=True)
    _build(_source(options.sdist or _downloaded(options.out), options.out), options.out / "build")


def _downloaded(out: Path) -> Path:
    """The source archive of the version that the project is pinned to."""
    requirement = next(d for d in _project()["dependencies"] if d.startswith("llama-cpp"))
    name = requirement.partition("==")[0]
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--no-deps"]
    _run([*pip, "--no-binary", name, "-d", str(out), requirement])
    return next(out.glob(f"*{requirement.partition('==')[2]}.tar.gz"))


def _source(sdist: Path, out: Path) -> Path:
    """The folder of llama.cpp's sources, unpacked."""
    folder = out / sdist.name.removesuffix(".tar.gz")
    if not folder.is_dir():
        with tarfile.open(sdist) as archive:
            archive.extractall(out, filter="data")
    return folder / "vendor" / "llama.cpp"


def _build(source: Path, build: Path) -> None:
    flags = shlex.split(os.environ.get("CMAKE_ARGS") or PORTABLE)
    generator = ["-G", "Ninja"] if shutil.which("ninja") else []
    _run(["cmake", "-S", str(source), "-B", str(build), *generator, *SWITCHES, *flags])
    jobs = str(os.cpu_count() or 1)
    _run(["cmake", "--build", str(build), "-j", jobs, "--target", *TARGETS])
    print(f"the programs are in {build / 'bin'}")


def _run(command: list[str]) -> None:
    if subprocess.run(command).returncode:
        sys.exit(f"this failed: {shlex.join(command)}\nIts message stands above.")


if __name__ == "__main__":
    main()
