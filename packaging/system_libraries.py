"""Getting the system libraries that are missing; standard library only."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

# Loaded by path: at set-up the package itself cannot be imported yet.
_FILE = Path(__file__).resolve().parent.parent / "steerlm_studio" / "qt_libraries.py"
_SPEC = importlib.util.spec_from_file_location("qt_libraries", _FILE)
qt_libraries = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(qt_libraries)


def missing_qt_packages(python: Path) -> list[str]:
    """The packages to install for the PySide6 of this interpreter."""
    code = "import importlib.util as u; print(u.find_spec('PySide6').submodule_search_locations[0])"
    found = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    missing = qt_libraries.missing_libraries(Path(found.stdout.strip()))
    if unknown := [library for library in missing if library not in qt_libraries.PACKAGES]:
        print(f"Qt also misses {', '.join(unknown)}; install what provides it.", file=sys.stderr)
    return qt_libraries.packages_for(missing)


def ensure_packages(packages: list[str], why: str) -> None:
    """Install system packages as root or through sudo; else end, printing the exact line."""
    if not packages:
        return
    line = ["apt-get", "install", "-y", *packages]
    print(f"· {why}: {' '.join(packages)}", flush=True)
    prefix = _privilege()
    if shutil.which("apt-get") and prefix is not None:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run([*prefix, "apt-get", "update", "-qq"], env=environment)
        if subprocess.run([*prefix, *line], env=environment).returncode == 0:
            return
    sys.exit(f"{why}. Please run:\n\n    sudo {' '.join(line)}\n\nand then the same command again.")


def _privilege() -> list[str] | None:
    """How to become root: nothing, sudo (asking where there is a terminal), or not at all."""
    if os.geteuid() == 0:
        return []
    if not shutil.which("sudo"):
        return None
    silent = subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0
    return ["sudo"] if silent or sys.stdin.isatty() else None
