"""What a checkpoint is, as its headers tell: kind, shape, tokenizer, attributes, origin."""

from collections.abc import Iterator, Mapping
from typing import Any

from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QFormLayout, QWidget

from steerlm_studio.ui.amounts import bytes_text
from steerlm_studio.ui.labels import PlainLabel, SmallLabel
from steerlm_studio.ui.text_safety import shown
from steerlm_studio.ui.theme import GRID, HALF

_LONGEST = 200  # characters of a value; outside text may be of any length


class CheckpointFacts(QWidget):
    """A table of what `inspect --json` said; values can be copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setHorizontalSpacing(2 * GRID)
        self._form.setVerticalSpacing(HALF)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignTop)
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)

    def show_facts(self, facts: Mapping[str, Any]) -> None:
        while self._form.rowCount():
            self._form.removeRow(0)
        for caption, value in self._rows(facts):
            if value:
                label = PlainLabel(shown(value)[:_LONGEST])
                label.setWordWrap(True)
                label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                self._form.addRow(SmallLabel(caption), label)

    def _rows(self, facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        kinds = {"nemo": self.tr("NeMo"), "huggingface": self.tr("Hugging Face")}
        kind = kinds.get(str(facts["format"]), str(facts["format"]))
        guessed = self.tr(" (guessed)") if facts.get("schema_guessed") else ""
        types = [f"{each} {bytes_text(size)}" for each, size in facts["types"].items()]
        yield self.tr("Form"), ", ".join(piece for piece in (kind, str(facts["layout"])) if piece)
        yield self.tr("Network"), self._network(facts)
        yield self.tr("Layers"), self._layers(facts["shape"])
        yield self.tr("Numbers"), ", ".join(types)
        yield self.tr("Tokenizer"), self._tokenizer(facts["tokenizer"])
        yield self.tr("Attributes"), f"{facts['schema']}{guessed}" if facts["schema"] else ""
        yield self.tr("Licence"), str(facts["licence"]) or self.tr("not said")
        yield self.tr("Origin"), str(facts["origin"])

    def _network(self, facts: Mapping[str, Any]) -> str:
        count = facts["parameters"]
        text = self.tr("%1, %2 parameters") if count else "%1"
        return text.replace("%1", str(facts["architecture"])).replace("%2", _counted(count))

    def _layers(self, shape: Mapping[str, int]) -> str:
        if not shape:
            return ""
        text = self.tr("%1 of width %2, %3 heads (%4 for keys), context %5")
        names = ("layers", "width", "heads", "key_value_heads", "context")
        for place, name in enumerate(names, 1):
            text = text.replace(f"%{place}", QLocale().toString(int(shape.get(name, 0))))
        return text

    def _tokenizer(self, about: Mapping[str, Any]) -> str:
        if not about:
            return ""
        text = self.tr("%1, %2 pieces").replace("%1", str(about["kind"]))
        return text.replace("%2", QLocale().toString(int(about["pieces"])))


def _counted(parameters: int) -> str:
    """For example 8.54 G."""
    if parameters >= 1e8:
        return QLocale().toString(parameters / 1e9, "f", 2) + " G"
    return QLocale().toString(parameters / 1e6, "f", 2) + " M"
