"""Make the virtual environment ready: system libraries, packages, the llama.cpp build (cached).

    python3 packaging/bootstrap.py .venv [--dev]

Standard library only. Does nothing, quickly, when everything is in place. The llama-cpp-python
wheel is kept outside the clone, by version, machine and CMAKE_ARGS, because pip's own cache would
hand out a wheel that was built with other flags.
"""

import argparse
import fcntl
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from system_libraries import ensure_packages, missing_qt_packages

ROOT = Path(__file__).resolve().parent.parent
PORTABLE = "-DGGML_NATIVE=OFF -DLLAVA_BUILD=OFF"
IMPORT_TEST = (
    "from steerlm_studio import cuda_libraries; cuda_libraries.load(); "
    "import llama_cpp; llama_cpp.llama_backend_init(); print(llama_cpp.__version__)"
)
CMAKE_ARGS_FILE = "cmake-args"  # in the virtual environment
HEARTBEAT_SECONDS = 15


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("venv", type=Path)
    parser.add_argument("--dev", action="store_true", help="also what the tests need")
    options = parser.parse_args()
    return set_up(options.venv, dev=options.dev)


def set_up(venv: Path, *, dev: bool) -> int:
    """Install what is missing; `dev`: also what the tests need."""
    flags = _cmake_args(venv)
    wanted = _fingerprint(flags)
    full, plain = venv / "ready-dev", venv / "ready"
    stamps = [full] if dev else [full, plain]
    if any(stamp.is_file() and stamp.read_text() == wanted for stamp in stamps):
        return 0
    python = environment(venv)
    ours, llama = packages(dev=dev)
    _say("installing the Python packages" + (", those of the tests too" if dev else ""))
    pip(python, "install", *ours)
    _install_llama(python, flags)
    pip(python, "install", *llama)  # what its extras need: the build that is there will do
    pip(python, "install", "--no-deps", "-e", str(ROOT))
    ensure_packages(missing_qt_packages(python), "Qt needs system libraries that are missing")
    stamps[-1].write_text(wanted)
    return 0


def _say(text: str) -> None:
    print(f"· {text}", flush=True)


def _project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def _cmake_args(venv: Path) -> str:
    """Those of the environment, else those that `make cuda` left, else a build for the CPU."""
    kept = venv / CMAKE_ARGS_FILE
    return os.environ.get("CMAKE_ARGS") or (kept.read_text() if kept.is_file() else PORTABLE)


def remember_cmake_args(venv: Path, flags: str) -> None:
    """Build with these from now on, so that `make run` does not go back to the CPU's wheel."""
    (venv / CMAKE_ARGS_FILE).write_text(flags)


def _fingerprint(flags: str) -> str:
    """Changes when the environment must be looked at again."""
    parts = (
        (ROOT / "pyproject.toml").read_text(encoding="utf-8"),
        flags,
        sys.version,
        str(ROOT),
    )
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def environment(venv: Path) -> Path:
    python = venv / "bin" / "python"
    works = python.exists() and subprocess.run(
        [python, "-m", "pip", "--version"], capture_output=True
    )
    if works and works.returncode == 0:
        return python
    _say(f"making the virtual environment {venv}")
    command = [sys.executable, "-m", "venv", "--clear", str(venv)]
    if subprocess.run(command).returncode:
        version = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        ensure_packages([version], "Python's venv module is not complete")
        subprocess.run(command, check=True)
    return python


def pip(python: Path, *arguments: str) -> None:
    command = [str(python), "-m", "pip", "--disable-pip-version-check", "-q", *arguments]
    if subprocess.run(command).returncode:
        sys.exit(
            f"pip could not finish: {' '.join(command)}\n"
            "Look at its message above; without a network nothing can be installed."
        )


def packages(*, dev: bool) -> tuple[list[str], list[str]]:
    """What pip is to install, and apart llama-cpp-python with its extras.

    pip would build that for this very processor, for minutes, where it is not there yet.
    """
    project = _project()
    wanted = project["dependencies"] + (project["optional-dependencies"]["dev"] if dev else [])
    return (
        [item for item in wanted if not item.startswith("llama-cpp")],
        [item for item in wanted if item.startswith("llama-cpp")],
    )


