"""Build llama-cpp-python with CUDA and put it into the virtual environment: `make cuda`.

    python3 packaging/cuda.py .venv [--architectures "80-real;90-real"]

Needs nvcc, and no GPU. The wheel also runs where there is no driver: it is built without CUDA's
virtual memory (GGML_CUDA_NO_VMM), the one part that links libcuda itself. The CUDA run-time
libraries come from PyPI, so that a machine needs nothing but its driver; where the toolkit lacks
cuBLAS for developers, PyPI's serves for the build too. Standard library only.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import bootstrap

ARCHITECTURES = "80-real;90-real"  # A100; H100 and H200
CMAKES_OWN = ("native", "all", "all-major")
NO_NVCC = (
    "nvcc was not found, so nothing can be compiled for CUDA. Install the CUDA toolkit (12 or "
    "newer) and put nvcc on the PATH, or set CUDACXX to it, then run `make cuda` again."
)
TOO_OLD = (
    "{nvcc} is of CUDA {major}.{minor}, and llama.cpp for CUDA needs 12 or newer here. Install a "
    "newer toolkit or set CUDACXX to its nvcc, then run `make cuda` again."
)
SILENT = "{nvcc} does not say its version, so it is no nvcc that works here: {said}"
UNKNOWN = (
    "nvcc of CUDA {major}.{minor} knows no architecture {asked}; it knows {known}. Say for example "
    '`make cuda CUDA_ARCHITECTURES="80-real;90-real"`.'
)


@dataclass(frozen=True)
class Toolkit:
    """The CUDA toolkit that nvcc belongs to."""

    nvcc: Path
    major: int
    minor: int

    @classmethod
    def found(cls) -> "Toolkit":
        """The one on the PATH or in CUDACXX; ends the program when there is none."""
        usual = Path("/usr/local/cuda/bin/nvcc")
        named = shutil.which(os.environ.get("CUDACXX") or "nvcc")
        nvcc = Path(named) if named else usual
        if (os.environ.get("CUDACXX") and not named) or not nvcc.exists():
            sys.exit(NO_NVCC)
        said = subprocess.run([nvcc, "--version"], capture_output=True, text=True)
        release = re.search(r"release (\d+)\.(\d+)", said.stdout)
        if release is None:
            words = (said.stderr + said.stdout).strip() or f"exit status {said.returncode}"
            sys.exit(SILENT.format(nvcc=nvcc, said=words))
        found = cls(nvcc, int(release[1]), int(release[2]))
        if found.major < 12:
            sys.exit(TOO_OLD.format(**vars(found)))
        return found

    def unknown(self, architectures: str) -> str:
        """A sentence about those that this nvcc cannot compile for; "" when it can for all."""
        command = [self.nvcc, "--list-gpu-arch"]
        listed = subprocess.run(command, capture_output=True, text=True).stdout
        known = list(dict.fromkeys(re.findall(r"compute_(\d+)", listed)))
        asked = [item for item in architectures.split(";") if item not in CMAKES_OWN]
        wrong = [item for item in asked if _number(item) not in known]
        if not known or not wrong:
            return ""
        return UNKNOWN.format(
            major=self.major,
            minor=self.minor,
            asked=", ".join(item or "without a number" for item in wrong),
            known=", ".join(known),
        )

    @property
    def root(self) -> Path:
        return self.nvcc.resolve().parent.parent

    @property
    def has_cublas(self) -> bool:
        """Whether cuBLAS for developers (header and library) is part of it."""
        folders = (self.root / "lib64", *self.root.glob("targets/*/lib"))
        header = (self.root / "include", *self.root.glob("targets/*/include"))
        return any((f / "libcublas.so").exists() for f in folders) and any(
            (f / "cublas_v2.h").exists() for f in header
        )

    def packages(self) -> list[str]:
        """PyPI's run-time libraries of this very CUDA version."""
        suffix = "" if self.major >= 13 else f"-cu{self.major}"
        names = ("nvidia-cuda-runtime", "nvidia-cublas")
        return [f"{name}{suffix}=={self.major}.{self.minor}.*" for name in names]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("venv", type=Path)
    parser.add_argument("--architectures", default=ARCHITECTURES, help="as CMake writes them")
    options = parser.parse_args()
    toolkit = Toolkit.found()
    if unknown := toolkit.unknown(options.architectures):
        sys.exit(unknown)
    python = bootstrap.environment(options.venv)
    bootstrap.pip(python, "install", *toolkit.packages())
    flags = cmake_args(options.architectures)
    if not toolkit.has_cublas:
        flags += _borrowed_cublas(python, toolkit)
    bootstrap.remember_cmake_args(options.venv, " ".join(flags))
    print(f"· CUDA {toolkit.major}.{toolkit.minor} for {options.architectures}", flush=True)
    return bootstrap.set_up(options.venv, dev=False)


def _number(architecture: str) -> str:
    """As nvcc lists it: "90" of "90-real" and "90a"; "" where it has not that form."""
    form = re.fullmatch(r"(\d+)[af]?(-real|-virtual)?", architecture)
    return form[1] if form else ""


def cmake_args(architectures: str) -> list[str]:
    """What makes one wheel for these GPUs and for machines without any."""
    return [
        *bootstrap.PORTABLE.split(),
        "-DGGML_CUDA=ON",
        f"-DCMAKE_CUDA_ARCHITECTURES={architectures}",
        "-DGGML_CUDA_NO_VMM=ON",
        "-DGGML_CUDA_NCCL=OFF",
    ]


def _borrowed_cublas(python: Path, toolkit: Toolkit) -> list[str]:
    """Flags that let CMake find PyPI's cuBLAS, through links at a place that stays the same.

    The wheel is kept by its flags: a path into a virtual environment would build it anew in each.
    """
    folder = bootstrap.cache_folder() / "cuda" / f"{toolkit.major}.{toolkit.minor}"
    folder.mkdir(parents=True, exist_ok=True)
    found = _nvidia_folders(python)
    include = next(f / "include" for f in found if (f / "include" / "cublas_v2.h").exists())
    _link(folder / "include", include)
    flags = []
    for name in ("cublas", "cublasLt"):
        library = next(p for f in found for p in f.glob(f"lib/lib{name}.so.*"))
        _link(folder / f"lib{name}.so", library)
        flags.append(f"-DCUDA_{name}_LIBRARY={folder / f'lib{name}.so'}")
    os.environ["CPATH"] = os.pathsep.join(
        filter(None, (str(folder / "include"), os.environ.get("CPATH")))
    )
    return flags


def _nvidia_folders(python: Path) -> list[Path]:
    code = "import nvidia; print(*nvidia.__path__, sep='\\n')"
    said = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout
    return [child for line in said.split() for child in Path(line).iterdir() if child.is_dir()]


def _link(link: Path, target: Path) -> None:
    link.unlink(missing_ok=True)
    link.symlink_to(target)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("\nInterrupted. `make cuda` goes on with it.")
