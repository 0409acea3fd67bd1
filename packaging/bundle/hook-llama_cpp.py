"""PyInstaller: the shared libraries of llama.cpp, each once.

The wheel holds each three times, since links do not survive in a wheel; loaded are libllama.so by
its name and the others by their SONAME.
"""

import re
from importlib.util import find_spec
from pathlib import Path

_FOLDER = Path(next(iter(find_spec("llama_cpp").submodule_search_locations))) / "lib"
_LOADED = re.compile(r"libllama\.so|lib.+\.so\.\d+")

binaries = [(str(p), "llama_cpp/lib") for p in _FOLDER.iterdir() if _LOADED.fullmatch(p.name)]
