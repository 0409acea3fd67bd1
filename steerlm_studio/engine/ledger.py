"""What llama.cpp says it allocated, read from its log: nothing else tells the sizes of buffers."""

import re
from collections import defaultdict

from steerlm_studio.protocol import Held

_BUFFER = re.compile(
    rb":\s+(\S+)\s+(?:\S+\s+)*?(model|KV|RS|state|output|compute) buffer size = +([\d.]+) MiB"
)
_LAYER = re.compile(rb"layer +(\d+) assigned to device (\S+),")
_KINDS = {b"model": "weights", b"KV": "cache", b"RS": "cache", b"state": "cache"}


class Ledger:
    """Hears each line of the log; tells what each device holds."""

    def __init__(self) -> None:
        self._sums: dict[str, dict[str, float]] = {}
        self._last: dict[tuple[str, bytes, bytes], float] = {}
        self._layers: dict[str, set[int]] = defaultdict(set)

    def hear(self, text: bytes) -> None:
        if found := _BUFFER.search(text):
            buffer, kind, mebibytes = found[1], found[2], float(found[3])
            place = self._sums.setdefault(device_of(buffer.decode(errors="replace")), {})
            if kind in _KINDS:  # one line for each buffer
                place[_KINDS[kind]] = place.get(_KINDS[kind], 0.0) + mebibytes
            else:  # said again whenever it changes
                key = (device_of(buffer.decode(errors="replace")), kind, buffer)
                before = self._last.get(key, 0.0)
                place["compute"] = place.get("compute", 0.0) + mebibytes - before
                self._last[key] = mebibytes
        elif found := _LAYER.search(text):
            self._layers[device_of(found[2].decode(errors="replace"))].add(int(found[1]))

    def held(self) -> tuple[Held, ...]:
        """Bytes by device, in the order in which they came up."""
        names = list(dict.fromkeys([*self._layers, *self._sums]))
        return tuple(
            Held(
                device=name,
                layers=len(self._layers.get(name, ())),
                numbers=tuple(sorted(self._layers.get(name, ()))),
                **{kind: round(size * 2**20) for kind, size in self._sums.get(name, {}).items()},
            )
            for name in names
        )


def device_of(buffer: str) -> str:
    """CUDA0 for its buffers of any kind; CPU for mapped, repacked and page-locked memory."""
    return "CPU" if buffer.startswith("CPU") or "_Host" in buffer else buffer.split("_")[0]
