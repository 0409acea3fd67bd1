"""CUDA run-time libraries from PyPI's packages, loaded before llama.cpp looks for them."""

import ctypes
from importlib.util import find_spec
from pathlib import Path

_LIBRARIES = ("libcudart", "libcublasLt", "libcublas")  # each needs those before it


def load() -> list[Path]:
    """Load what a CUDA build of llama.cpp needs and is installed here; returns which files.

    A library that is missing is left to the system's loader, which may know one; if not, importing
    llama_cpp says so.
    """
    found = files()
    for path in found:
        ctypes.CDLL(str(path), mode=ctypes.RTLD_GLOBAL)
    return found


def files() -> list[Path]:
    """The libraries to load, in their order; none for a build of llama.cpp without CUDA."""
    if not _has_cuda_build():
        return []
    return [path for name in _LIBRARIES for path in _candidates(name)[:1]]


def _has_cuda_build() -> bool:
    """A wheel has the library under three names, our bundle under that with a number alone."""
    spec = find_spec("llama_cpp")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    return any(any(Path(folder).glob("lib/libggml-cuda.so*")) for folder in folders)


def _candidates(library: str) -> list[Path]:
    """Files of that name in the `nvidia` packages: nvidia/cu13/lib, nvidia/cublas/lib, …"""
    spec = find_spec("nvidia")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    return sorted(p for folder in folders for p in Path(folder).glob(f"*/lib/{library}.so.*"))
