"""Random models of different heads, groups, vocabularies and layers, to weigh."""

from dataclasses import dataclass
from pathlib import Path

import gguf

from tests.engine import tiny

F32, F16, Q8_0 = (gguf.GGMLQuantizationType[name] for name in ("F32", "F16", "Q8_0"))


@dataclass(frozen=True)
class Case:
    """A model and how it is opened."""

    name: str
    shape: tiny.Shape
    words: int = 0  # entries of the vocabulary; 0: as the tokenizer has them
    quant: gguf.GGMLQuantizationType = F32
    context: int = 4096
    lanes: int = 1
    cache: str = "f16"

    def write(self, folder: Path) -> Path:
        vocabulary = tiny.from_sentencepiece()
        if self.words:
            vocabulary = tiny.widened(vocabulary, self.words)
        path = folder / f"{self.name}.gguf"
        return tiny.write(path, shape=self.shape, vocabulary=vocabulary, quant=self.quant)

    @property
    def options(self) -> list[str]:
        named = {"context": self.context, "lanes": self.lanes, "cache": self.cache}
        return [f"--{name}={value}" for name, value in named.items()]


CASES = (
    Case("small", tiny.Shape(layers=2, width=256, heads=8, ffn=1024)),
    Case("grouped", tiny.Shape(4, 512, 8, 2, 2048), 8000, Q8_0, lanes=5),
    Case("wordy", tiny.Shape(2, 256, 2, 0, 1024), 64_000, F16, lanes=25),
    Case("deep", tiny.Shape(16, 256, 4, 0, 1024), 0, Q8_0, 2048, 4, "q8_0"),
    Case("wide", tiny.Shape(2, 1024, 16, 4, 4096), 4000, Q8_0, 1024, 2, "q8_0"),
)

FURTHER = (  # for the benchmark alone: nothing was fitted to them
    Case("shallow", tiny.Shape(1, 512, 4, 1, 2048), 32_000, F16),
    Case("narrow", tiny.Shape(24, 128, 2, 0, 512), 0, Q8_0, lanes=16),
    Case("long", tiny.Shape(4, 512, 8, 4, 1536, 32_768), 0, Q8_0, 32_768, 1, "q8_0"),
    Case("crowded", tiny.Shape(6, 384, 6, 2, 1536), 16_000, F16, 1024, 64),
    Case("vast", tiny.Shape(2, 512, 8, 0, 2048), 256_000, Q8_0, lanes=8),
)