def _install_llama(python: Path, flags: str) -> None:
    requirement = next(d for d in _project()["dependencies"] if d.startswith("llama-cpp"))
    folder = _wheel_folder(requirement, flags)
    with _alone(folder):
        cached = next(iter(folder.glob("*.whl")), None)
        if cached and _works_when_installed(python, cached):
            return
        if cached:
            _say(f"the cached {cached.name} does not import here; building it again")
            cached.unlink()
        _build_llama(python, requirement, folder, flags)
        wheel = next(iter(folder.glob("*.whl")))
        if not _works_when_installed(python, wheel):
            wheel.unlink()
            sys.exit("llama-cpp-python was built but does not import; its message stands above.")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Two clones that need the same wheel at once: the second waits for the first one's."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def cache_folder() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "steerlm-studio"


def _wheel_folder(requirement: str, flags: str) -> Path:
    kind = "\0".join((requirement, flags, sysconfig.get_platform(), *platform.libc_ver()))
    name = f"{requirement.partition('==')[2]}-{hashlib.sha256(kind.encode()).hexdigest()[:12]}"
    return cache_folder() / "wheels" / name


def _works_when_installed(python: Path, wheel: Path) -> bool:
    """Install the wheel and import it in a process of its own: a bad one may abort."""
    pip(python, "install", "--force-reinstall", "--no-deps", str(wheel))
    pip(python, "install", str(wheel))
    return _imports(python)


def _imports(python: Path) -> bool:
    """Whether llama.cpp starts as the program starts it, CUDA's libraries from PyPI included."""
    command = [python, "-c", IMPORT_TEST]
    test = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    if test.returncode:
        print(test.stderr[-2000:], file=sys.stderr)
    return test.returncode == 0


def _build_llama(python: Path, requirement: str, folder: Path, flags: str) -> None:
    """Leave the wheel in `folder`. What an interrupted build compiled serves the next one."""
    if not (shutil.which("c++") or shutil.which("g++") or shutil.which("clang++")):
        ensure_packages(["build-essential"], "llama.cpp needs a C++ compiler")
    minutes = "an hour or more" if "CUDA" in flags else "some 8 minutes"
    _say(f"building {requirement} with {flags}: once, {minutes} on two cores")
    work, log = folder / "work", folder / "build.log"
    source = _source(python, requirement, work)
    command = [str(python), "-m", "pip", "wheel", "-v", "--no-deps", "--no-cache-dir"]
    command += ["-C", f"build-dir={work / 'build'}", "-w", str(work), str(source)]
    if _run_with_heartbeat(command, log, flags):
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-30:])
        sys.exit(
            f"{tail}\n\nllama.cpp could not be built; the whole log is {log}. What was compiled is "
            f"kept for the next try; to start from nothing, remove {work}."
        )
    wheel = next(work.glob("*.whl"))
    wheel.rename(folder / wheel.name)
    shutil.rmtree(work)


def _source(python: Path, requirement: str, work: Path) -> Path:
    """The unpacked source at a place that stays the same: ninja goes on by paths and times."""
    source = work / "source"
    work.mkdir(exist_ok=True)
    if source.is_dir():
        return source
    with tempfile.TemporaryDirectory(dir=work) as scratch:
        only = ("--no-deps", "--no-binary", "llama-cpp-python")
        pip(python, "download", *only, "-d", scratch, requirement)
        shutil.unpack_archive(next(Path(scratch).glob("*.tar.gz")), scratch)
        next(p for p in Path(scratch).iterdir() if p.is_dir()).rename(source)
    return source


def _run_with_heartbeat(command: list[str], log: Path, flags: str) -> int:
    """Run, its output into `log`, saying now and then how far it is."""
    environment = {**os.environ, "CMAKE_ARGS": flags}
    began = time.monotonic()
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=environment)
        while True:
            try:
                return process.wait(timeout=HEARTBEAT_SECONDS)
            except subprocess.TimeoutExpired:
                minutes, seconds = divmod(int(time.monotonic() - began), 60)
                _say(f"still building, {minutes} min {seconds:02} s {_steps_done(log)}")


def _steps_done(log: Path) -> str:
    steps = re.findall(rb"\[(\d+/\d+)\]", log.read_bytes())
    return f"(step {steps[-1].decode()})" if steps else ""


if __name__ == "__main__":
    sys.exit(main())
