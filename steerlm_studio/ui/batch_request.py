"""What the user wants of a batch, and the command that does it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from PySide6.QtCore import QCoreApplication

from steerlm_studio.errors import StudioError
from steerlm_studio.protocol import Mode, Sampling
from steerlm_studio.steer.steering import Steering
from steerlm_studio.steer.template import Template
from steerlm_studio.ui.command_process import command


@dataclass(frozen=True)
class Basis:
    """The model in the window and how it is used there: a batch begins with the same."""

    source: tuple[str, ...]  # options that name the model
    caption: str
    steering: Steering
    sampling: Sampling
    template: Template
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)  # a server's key
    cannot: Mapping[str, str] = field(default_factory=dict)  # as in `Ready`


@dataclass(frozen=True)
class BatchRequest:
    """`settings` are named steerings, or a file that holds such."""

    basis: Basis
    prompts: Path
    settings: Path | Mapping[str, Steering]
    out: Path
    mode: Mode = "fast"

    @property
    def settings_file(self) -> Path:
        """What the command reads; beside the answers, so that the same can be run again."""
        if isinstance(self.settings, Path):
            return self.settings
        return self.out.with_name(f"{self.out.stem}.settings.json")

    def write_settings(self) -> None:
        """Write the named steerings to their file. Raises StudioError."""
        if isinstance(self.settings, Path):
            return
        named = {name: {"control": str(steering)} for name, steering in self.settings.items()}
        try:
            text = json.dumps(named, ensure_ascii=False, indent=2)
            self.settings_file.write_text(text + "\n", encoding="utf-8")
        except OSError as error:
            sentence = _tr("%1 cannot be written: %2. Choose another place for the answers.")
            sentence = sentence.replace("%1", str(self.settings_file))
            raise StudioError(sentence.replace("%2", error.strerror or str(error))) from error

    def command(self) -> list[str]:
        """Makes what is missing of the answers, and tells of it in JSON lines."""
        basis, template = self.basis, self.basis.template
        sampling = msgspec.to_builtins(basis.sampling).items()
        control = "--newline-after-control"
        return command(
            "batch",
            *basis.source,
            f"--settings={self.settings_file}",
            f"--out={self.out}",
            f"--mode={self.mode}",
            f"--schema={basis.steering.schema.id}",
            f"--template={template.id}",
            f"--newlines-after-system={2 if template.blank_line_after_system else 1}",
            control if template.newline_after_control else control.replace("--", "--no-", 1),
            *(f"--{name.replace('_', '-')}={value}" for name, value in sampling),
            "--json",
            "--",
            self.prompts,
        )


def _tr(text: str) -> str:
    return QCoreApplication.translate("BatchRequest", text)
