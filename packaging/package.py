"""`make package`: the bundle that needs no Python, and a Debian package of it, into dist/.

    python packaging/package.py [--bundle-only]

Run by the Python of an environment with the program and its extras `export` and `package`. Each
step says what it does; the bundle must pass its own --self-test before it is packed.
"""

import argparse
import gzip
import os
import platform
import shutil
import subprocess
import sys
from email.utils import formatdate
from pathlib import Path

import system_licences

from steerlm_studio import __version__
from steerlm_studio.checkpoint_tools import missing, sentence

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "build" / "package"
DIST = ROOT / "dist"
NAME = "steerlm-studio"
LICENCES = WORK / "THIRD-PARTY-LICENCES.txt"
BUNDLE = WORK / "dist" / NAME
SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
CARRIED = ("steerlm-studio", "torch", "gguf", "sentencepiece", "pyyaml", "keyring")
CUDA_CARRIED = ("nvidia-cuda-runtime", "nvidia-cublas")  # of CUDA 13; before, with a suffix
# Qt takes these from the system; all else is in the bundle.
DEPENDS = "libgl1, libegl1, libfontconfig1, libdbus-1-3, libxcb-cursor0, libxkbcommon-x11-0"
CUDA_TORCH = (
    "The torch of this environment is the one for {}: the bundle would have some 5 GB, most of it "
    "NVIDIA's libraries, and it only reads checkpoints. `make package` makes an environment with "
    "PyTorch's build for the CPU; run that."
)
CONTROL = """\
Package: {name}
Version: {version}
Architecture: {architecture}
Maintainer: SteerLM Studio <steerlm-studio@localhost>
Installed-Size: {kilobytes}
Depends: libc6 (>= {glibc}), {depends}
Recommends: xdg-utils
Suggests: fonts-noto-core, fonts-noto-cjk, fonts-noto-color-emoji
Section: science
Priority: optional
Description: see and steer what a SteerLM language model does
 SteerLM models are told, in the prompt, how to answer: seventeen attributes
 from 0 to 4 and a language. Here every attribute is a slider, the control
 string is rebuilt live, and the answer streams beside a plot of its
 throughput. A small demo model is part of it.
"""
CHANGES = """\
{name} ({version}) unstable; urgency=medium

  * What changed stands in CHANGELOG.md beside this file.

 -- SteerLM Studio <steerlm-studio@localhost>  {now}
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bundle-only", action="store_true", help="no Debian package")
    options = parser.parse_args()
    if absent := missing():
        sys.exit(f"The bundle exports checkpoints too. {sentence(absent)}")
    if graphics := torch_for_graphics():
        sys.exit(CUDA_TORCH.format(graphics))
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    _write_licences()
    _bundle()
    _add_system_licences()
    _test_bundle()
    DIST.mkdir(exist_ok=True)
    if not options.bundle_only:
        package = debian_package(BUNDLE)
        print(f"{package}: {package.stat().st_size / 2**20:.0f} MiB")
    return 0


def torch_for_graphics() -> str:
    """What torch was built for besides the CPU; "" for nothing."""
    import torch

    named = {"CUDA": torch.version.cuda, "ROCm": torch.version.hip, "XPU": torch.version.xpu}
    return next((f"{name} {version}" for name, version in named.items() if version), "")


def _write_licences() -> None:
    """Those of CUDA are installed where llama.cpp was built for it; then they are carried, too."""
    script = ROOT / "packaging" / "licences.py"
    cuda = [name + suffix for name in CUDA_CARRIED for suffix in ("", "-cu12")]
    subprocess.run([sys.executable, script, LICENCES, *CARRIED, *cuda], check=True)


def _bundle() -> None:
    print("· making the bundle: some minutes", flush=True)
    spec = ROOT / "packaging" / "bundle" / f"{NAME}.spec"
    folders = ["--distpath", WORK / "dist", "--workpath", WORK / "work"]
    options = ["--noconfirm", "--log-level", "WARN", *folders, spec]
    command = [sys.executable, "-m", "PyInstaller", *map(str, options)]
    if subprocess.run(command, cwd=ROOT).returncode:
        sys.exit("PyInstaller could not make the bundle; its message stands above.")


def _add_system_licences() -> None:
    """Known once it is seen which libraries went into the bundle."""
    with LICENCES.open("a", encoding="utf-8") as out:
        out.write(system_licences.text_for(BUNDLE))
    shutil.copyfile(LICENCES, BUNDLE / "_internal" / LICENCES.name)


def _test_bundle() -> None:
    """Without Python on the path, in an empty environment."""
    bare = {"HOME": str(WORK), "PATH": "/nonexistent", "QT_QPA_PLATFORM": "offscreen"}
    subprocess.run([BUNDLE / NAME, "--self-test"], check=True, env=bare)


def debian_package(bundle: Path) -> Path:
    """Pack `bundle` with menu entry, icons, file type and AppStream data."""
    tree = WORK / "debian"
    shutil.rmtree(tree, ignore_errors=True)
    shutil.copytree(bundle, tree / "usr" / "lib" / NAME, symlinks=True)
    (tree / "usr" / "bin").mkdir()
    (tree / "usr" / "bin" / NAME).symlink_to(f"../lib/{NAME}/{NAME}")
    _share(tree / "usr" / "share")
    architecture = _said("dpkg", "--print-architecture")
    size = sum(p.stat().st_size for p in tree.rglob("*") if p.is_file() and not p.is_symlink())
    control = CONTROL.format(
        name=NAME,
        version=__version__,
        architecture=architecture,
        kilobytes=size // 1024,
        glibc=platform.libc_ver()[1],
        depends=DEPENDS,
    )
    (tree / "DEBIAN").mkdir()
    (tree / "DEBIAN" / "control").write_text(control)
    _set_modes(tree)
    package = DIST / f"{NAME}_{__version__}_{architecture}.deb"
    print("· packing", flush=True)
    command = ["dpkg-deb", "--root-owner-group", "-Zzstd", "--build", tree, package]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return package


def _set_modes(tree: Path) -> None:
    """Readable for everybody, whatever the umask here; of the files only the program is run."""
    tree.chmod(0o755)
    for path in tree.rglob("*"):
        if not path.is_symlink():
            runs = path.is_dir() or path.name == NAME
            path.chmod(0o755 if runs else 0o644)


def _share(share: Path) -> None:
    source = ROOT / "packaging" / "debian"
    for name, place in (
        (f"{NAME}.desktop", f"applications/{NAME}.desktop"),
        (f"{NAME}.metainfo.xml", "metainfo/io.github.steerlm_studio.SteerLMStudio.metainfo.xml"),
        (f"{NAME}.xml", f"mime/packages/{NAME}.xml"),
    ):
        _put(source / name, share / place)
    doc = share / "doc" / NAME
    _put(source / "copyright", doc / "copyright")
    _put(WORK / "THIRD-PARTY-LICENCES.txt", doc / "THIRD-PARTY-LICENCES.txt")
    _put(ROOT / "CHANGELOG.md", doc / "CHANGELOG.md")
    changes = CHANGES.format(name=NAME, version=__version__, now=formatdate())
    (doc / "changelog.gz").write_bytes(gzip.compress(changes.encode(), mtime=0))
    icon = ROOT / "resources" / "icons" / f"{NAME}.svg"
    _put(icon, share / f"icons/hicolor/scalable/apps/{NAME}.svg")
    _draw_icons(icon, share / "icons" / "hicolor")


def _put(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _draw_icons(icon: Path, folder: Path) -> None:
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    drawing = QSvgRenderer(str(icon))
    for size in SIZES:
        image = QImage(size, size, QImage.Format.Format_ARGB32)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        drawing.render(painter)
        painter.end()
        target = folder / f"{size}x{size}" / "apps" / f"{NAME}.png"
        target.parent.mkdir(parents=True)
        if not image.save(str(target)):
            sys.exit(f"{target} could not be written.")


def _said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.exit(main())
