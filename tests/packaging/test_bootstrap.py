"""The set-up: what it keeps, under which name, and when it looks again."""

import subprocess
import sys

import bootstrap
import pytest


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("CMAKE_ARGS", raising=False)
    return tmp_path


def test_the_wheel_is_kept_outside_the_clone_by_version_and_flags(cache):
    plain = bootstrap._wheel_folder("llama-cpp-python==0.3.36", "")
    cuda = bootstrap._wheel_folder("llama-cpp-python==0.3.36", "-DGGML_CUDA=on")
    other = bootstrap._wheel_folder("llama-cpp-python==0.3.37", "")
    assert plain.is_relative_to(cache)
    assert plain.name.startswith("0.3.36-")
    assert len({plain, cuda, other}) == 3


def test_other_flags_mean_another_look():
    assert bootstrap._fingerprint("-DGGML_CUDA=on") != bootstrap._fingerprint("")


def test_the_default_build_runs_on_other_machines_too(cache):
    assert "-DGGML_NATIVE=OFF" in bootstrap._cmake_args(cache)


def test_flags_once_asked_for_stay_until_the_environment_says_others(cache, monkeypatch):
    bootstrap.remember_cmake_args(cache, "-DGGML_CUDA=ON")
    assert bootstrap._cmake_args(cache) == "-DGGML_CUDA=ON"
    monkeypatch.setenv("CMAKE_ARGS", "-DGGML_VULKAN=ON")
    assert bootstrap._cmake_args(cache) == "-DGGML_VULKAN=ON"


def test_an_environment_that_is_ready_is_not_touched(tmp_path):
    (tmp_path / "ready-dev").write_text(bootstrap._fingerprint(bootstrap._cmake_args(tmp_path)))
    for flags in ([], ["--dev"]):
        command = [sys.executable, bootstrap.__file__, str(tmp_path), *flags]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        assert (done.returncode, done.stdout) == (0, "")
    assert [file.name for file in tmp_path.iterdir()] == ["ready-dev"]


def test_a_build_tells_how_far_it_is(tmp_path):
    log = tmp_path / "build.log"
    log.write_text("[1/140] a\n[57/140] b\n")
    assert bootstrap._steps_done(log) == "(step 57/140)"


def test_pip_is_never_asked_to_build_llama_cpp_before_our_own_wheel_is_there():
    for dev in (False, True):
        ours, llama = bootstrap.packages(dev=dev)
        assert "msgspec>=0.19" in ours
        assert not any("llama" in item for item in ours)
        assert any(item.startswith("llama-cpp-python==") for item in llama)


def test_a_build_for_cuda_is_tried_with_the_libraries_from_pypi(tmp_path):
    """An hour's build was thrown away: the trial looked for cuBLAS where only the system's lies."""
    python = _python_with(tmp_path, "libcublas.so.97")
    assert bootstrap._imports(python)
    (tmp_path / "nvidia/cu97/lib/libcublas.so.97").unlink()
    assert not bootstrap._imports(python)


def _python_with(site, library):
    """An interpreter with a llama_cpp that needs this library, as NVIDIA's packages lay it out."""
    made = site / "nvidia" / "cu97" / "lib" / library
    made.parent.mkdir(parents=True)
    command = ["cc", "-shared", f"-Wl,-soname,{library}", "-x", "c", "/dev/null", "-o", str(made)]
    subprocess.run(command, check=True, timeout=120)
    llama = site / "llama_cpp"
    (llama / "lib").mkdir(parents=True)
    (llama / "lib" / "libggml-cuda.so").touch()
    (llama / "__init__.py").write_text(
        f"import ctypes\nctypes.CDLL({library!r})\n__version__ = '0'\n"
        "def llama_backend_init(): pass\n"
    )
    python = site / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH={site} exec {sys.executable} -S "$@"\n')
    python.chmod(0o755)
    return python
