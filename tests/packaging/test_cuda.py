"""The CUDA build: which toolkit, which libraries, which flags. No GPU and no nvcc are needed."""

import os
import sys
from pathlib import Path

import cuda
import pytest


def toolkit(folder: Path, release: str) -> Path:
    """A folder like a toolkit's whose nvcc says that it is of this release."""
    nvcc = folder / "bin" / "nvcc"
    nvcc.parent.mkdir(parents=True)
    nvcc.write_text(f"""#!/bin/sh
    case "$1" in
      --list-gpu-arch) printf 'compute_75\ncompute_80\ncompute_90\ncompute_120\n';;
      *) echo 'Cuda compilation tools, release {release}, V{release}.88';;
    esac
    """)
    nvcc.chmod(0o755)
    return nvcc


def test_the_version_is_what_nvcc_says(tmp_path, monkeypatch):
    monkeypatch.setenv("CUDACXX", str(toolkit(tmp_path, "12.4")))
    found = cuda.Toolkit.found()
    assert (found.major, found.minor) == (12, 4)
    assert found.packages() == ["nvidia-cuda-runtime-cu12==12.4.*", "nvidia-cublas-cu12==12.4.*"]


def test_from_cuda_13_on_the_libraries_carry_no_suffix(tmp_path, monkeypatch):
    monkeypatch.setenv("CUDACXX", str(toolkit(tmp_path, "13.0")))
    names = cuda.Toolkit.found().packages()
    assert names == ["nvidia-cuda-runtime==13.0.*", "nvidia-cublas==13.0.*"]


def test_cublas_is_borrowed_where_the_toolkit_has_none(tmp_path, monkeypatch):
    monkeypatch.setenv("CUDACXX", str(toolkit(tmp_path, "13.0")))
    assert not cuda.Toolkit.found().has_cublas
    for file in ("lib64/libcublas.so", "include/cublas_v2.h"):
        path = tmp_path / file
        path.parent.mkdir()
        path.touch()
    assert cuda.Toolkit.found().has_cublas


def test_without_nvcc_a_sentence_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("CUDACXX", str(tmp_path / "nowhere"))
    with pytest.raises(SystemExit, match=r"nvcc was not found.*Install the CUDA toolkit"):
        cuda.Toolkit.found()


def test_cudacxx_may_be_a_name_on_the_path(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(toolkit(tmp_path, "12.4").parent), prepend=os.pathsep)
    monkeypatch.setenv("CUDACXX", "nvcc")
    assert cuda.Toolkit.found().nvcc == tmp_path / "bin" / "nvcc"


def test_an_old_toolkit_is_refused_in_words(tmp_path, monkeypatch):
    """pip was asked for packages of CUDA 11, and its failure laid to the network."""
    monkeypatch.setenv("CUDACXX", str(toolkit(tmp_path, "11.8")))
    with pytest.raises(SystemExit, match=r"is of CUDA 11\.8, .* needs 12 or newer"):
        cuda.Toolkit.found()


def test_an_nvcc_that_does_not_run_is_shown_with_what_it_said(tmp_path, monkeypatch):
    nvcc = toolkit(tmp_path, "13.0")
    nvcc.write_text("#!/bin/sh\necho 'no libstdc++ here' >&2\nexit 127\n")
    monkeypatch.setenv("CUDACXX", str(nvcc))
    with pytest.raises(SystemExit, match=r"does not say its version.*no libstdc\+\+ here"):
        cuda.Toolkit.found()


@pytest.mark.parametrize("asked", ["80-real;90-real", "120a-real", "75", "90-virtual", "native"])
def test_architectures_that_nvcc_knows_are_taken(tmp_path, asked):
    found = cuda.Toolkit(toolkit(tmp_path, "13.0"), 13, 0)
    assert found.unknown(asked) == ""


@pytest.mark.parametrize(
    ("asked", "named"),
    [("70-real;90-real", "70-real"), ("sm_90", "sm_90"), ("80 90", "80 90"), ("", "without a")],
)
def test_others_are_refused_before_anything_is_installed(tmp_path, monkeypatch, asked, named):
    """CMake said so after minutes, in the middle of its log."""
    monkeypatch.setenv("CUDACXX", str(toolkit(tmp_path, "13.0")))
    monkeypatch.setattr("sys.argv", ["cuda.py", str(tmp_path / "venv"), "--architectures", asked])
    with pytest.raises(SystemExit, match=f"no architecture {named}.*it knows 75, 80, 90, 120"):
        cuda.main()
    assert not (tmp_path / "venv").exists()


def test_one_wheel_serves_machines_without_a_driver_and_other_processors():
    flags = cuda.cmake_args("90-real")
    assert "-DGGML_CUDA_NO_VMM=ON" in flags
    assert "-DGGML_NATIVE=OFF" in flags
    assert "-DCMAKE_CUDA_ARCHITECTURES=90-real" in flags


def test_borrowed_headers_and_libraries_are_linked_where_every_build_finds_them(
    tmp_path, monkeypatch
):
    borrowed = tmp_path / "site" / "nvidia" / "cu13"
    for file in ("include/cublas_v2.h", "lib/libcublas.so.13", "lib/libcublasLt.so.13"):
        (borrowed / file).parent.mkdir(parents=True, exist_ok=True)
        (borrowed / file).touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"))
    monkeypatch.setenv("CPATH", "/other")
    flags = cuda._borrowed_cublas(Path(sys.executable), cuda.Toolkit(Path("nvcc"), 13, 0))
    folder = tmp_path / "cache" / "steerlm-studio" / "cuda" / "13.0"
    assert f"-DCUDA_cublas_LIBRARY={folder}/libcublas.so" in flags
    assert (folder / "libcublasLt.so").resolve() == borrowed / "lib" / "libcublasLt.so.13"
    assert (folder / "include" / "cublas_v2.h").is_file()
