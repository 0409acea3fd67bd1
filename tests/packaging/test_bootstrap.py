"""The set-up: what it keeps, under which name, and when it looks again."""

import contextlib
import fcntl
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


def test_a_build_that_was_interrupted_goes_on_and_leaves_only_the_wheel(tmp_path):
    """A build for CUDA takes an hour or more; one that was stopped began again from nothing."""
    folder, python = tmp_path / "wheels", _python_with_a_pip_that_stops_once(tmp_path)
    for _ in range(2):
        folder.mkdir(exist_ok=True)
        with contextlib.suppress(SystemExit):
            bootstrap._build_llama(python, "llama-cpp-python==9", folder, "")
    assert sorted(p.name for p in folder.iterdir()) == ["build.log", "llama_cpp_python-9.whl"]
    assert (folder / "llama_cpp_python-9.whl").read_text() == "went on from step 57"
    assert (tmp_path / "downloads").read_text() == "1"


def test_two_clones_do_not_build_the_same_wheel_at_once(tmp_path):
    with (tmp_path / "lock").open("w") as second:
        with bootstrap._alone(tmp_path), pytest.raises(BlockingIOError):
            fcntl.flock(second, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.flock(second, fcntl.LOCK_EX | fcntl.LOCK_NB)


PIP_THAT_STOPS_ONCE = """#!{python}
import pathlib, sys, tarfile
at, words = pathlib.Path({folder!r}), sys.argv[3:]
if "download" in words:
    (at / "downloads").open("a").write("1")
    name = pathlib.Path(words[words.index("-d") + 1]) / "llama.tar.gz"
    with tarfile.open(name, "w:gz") as archive:
        archive.add(__file__, "llama/source.c")
else:
    build = pathlib.Path(words[words.index("-C") + 1].removeprefix("build-dir="))
    assert (pathlib.Path(words[-1]) / "source.c").is_file()
    if not (build / "step").exists():
        build.mkdir()
        (build / "step").write_text("57")
        sys.exit(1)
    wheel = pathlib.Path(words[words.index("-w") + 1]) / "llama_cpp_python-9.whl"
    wheel.write_text("went on from step " + (build / "step").read_text())
"""


def _python_with_a_pip_that_stops_once(tmp_path):
    python = tmp_path / "python"
    python.write_text(PIP_THAT_STOPS_ONCE.format(python=sys.executable, folder=str(tmp_path)))
    python.chmod(0o755)
    return python


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
