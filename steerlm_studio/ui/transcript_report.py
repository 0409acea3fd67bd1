"""What came of an import: a sentence, and a row for whatever was not understood."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from steerlm_studio.ui.error_words import in_words
from steerlm_studio.ui.labels import PlainLabel
from steerlm_studio.ui.text_cells import TextCells
from steerlm_studio.ui.text_safety import shown, tooltip
from steerlm_studio.ui.theme import GRID


class TranscriptReport(QWidget):
    """Rows can be selected and copied, like those of any table."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.summary = PlainLabel()
        self.summary.setWordWrap(True)
        self.table = QTableWidget(0, 4)
        self.table.setItemDelegate(TextCells(self.table))
        heads = (self.tr("File"), self.tr("Line"), self.tr("Kind"), self.tr("What"))
        self.table.setHorizontalHeaderLabels(list(heads))
        self.table.setAccessibleName(self.tr("What was not understood"))
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        header, mode = self.table.horizontalHeader(), QHeaderView.ResizeMode
        header.setHighlightSections(False)
        for column in range(3):
            header.setSectionResizeMode(column, mode.ResizeToContents)
        header.setSectionResizeMode(3, mode.Stretch)
        column_of = QVBoxLayout(self)
        column_of.setContentsMargins(0, 0, 0, 0)
        column_of.setSpacing(GRID)
        column_of.addWidget(self.summary)
        column_of.addWidget(self.table, 1)
        self.clear()

    def clear(self) -> None:
        self.summary.clear()
        self._fill([])

    def say(self, sentence: str) -> None:
        self.clear()
        self.summary.setText(shown(sentence))

    def show_report(self, report: Mapping[str, Any]) -> None:
        """The last line of `transcripts import --json`."""
        problems: Sequence[Mapping[str, Any]] = report["problems"]
        self._fill(problems)
        self.summary.setText(self._summary(report, len(problems)))

    def _summary(self, report: Mapping[str, Any], listed: int) -> str:
        errors = int(report["errors"])
        if report["refused"]:
            text = self.tr("Nothing was imported: %n entries could not be understood.", "", errors)
            return f"{text} {self.tr('Mend the file, or import all the others.')}"
        conversations = self.tr("%n conversations", "", int(report["conversations"]))
        turns = self.tr("%n turns", "", int(report["turns"]))
        text = self.tr("Imported: %1 with %2.")
        pieces = [text.replace("%1", conversations).replace("%2", turns)]
        if errors:
            pieces.append(
                self.tr("%n entries could not be understood and were left out.", "", errors)
            )
        if listed > errors:
            pieces.append(self.tr("Parts that are no text were left out, each with a note."))
        return " ".join(pieces)

    def _fill(self, problems: Sequence[Mapping[str, Any]]) -> None:
        self.table.setVisible(bool(problems))
        self.table.setRowCount(len(problems))
        kinds = {"error": self.tr("not understood"), "note": self.tr("note")}
        for row, problem in enumerate(problems):
            name, said = Path(problem["file"]).name, in_words(problem["message"])
            cells = (name, str(problem["line"]), kinds[problem["level"]], said)
            for column, text in enumerate(cells):
                item = QTableWidgetItem(shown(text))
                item.setToolTip(tooltip(str(problem["file"]) if column == 0 else text))
                if column == 1:
                    side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                    item.setTextAlignment(side)
                self.table.setItem(row, column, item)
