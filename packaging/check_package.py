"""`make package-check`: install the Debian package on a clean system and run it there.

    sudo python3 packaging/check_package.py dist/steerlm-studio_*.deb [--suite bookworm]

debootstrap makes a minimal Debian, without Python, in a folder of its own; the package is
installed there with what it depends on, and must pass its --self-test. Then it is removed again,
and nothing of it may be left. Standard library only; needs root.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

NAME = "steerlm-studio"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("package", type=Path)
    parser.add_argument("--suite", default="bookworm")
    parser.add_argument("--mirror", default="", help="of Debian; else this machine's own")
    options = parser.parse_args()
    if os.geteuid() or not shutil.which("debootstrap"):
        sys.exit("This needs root and debootstrap: sudo apt-get install -y debootstrap")
    with tempfile.TemporaryDirectory(prefix="clean-debian-") as folder:
        root = Path(folder)
        _debootstrap(root, options.suite, options.mirror or _own_mirror())
        return _check(root, options.package)


def _own_mirror() -> str:
    """Where this machine's apt gets its packages from; "" lets debootstrap choose."""
    said = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)"], capture_output=True, text=True
    )
    usable = (line for line in said.stdout.splitlines() if "/debian" in line)
    return next((line for line in usable if "security" not in line), "")


def _debootstrap(root: Path, suite: str, mirror: str) -> None:
    print("· making a clean Debian", flush=True)
    command = ["debootstrap", "--variant=minbase", suite, str(root), *([mirror] if mirror else [])]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    for setting in Path("/etc/apt/apt.conf.d").glob("*"):  # a proxy, where this machine has one
        if b"Proxy" in setting.read_bytes() or b"Verify" in setting.read_bytes():
            shutil.copy(setting, root / "etc/apt/apt.conf.d")


def _check(root: Path, package: Path) -> int:
    shutil.copy(package, root / "package.deb")
    print("· installing the package there", flush=True)
    _inside(root, "apt-get update -qq")
    _inside(root, "apt-get install -y -qq --no-install-recommends /package.deb >/dev/null")
    _inside(root, "! command -v python3")
    _inside(root, f"test -L /usr/bin/{NAME} && test -f /usr/share/applications/{NAME}.desktop")
    _inside(root, f"QT_QPA_PLATFORM=offscreen HOME=/root {NAME} --self-test")
    _inside(root, f"apt-get remove -y -qq {NAME} >/dev/null && test ! -e /usr/lib/{NAME}")
    print("The package installs, works and goes again on a clean Debian without Python.")
    return 0


def _inside(root: Path, script: str) -> None:
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive"}
    own = ["unshare", "--mount", "--pid", "--fork", f"--mount-proc={root / 'proc'}"]
    done = subprocess.run([*own, "chroot", str(root), "sh", "-c", script], env=environment)
    if done.returncode:
        sys.exit(f"In the clean system this failed: {script}")


if __name__ == "__main__":
    sys.exit(main())
