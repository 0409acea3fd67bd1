"""Which system libraries Qt misses on this machine; standard library only, also for set-up."""

import os
import re
import shutil
import subprocess
from pathlib import Path

# What Qt's libraries and its xcb plugin ask for, and the Debian and Ubuntu package that has it.
PACKAGES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libGLX.so.0": "libglx0",
    "libOpenGL.so.0": "libopengl0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}
_QT_FILES = (
    "Qt/lib/libQt6Widgets.so.6",
    "Qt/lib/libQt6Svg.so.6",
    "Qt/plugins/platforms/libqxcb.so",
)


def missing_libraries(qt_folder: Path) -> list[str]:
    """The names of shared libraries that Qt's files in `qt_folder` ask for and nobody has.

    Our bundle carries some of the system's, beside that folder.
    """
    if not shutil.which("ldd"):
        return []
    places = (str(qt_folder.parent), os.environ.get("LD_LIBRARY_PATH"))
    variables = {**os.environ, "LD_LIBRARY_PATH": os.pathsep.join(filter(None, places))}
    missing: set[str] = set()
    for name in _QT_FILES:
        if (qt_folder / name).exists():
            command = ["ldd", str(qt_folder / name)]
            listing = subprocess.run(command, capture_output=True, text=True, env=variables)
            missing.update(re.findall(r"^\s*(\S+) => not found", listing.stdout, re.MULTILINE))
    return sorted(missing)


def packages_for(libraries: list[str]) -> list[str]:
    """The Debian or Ubuntu packages that hold these libraries."""
    return sorted({PACKAGES[library] for library in libraries if library in PACKAGES})
