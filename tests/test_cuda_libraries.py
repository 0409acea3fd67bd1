"""Which CUDA libraries are loaded, and when. Small files stand for them: no GPU is needed."""

import ctypes
import importlib
import sys

import pytest

from steerlm_studio import cuda_libraries


@pytest.fixture
def site(tmp_path, monkeypatch):
    """An environment with packages of NVIDIA's in both layouts, and a CUDA build of llama.cpp."""
    for file in (
        "nvidia/cu13/lib/libcudart.so.13",
        "nvidia/cublas/lib/libcublas.so.12",
        "nvidia/cublas/lib/libcublasLt.so.12",
        "llama_cpp/lib/libggml-cuda.so",
    ):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).touch()
    (tmp_path / "llama_cpp/__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    for name in [n for n in sys.modules if n.partition(".")[0] in ("llama_cpp", "nvidia")]:
        monkeypatch.delitem(sys.modules, name)
    importlib.invalidate_caches()
    return tmp_path


@pytest.fixture
def loaded(monkeypatch):
    calls = []
    monkeypatch.setattr(ctypes, "CDLL", lambda path, mode=0: calls.append((path, mode)))
    return calls


def test_a_cuda_build_gets_its_libraries_in_the_order_they_need_each_other(site, loaded):
    names = [path.name for path in cuda_libraries.load()]
    assert names == ["libcudart.so.13", "libcublasLt.so.12", "libcublas.so.12"]
    assert [mode for _, mode in loaded] == [ctypes.RTLD_GLOBAL] * 3


def test_a_build_for_the_cpu_loads_none_of_them(site, loaded):
    (site / "llama_cpp/lib/libggml-cuda.so").unlink()
    assert cuda_libraries.load() == []
    assert loaded == []


def test_what_is_not_installed_is_left_to_the_system(site, loaded):
    (site / "nvidia/cu13/lib/libcudart.so.13").unlink()
    assert [path.name for path in cuda_libraries.load()] == ["libcublasLt.so.12", "libcublas.so.12"]


def test_a_bundle_has_the_cuda_build_under_one_name(site, loaded):
    """There the libraries were not loaded: looked for was a name that only the wheel has."""
    library = site / "llama_cpp/lib/libggml-cuda.so"
    library.rename(library.with_name("libggml-cuda.so.0"))
    assert cuda_libraries.load()[0].name == "libcudart.so.13"
    assert cuda_libraries.files() == [site / path for path in (
        "nvidia/cu13/lib/libcudart.so.13",
        "nvidia/cublas/lib/libcublasLt.so.12",
        "nvidia/cublas/lib/libcublas.so.12",
    )]  # fmt: skip
