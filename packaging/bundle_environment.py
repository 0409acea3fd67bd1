"""The environment that `make package` bundles, made from nothing and kept apart from the user's.

    python3 packaging/bundle_environment.py build/bundle-env --like .venv [--torch-index URL]

It holds the program, its extras and the same llama.cpp as `--like` (the CPU's, or what `make cuda`
left there), but always PyTorch for the CPU: what pip brings by itself is the build for CUDA, some
5 GB, and a bundle only reads checkpoints. Standard library only.
"""

import argparse
import ctypes
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import bootstrap
from system_libraries import ensure_packages

EXTRAS = "export,keyring,package"
CUDA_LIBRARIES = ("nvidia-cuda-runtime", "nvidia-cublas")
NO_TORCH = (
    "PyTorch's build for the CPU ({torch}) can be had neither where pip looks here nor from "
    "{index}; pip's last message stands above. Name an index that has it with `make package "
    "TORCH_INDEX=…` (PyTorch's site tells its own under Install, Pip, CPU), or a folder with the "
    "wheel in PIP_FIND_LINKS, then run this again."
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("venv", type=Path)
    parser.add_argument("--like", type=Path, required=True, help="the user's environment")
    parser.add_argument("--torch-index", default="", help="where PyTorch's builds for the CPU are")
    options = parser.parse_args()
    _tools()
    python = environment(options.venv, options.like)
    if libraries := cuda_libraries(options.like):
        bootstrap.pip(python, "install", *libraries)
    bootstrap.set_up(options.venv, dev=False)
    install_torch(python, torch(), options.torch_index)
    bootstrap.pip(python, "install", "-e", f"{bootstrap.ROOT}[{EXTRAS}]")
    return 0


def _tools() -> None:
    if not shutil.which("objdump"):
        ensure_packages(["binutils"], "PyInstaller needs objdump")
    ensure_packages(missing_python_library(), "PyInstaller needs Python's shared library")


def missing_python_library(named: str | None = None) -> list[str]:
    """The Debian package of the library that the bundle carries, where the system's lacks it."""
    name = named or sysconfig.get_config_var("INSTSONAME") or ""
    found = re.fullmatch(r"(libpython[\d.]+)\.so\.[\d.]+", name)
    if not found or (Path(sysconfig.get_config_var("LIBDIR")) / name).exists():
        return []
    try:
        ctypes.CDLL(name)
    except OSError:
        return [found[1]]
    return []


def environment(venv: Path, like: Path) -> Path:
    """The Python of `venv`, with the llama.cpp of `like`; made anew where it had another."""
    theirs, ours = (folder / bootstrap.CMAKE_ARGS_FILE for folder in (like, venv))
    wanted = theirs.read_text() if theirs.is_file() else ""
    if wanted != (ours.read_text() if ours.is_file() else ""):
        shutil.rmtree(venv, ignore_errors=True)
    python = bootstrap.environment(venv)
    if wanted:
        bootstrap.remember_cmake_args(venv, wanted)
    return python


def cuda_libraries(like: Path) -> list[str]:
    """What `make cuda` brought from PyPI, as pip's requirements; nothing for the CPU's build."""
    if not (like / bootstrap.CMAKE_ARGS_FILE).is_file():
        return []
    command = [like / "bin" / "python", "-m", "pip", "freeze"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [line for line in said.splitlines() if line.startswith(CUDA_LIBRARIES)]


def torch() -> str:
    """The build for the CPU of the version that the tests run with."""
    tested = bootstrap._project()["optional-dependencies"]["dev"]
    return next(item for item in tested if item.startswith("torch==")) + "+cpu"


def install_torch(python: Path, requirement: str, index: str) -> None:
    """From where pip looks anyway, else also from `index`; ends the program where it is in none."""
    command = [str(python), "-m", "pip", "--disable-pip-version-check", "-q", "install"]
    places = [[], ["--extra-index-url", index]] if index else [[]]
    said = ""
    for place in places:
        done = subprocess.run([*command, requirement, *place], capture_output=True, text=True)
        if done.returncode == 0:
            return
        said = done.stderr
    print(said, file=sys.stderr)
    sys.exit(NO_TORCH.format(torch=requirement, index=index or "anywhere else"))


if __name__ == "__main__":
    sys.exit(main())
