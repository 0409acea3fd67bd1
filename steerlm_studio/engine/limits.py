"""What an engine can hold, and how wide its steps are so that their rounding is always the same."""

from dataclasses import dataclass

from steerlm_studio.memory_need import ROWS, sequences


@dataclass(frozen=True)
class Limits:
    """What an engine was started with, in tokens and lanes."""

    context: int  # tokens in one sequence
    cells: int  # tokens in all sequences together
    lanes: int  # the most answers at a time
    on_gpu: bool = False  # some layers, perhaps all
    on_cpu: bool = True  # some layers, perhaps all
    rows: int = ROWS  # that are rounded like any multiple of them, on a CPU

    def width(self, lanes: int, padded: bool = True) -> int:
        """How many columns a step of so many lanes has, so that its rounding is always the same.

        On a CPU llama.cpp multiplies some rows together and the rest otherwise. That is two to five
        times the work of one row, so an engine for one lane does without. GPU kernels differ with
        each width, and idle columns cost them little.
        """
        if self.lanes == 1 or not padded:
            return lanes
        if self.on_gpu:
            return self.columns if self.on_cpu else self.lanes
        return -(-lanes // self.rows) * self.rows

    def alike(self, padded: bool) -> int:
        """What the rows of a batch of control strings are a multiple of."""
        return 1 if self.on_gpu else self.width(1, padded)

    @property
    def columns(self) -> int:
        """The most columns that a step can have, whatever `rows` turns out to be."""
        return sequences(self.lanes) - 2

    @property
    def exact_width(self) -> int:
        """The columns of a step in Exact.

        Two on a CPU: from 512 tokens on llama.cpp splits the attention of a single column by the
        number of threads, which then shows in the rounding.
        """
        return 2 if self.on_cpu else 1
