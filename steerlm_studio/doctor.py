"""What this machine has and what the program misses on it: the facts behind `doctor`."""

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psutil

from steerlm_studio import __version__, folders, resources
from steerlm_studio.child import child_command
from steerlm_studio.http_words import without_login
from steerlm_studio.qt_libraries import missing_libraries, packages_for

HF_VARIABLES = ("HF_HOME", "HF_HUB_CACHE", "HF_ENDPOINT", "HF_HUB_OFFLINE", "HF_TOKEN_PATH")
PROBE_SECONDS = 60


def examine() -> dict[str, Any]:
    """Everything `doctor` reports; `problems` holds sentences, empty when all is well."""
    report: dict[str, Any] = {
        "program": {"version": __version__, "folder": str(Path(__file__).parent)},
        "python": {"version": platform.python_version(), "executable": sys.executable},
        "system": {
            "platform": platform.platform(),
            "cores": psutil.cpu_count(logical=False),
            "threads": psutil.cpu_count(),
            "memory_bytes": psutil.virtual_memory().total,
        },
        "qt": _qt(),
        "llama_cpp": _llama(),
        "gpus": _gpus(),
        "folders": _folders(),
        "hugging_face": _hugging_face(),
        "demo_model": _demo_model(),
    }
    report["problems"] = list(_problems(report))
    return report


def _version(distribution: str) -> str | None:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None


def _qt() -> dict[str, Any]:
    spec = find_spec("PySide6")
    if spec is None or not spec.submodule_search_locations:
        return {"pyside6": None, "missing_libraries": [], "apt": None}
    missing = missing_libraries(Path(spec.submodule_search_locations[0]))
    packages = packages_for(missing)
    return {
        "pyside6": _version("PySide6-Essentials") or _version("PySide6"),
        "missing_libraries": missing,
        "apt": f"sudo apt-get install -y {' '.join(packages)}" if packages else None,
    }


def _llama() -> dict[str, Any]:
    """What llama.cpp can use; a broken build may abort whoever asks."""
    return _asked("llama.cpp", child_command("steerlm_studio.engine.devices"))


def _gpus() -> dict[str, Any]:
    """What NVIDIA's driver sees, whatever this build of llama.cpp can use of it."""
    seen = _asked("the driver", child_command("steerlm_studio.device_watch", "--once"))
    if "error" in seen:
        return seen
    found = [
        {"name": gpu["name"], "free_bytes": gpu["free"], "total_bytes": gpu["total"]}
        | ({"trouble": gpu["trouble"]} if gpu["trouble"] else {})
        for gpu in seen["gpus"]
    ]
    return {"nvidia": found, "absent": seen["detail"] or seen["absence"] or None}


def _asked(whom: str, command: list[str]) -> dict[str, Any]:
    """The JSON object that a process of its own writes, or why there is none."""
    try:
        probe = subprocess.run(command, capture_output=True, text=True, timeout=PROBE_SECONDS)
        found: dict[str, Any] = json.loads(probe.stdout)
    except subprocess.TimeoutExpired:
        return {"error": f"The probe of {whom} gave no answer in {PROBE_SECONDS} seconds."}
    except ValueError:
        return {"error": probe.stderr.strip()[-500:] or f"exit status {probe.returncode}"}
    return found


def _folders() -> dict[str, Any]:
    named = {
        "config": folders.config(),
        "data": folders.data(),
        "conversations": folders.conversations(),
        "cache": folders.cache(),
    }
    return {
        name: {"path": str(path), "free_bytes": shutil.disk_usage(_existing(path)).free}
        for name, path in named.items()
    }


def _existing(path: Path) -> Path:
    return next(parent for parent in (path, *path.parents) if parent.exists())


def _hugging_face() -> dict[str, Any]:
    """The HF_* settings; of a token only whether there is one."""
    settings: dict[str, Any] = {name: os.environ.get(name) for name in HF_VARIABLES}
    settings["HF_ENDPOINT"] = settings["HF_ENDPOINT"] and without_login(settings["HF_ENDPOINT"])
    home = Path(os.environ.get("HF_HOME", "~/.cache/huggingface")).expanduser()
    file = Path(os.environ.get("HF_TOKEN_PATH", home / "token"))
    settings["token"] = bool(os.environ.get("HF_TOKEN")) or file.is_file()
    return settings


def _demo_model() -> dict[str, Any]:
    path = resources.demo_model()
    if not path.is_file():
        return {"path": str(path), "sha256": None}
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"path": str(path), "bytes": path.stat().st_size, "sha256": digest}


def _problems(report: dict[str, Any]) -> list[str]:
    problems = []
    if report["qt"]["pyside6"] is None:
        problems.append("PySide6 is not installed; the window needs it: pip install .")
    if report["qt"]["missing_libraries"]:
        names = ", ".join(report["qt"]["missing_libraries"])
        problems.append(f"Qt misses {names}. Install them: {report['qt']['apt']}")
    if error := report["llama_cpp"].get("error"):
        problems.append(f"llama.cpp cannot be used: {error}")
    if report["demo_model"]["sha256"] is None:
        problems.append(f"The demo model is missing: {report['demo_model']['path']}")
    return problems
