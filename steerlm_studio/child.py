"""Starting a part of the program as a child process: from source, wheel and bundle alike."""

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
