"""The environment of `make package`: the user's llama.cpp, and PyTorch for the CPU."""

import subprocess
import sys
import zipfile
from pathlib import Path

import bootstrap
import bundle_environment
import pytest

TORCH = "torch==9.9+cpu"


def test_it_takes_the_build_for_the_cpu_of_the_version_that_is_tested():
    assert bundle_environment.torch().startswith("torch==2.")
    assert bundle_environment.torch().endswith("+cpu")


def test_it_has_the_llama_cpp_of_the_user_and_is_made_anew_when_that_is_another(tmp_path):
    """After `make cuda` the first bundle had the CPU's: making the environment emptied it."""
    theirs, ours = tmp_path / "theirs", tmp_path / "ours"
    theirs.mkdir()
    bootstrap.remember_cmake_args(theirs, "-DGGML_CUDA=ON")
    python = bundle_environment.environment(ours, theirs)
    assert python.exists()
    assert (ours / bootstrap.CMAKE_ARGS_FILE).read_text() == "-DGGML_CUDA=ON"
    (ours / "something").touch()
    bundle_environment.environment(ours, theirs)
    assert (ours / "something").exists()
    (theirs / bootstrap.CMAKE_ARGS_FILE).unlink()
    bundle_environment.environment(ours, theirs)
    assert not (ours / "something").exists()
    assert not (ours / bootstrap.CMAKE_ARGS_FILE).exists()


def test_cuda_libraries_are_those_of_the_user(tmp_path):
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    lines = "nvidia-cublas==13.0.2\nnvidia-cuda-runtime==13.0.96\nnvidia-ml-py==13.6\ntorch==2.13\n"
    (tmp_path / "frozen").write_text(lines)
    python.write_text(f"#!/bin/sh\ncat {tmp_path / 'frozen'}\n")
    python.chmod(0o755)
    assert bundle_environment.cuda_libraries(tmp_path) == []
    bootstrap.remember_cmake_args(tmp_path, "-DGGML_CUDA=ON")
    found = bundle_environment.cuda_libraries(tmp_path)
    assert found == ["nvidia-cublas==13.0.2", "nvidia-cuda-runtime==13.0.96"]


@pytest.fixture
def pip_alone(tmp_path, monkeypatch):
    """pip as on a machine whose indexes hold nothing; what it installs goes into a folder."""
    empty = tmp_path / "empty"
    (empty / "torch").mkdir(parents=True)
    (empty / "torch" / "index.html").write_text("<html></html>")
    for name, value in {
        "PIP_CONFIG_FILE": "/dev/null",
        "PIP_INDEX_URL": empty.as_uri(),
        "PIP_EXTRA_INDEX_URL": "",
        "PIP_FIND_LINKS": "",
        "PIP_CONSTRAINT": "",
        "PIP_TARGET": str(tmp_path / "installed"),
    }.items():
        monkeypatch.setenv(name, value)
    return tmp_path


def index_with_torch(folder: Path) -> str:
    """An index as PyTorch's is, with one small wheel."""
    wheel = folder / "index" / "torch" / "torch-9.9+cpu-py3-none-any.whl"
    wheel.parent.mkdir(parents=True)
    info = "torch-9.9+cpu.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("torch/__init__.py", "")
        archive.writestr(
            f"{info}/METADATA", "Metadata-Version: 2.1\nName: torch\nVersion: 9.9+cpu\n"
        )
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    (wheel.parent / "index.html").write_text(f'<a href="{wheel.name}">{wheel.name}</a>')
    return (folder / "index").as_uri()


def test_torch_comes_from_pytorchs_index_where_pips_own_have_it_not(pip_alone):
    bundle_environment.install_torch(Path(sys.executable), TORCH, index_with_torch(pip_alone))
    assert (pip_alone / "installed" / "torch" / "__init__.py").is_file()


def test_where_nobody_has_it_a_sentence_says_how_to_name_a_place(pip_alone, capsys):
    """`make package` packed torch with CUDA, 5.1 GB, and later asked to change the environment."""
    index = (pip_alone / "empty").as_uri()
    with pytest.raises(SystemExit, match=r"\(torch==9.9\+cpu\).*nor from file:.*TORCH_INDEX="):
        bundle_environment.install_torch(Path(sys.executable), TORCH, index)
    assert "torch==9.9+cpu" in capsys.readouterr().err


def test_the_library_that_debian_packs_apart_from_its_python_is_asked_for():
    """PyInstaller ended in a trace on a Debian with its own Python."""
    assert bundle_environment.missing_python_library("libpython3.99.so.1.0") == ["libpython3.99"]
    assert bundle_environment.missing_python_library("libpython3.99.a") == []  # none was built


def test_make_lets_the_user_name_an_index():
    command = ["make", "-n", "package", "TORCH_INDEX=file:///mine"]
    said = subprocess.run(command, cwd=bootstrap.ROOT, capture_output=True, text=True, timeout=120)
    assert '--torch-index "file:///mine"' in said.stdout
