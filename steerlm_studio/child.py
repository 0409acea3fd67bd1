"""Starting a part of the program as a child process: from source, wheel and bundle alike."""

import os
import runpy
import sys

_RUN_MODULE = "--run-module"  # what stands for Python's -m in a bundle, which has no interpreter
_PACKAGE = "steerlm_studio"


def child_command(module: str, *arguments: str) -> list[str]:
    """The command line that runs `module` of this package as `python -m` does."""
    option = _RUN_MODULE if is_bundle() else "-m"
    return [sys.executable, option, module, *arguments]


def is_bundle() -> bool:
    """Whether this is the bundle that needs no Python (PyInstaller's)."""
    return bool(getattr(sys, "frozen", False))


def give_others_their_own_libraries() -> None:
    """In a bundle: take back what leads programs started by it (a browser) to its libraries.

    This process has read these variables when it began. A child of ours sets them itself, if
    PyInstaller's own variable tells it not to rely on us.
    """
    if not is_bundle():
        return
    for name in ("QT_PLUGIN_PATH", "QML2_IMPORT_PATH"):
        os.environ.pop(name, None)
    before = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
    os.environ.pop("LD_LIBRARY_PATH", None)
    if before is not None:
        os.environ["LD_LIBRARY_PATH"] = before
    os.environ["PYINSTALLER_RESET_ENVIRONMENT"] = "1"


def run_as_child(arguments: list[str]) -> bool:
    """In a bundle: run the module that `child_command` named; says whether there was one."""
    if not is_bundle() or arguments[:1] != [_RUN_MODULE]:
        return False
    module = arguments[1]
    if module != _PACKAGE and not module.startswith(f"{_PACKAGE}."):
        raise SystemExit(f"{module} is no part of {_PACKAGE}")
    sys.argv = [sys.argv[0], *arguments[2:]]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
    return True
