"""What the user wants of an export, and the command that does it."""

from dataclasses import dataclass, replace
from pathlib import Path

from steerlm_studio.ui.command_process import command

BUILT_IN = "built-in"  # our own text of prompts
TYPES = (
    "F32",
    "BF16",
    "F16",
    "Q8_0",
    "Q6_K",
    "Q5_K_M",
    "Q5_K_S",
    "Q4_K_M",
    "Q4_K_S",
    "Q4_0",
    "IQ4_XS",
    "Q3_K_M",
    "Q2_K",
)


@dataclass(frozen=True)
class Weighing:
    """Where an importance matrix comes from: a file of llama.cpp, a text, or nowhere."""

    matrix: str = ""
    text: str = ""  # a path or `BUILT_IN`

    def arguments(self) -> list[str]:
        if self.matrix:
            return [f"--imatrix={self.matrix}"]
        return [f"--calibrate={self.text}"] if self.text else []


@dataclass(frozen=True)
class ExportRequest:
    """Files go to `folder` as NAME-TYPE.gguf; `licence` is an id, "" for the family's usual."""

    checkpoint: Path
    folder: Path
    name: str
    types: tuple[str, ...]
    licence: str = ""
    weighing: Weighing = Weighing()
    ffn_down: str = ""
    compares_logits: bool = False

    @property
    def files(self) -> tuple[Path, ...]:
        return tuple(self.folder / f"{self.name}-{each}.gguf" for each in self.types)

    def command(self) -> list[str]:
        """Exports, and tells of it in JSON lines. The licence was accepted before."""
        licence = [f"--licence={self.licence}"] if self.licence else []
        logits = ["--verify=logits"] if self.compares_logits else []
        return self._command(*licence, *logits, "--accept-licence")

    def sizes_command(self) -> list[str]:
        """Tells the sizes of all types, writing nothing."""
        return replace(self, types=TYPES)._command("--dry-run")

    def _command(self, *options: str) -> list[str]:
        out = self.files[0] if len(self.types) == 1 else self.folder / f"{self.name}.gguf"
        types = [f"--type={each}" for each in self.types]
        ffn_down = [f"--ffn-down-type={self.ffn_down}"] if self.ffn_down else []
        asked = [*types, *self.weighing.arguments(), *ffn_down, f"--name={self.name}"]
        return command("export", *asked, *options, "--json", "--", self.checkpoint, out)
