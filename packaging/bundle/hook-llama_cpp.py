"""PyInstaller: the shared libraries of llama.cpp, each once, and those of CUDA that it needs.

The wheel holds each three times, since links do not survive in a wheel; loaded are libllama.so by
its name and the others by their SONAME. CUDA's keep their place among NVIDIA's packages, where
`cuda_libraries` finds them.
"""

import re
from importlib.util import find_spec
from pathlib import Path

from steerlm_studio import cuda_libraries

_FOLDER = Path(next(iter(find_spec("llama_cpp").submodule_search_locations))) / "lib"
_LOADED = re.compile(r"libllama\.so|lib(?!llama\.).+\.so\.\d+")

binaries = [(str(p), "llama_cpp/lib") for p in _FOLDER.iterdir() if _LOADED.fullmatch(p.name)]
binaries += [(str(p), f"nvidia/{p.parts[-3]}/lib") for p in cuda_libraries.files()]
