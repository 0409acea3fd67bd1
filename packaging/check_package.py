"""`make package-check`: install the Debian package on a clean system and use it there.

    sudo python3 packaging/check_package.py [dist/steerlm-studio_*.deb] [--suite bookworm]

debootstrap makes a minimal Debian, without Python, in a folder of its own. The package is installed
there with what it depends on, over an older one of itself; it must pass its --self-test as root and
as a user who was never there before, answer in a window on a real X server (where this machine has
Xvfb), and open model files. Then it is removed, and nothing of it may be left but what the user
wrote. Standard library only; needs root.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NAME = "steerlm-studio"
DIST = Path(__file__).resolve().parent.parent / "dist"
INSTALL = "apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0"
KIND = "application/x-gguf"
DEMO = f"/usr/lib/{NAME}/_internal/steerlm_studio/_resources/demo/demo-steerlm-q8_0.gguf"
SOCKETS = "tmp/.X11-unix"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("package", type=Path, nargs="?", help="else the newest in dist/")
    parser.add_argument("--suite", default="bookworm")
    parser.add_argument("--mirror", default="", help="of Debian; else this machine's own")
    options = parser.parse_args()
    package = options.package or newest(DIST)
    if os.geteuid() or not shutil.which("debootstrap"):
        sys.exit("This needs root and debootstrap: sudo apt-get install -y debootstrap")
    with tempfile.TemporaryDirectory(prefix="clean-debian-") as folder:
        root = Path(folder)
        root.chmod(0o755)  # for the users in there
        _debootstrap(root, options.suite, options.mirror or _own_mirror())
        _check(root, package)
    print("The package installs, works and goes again on a clean Debian without Python.")
    return 0


def newest(folder: Path) -> Path:
    """The Debian package made last; ends the program when there is none."""
    found = sorted(folder.glob(f"{NAME}_*.deb"), key=lambda file: file.stat().st_mtime)
    if not found:
        sys.exit(f"There is no package in {folder}: `make package` makes one.")
    return found[-1]


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


def _check(root: Path, package: Path) -> None:
    inside = Inside(root)
    shutil.copy(package, root / "package.deb")
    inside.run("making an older package", OLDER)
    inside.run("installing it", f"apt-get update -qq && {INSTALL} /older.deb >/dev/null")
    inside.run("there is no Python", "! command -v python3")
    inside.run("trying it as root", f"HOME=/root {SELF_TEST}")
    inside.run("a new user", "useradd --create-home visitor")
    with _screen() as display:
        if display:
            inside.run("a window on an X server", _as_visitor(WINDOW.format(display=display)))
    inside.run("keeping a conversation", _as_visitor(KEEP))
    inside.run("upgrading", f"{INSTALL} /package.deb >/dev/null")
    inside.run("the conversation is there", _as_visitor(FOUND))
    inside.run("trying it as that user", _as_visitor(SELF_TEST))
    inside.run("its type of file", f"{INSTALL} {READERS} >/dev/null && {TYPE}")
    inside.run("removing it", f"apt-get purge -y -qq -o Dpkg::Use-Pty=0 {NAME} >/dev/null")
    inside.run("nothing is left", NOTHING_LEFT)


SELF_TEST = f"QT_QPA_PLATFORM=offscreen {NAME} --self-test"
OLDER = """
rm -rf /older && dpkg-deb --raw-extract /package.deb /older &&
sed -i 's/^Version: .*/Version: 0.0.0/' /older/DEBIAN/control &&
dpkg-deb -Znone --build /older /older.deb >/dev/null && rm -r /older
"""
WINDOW = f"DISPLAY={{display}} QT_QPA_PLATFORM=xcb {NAME} --run-module steerlm_studio.ui.self_test"
TALK = (
    r'{"messages": [{"role": "user", "content": "Tea?"}, {"role": "assistant", "content": "Yes."}]}'
)
KEEP = f"echo '{TALK}' >talk.jsonl && {NAME} transcripts import talk.jsonl"
FOUND = f"{NAME} transcripts list | grep Tea"
READERS = "libglib2.0-bin shared-mime-info desktop-file-utils"
TYPE = f"""
gio info --attributes=standard::content-type,standard::icon {DEMO} | tee /tmp/kind &&
grep -q 'content-type: {KIND}' /tmp/kind && grep -q 'icon: {NAME}' /tmp/kind &&
gio mime {KIND} | grep -q {NAME}.desktop
"""
# Lists and caches of apt and dpkg aside, and what the user wrote.
NOTHING_LEFT = f"""
find / -xdev -path /proc -prune -o -path /home -prune -o -path /var/cache -prune -o \
    -name '*{NAME}*' -print | tee /left && test ! -s /left && ! grep -rq gguf /usr/share/mime
"""


def _as_visitor(script: str) -> str:
    quoted = script.replace("'", "'\"'\"'")
    return f"su - visitor -c '{quoted}'"


class Inside:
    """The clean system."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def run(self, what: str, script: str) -> None:
        """Run a shell script there as root, with its own processes; ends all when it fails."""
        print(f"· {what}", flush=True)
        sockets = self.root / SOCKETS
        mount = f"mkdir -p /{SOCKETS} {sockets} && mount --bind /{SOCKETS} {sockets} && "
        enter = f'exec chroot {self.root} sh -c "$1"'
        own = ["unshare", "--mount", "--pid", "--fork", f"--mount-proc={self.root / 'proc'}"]
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive"}
        done = subprocess.run([*own, "sh", "-c", mount + enter, "sh", script], env=environment)
        if done.returncode:
            sys.exit(f"In the clean system this failed ({what}): {script}")


@contextmanager
def _screen() -> Iterator[str]:
    """A virtual screen of this machine, as DISPLAY names it; "" where there is no Xvfb."""
    if not shutil.which("Xvfb"):
        print("· no Xvfb on this machine: the window is tried without a screen only", flush=True)
        yield ""
        return
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-ac", "-displayfd", str(write), "-screen", "0", "1280x800x24"],
        pass_fds=(write,),
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        with os.fdopen(read) as said:
            yield f":{said.readline().strip()}"
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    sys.exit(main())
