"""A drive that behaves like some of the network's, for a program that is started with it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = Path(__file__).with_suffix(".c")


def built(folder: Path) -> Path:
    """What makes it so, for LD_PRELOAD; the test is skipped where it cannot be made."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None or sys.platform != "linux":
        pytest.skip("no C compiler, or not Linux")
    library = folder / "network_drive.so"
    command = [compiler, "-shared", "-fPIC", "-o", str(library), str(SOURCE), "-ldl"]
    subprocess.run(command, check=True)
    return library


def said_on(drive: Path, refuses: str, library: Path, code: str) -> str:
    """What a Python program with these lines prints while `drive` refuses memory or locks."""
    told = {"LD_PRELOAD": str(library), "DRIVE": str(drive), "REFUSES": refuses}
    environment = os.environ | told | {"QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout
