"""What came of an export: each new file with what was found right about it, ready to open."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from steerlm_studio.ui.amounts import bytes_text
from steerlm_studio.ui.labels import PlainLabel, SmallLabel, TitleLabel
from steerlm_studio.ui.text_safety import shown
from steerlm_studio.ui.theme import GRID, HALF


class ExportReport(QScrollArea):
    """One block for each file."""

    open_requested = Signal(object)  # Path
    folder_requested = Signal(object)  # Path of the file

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(self.tr("Report of the export"))
        self.openers: list[QPushButton] = []

    def show_reports(self, reports: Sequence[Mapping[str, Any]]) -> None:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setSpacing(2 * GRID)
        self.openers = []
        count = len(reports)
        one = self.tr("The file is written and right")
        several = self.tr("%n files are written and right", "", count)
        column.addWidget(TitleLabel(one if count == 1 else several))
        for report in reports:
            column.addWidget(self._block(report))
        column.addStretch(1)
        self.setWidget(page)

    def text(self) -> str:
        """All that is said, for tests and for screen readers."""
        return "\n".join(label.text() for label in self.findChildren(QLabel))

    def _block(self, report: Mapping[str, Any]) -> QWidget:
        path = Path(str(report["file"]))
        block = QWidget()
        column = QVBoxLayout(block)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HALF)
        size = bytes_text(path.stat().st_size) if path.exists() else ""
        column.addWidget(PlainLabel(" · ".join(filter(None, (shown(path.name), size)))))
        for sentence in self._found(report):
            label = SmallLabel(f"✓ {sentence}")
            label.setWordWrap(True)
            column.addWidget(label)
        opener = QPushButton(self.tr("Open in the studio"))
        opener.setDefault(not self.openers)
        opener.setAccessibleName(self.tr("Open %1 in the studio").replace("%1", path.name))
        opener.clicked.connect(lambda: self.open_requested.emit(path))
        folder = QPushButton(self.tr("Show in folder"))
        folder.setAutoDefault(False)
        folder.setAccessibleName(self.tr("Show %1 in its folder").replace("%1", path.name))
        folder.clicked.connect(lambda: self.folder_requested.emit(path))
        self.openers.append(opener)
        row = QHBoxLayout()
        row.addWidget(opener)
        row.addWidget(folder)
        row.addStretch(1)
        column.addLayout(row)
        return block

    def _found(self, report: Mapping[str, Any]) -> list[str]:
        strings = self.tr("%1 texts tokenized as SentencePiece does")
        logits = self.tr("finite logits after a prompt of %1 tokens")
        tensors = self.tr("%1 tensors with the right name, shape and format")
        rows = self.tr("%1 sampled rows as in the checkpoint")
        found = [
            tensors.replace("%1", str(report["tensors"])),
            rows.replace("%1", str(report["rows"])),
            strings.replace("%1", str(report["strings"])),
            logits.replace("%1", str(report["prompt"])),
        ]
        if report["compared"]:
            text = self.tr(
                "logits at %1 positions as the checkpoint's: correlation %2, largest difference %3"
            )
            text = text.replace("%1", str(report["compared"]))
            text = text.replace("%2", f"{report['correlation']:.5f}")
            found.append(text.replace("%3", f"{report['worst']:.3g}"))
        return found
