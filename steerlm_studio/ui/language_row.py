"""The language as a row: include box, and a list to search by name, endonym or code."""

import itertools

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QCheckBox, QComboBox, QCompleter, QHBoxLayout, QWidget

from steerlm_studio.steer.languages import LANGUAGES
from steerlm_studio.steer.schema import NEMOTRON, Schema
from steerlm_studio.ui.choice import Choice
from steerlm_studio.ui.theme import HALF
from steerlm_studio.ui.translations import language_in_words


class LanguageRow(QWidget):
    """Shows one language; `changed` only ever tells what the user did."""

    changed = Signal(str, object)  # "lang", a code or None when left out

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.value: str | None = "en"
        self._typed = ""
        self.box = QCheckBox("lang")
        self.box.setAccessibleName(self.tr("Send the language"))
        self.box.toggled.connect(self._on_box_toggled)
        self.choice = Choice()
        self.choice.activated.connect(self._on_activated)
        self._make_searchable()
        self.choice.setAccessibleName(self.tr("Language of the reply"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(HALF)
        row.addWidget(self.box)
        row.addWidget(self.choice, 1)
        self.show_schema(NEMOTRON)

    def show_schema(self, schema: Schema) -> None:
        """List the languages of the schema, those that its card names first."""
        self.setVisible(bool(schema.languages))
        documented = [code for code in schema.languages if code in schema.documented_languages]
        others = [code for code in schema.languages if code not in schema.documented_languages]
        with QSignalBlocker(self.choice):
            self.choice.clear()
            by_name = (sorted(codes, key=language_in_words) for codes in (documented, others))
            for code in itertools.chain(*by_name):
                self.choice.addItem(_in_words(code), code)
                self._mark(self.choice.count() - 1, code in documented)
            if documented and others:
                self.choice.insertSeparator(len(documented))
        self._show_value()

    def _mark(self, index: int, is_documented: bool) -> None:
        """Slanted and with a tip: what the card does not name may not work."""
        said = self._on_the_card(is_documented)
        self.choice.setItemData(index, said, Qt.ItemDataRole.ToolTipRole)
        font = QFont(self.choice.font())
        font.setItalic(not is_documented)
        self.choice.setItemData(index, font, Qt.ItemDataRole.FontRole)

    def set_value(self, code: str | None) -> None:
        """Show `code` (None = left out) without telling anyone."""
        if code != self.value:
            self.value = code
            self._show_value()

    def set_name_width(self, width: int) -> None:
        self.box.setFixedWidth(width)

    def _show_value(self) -> None:
        code = self.value
        with QSignalBlocker(self.box), QSignalBlocker(self.choice):
            self.box.setChecked(code is not None)
            if code is not None:
                self.choice.setCurrentIndex(self.choice.findData(code))
                tip = self.choice.currentData(Qt.ItemDataRole.ToolTipRole)
                self.choice.setToolTip(tip or "")

    def _make_searchable(self) -> None:
        self.choice.setEditable(True)
        self.choice.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        if completer := self.choice.completer():
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        if edit := self.choice.lineEdit():
            edit.textEdited.connect(self._on_text_edited)
            edit.editingFinished.connect(self._on_editing_finished)

    def _on_the_card(self, is_documented: bool) -> str:
        if is_documented:
            return self.tr("Named on the model card.")
        return self.tr("In the training labels, but not named on the model card.")

    def _choose(self, code: str | None) -> None:
        if code != self.value:
            self.set_value(code)
            self.changed.emit("lang", code)

    def _on_box_toggled(self, is_checked: bool) -> None:
        self._choose(self.choice.currentData() if is_checked else None)

    def _on_activated(self, index: int) -> None:
        self._typed = ""
        self._choose(self.choice.itemData(index))

    def _on_text_edited(self, text: str) -> None:
        self._typed = text.strip().lower()

    def _on_editing_finished(self) -> None:
        """Take the language that was typed, else show the present one again."""
        typed, self._typed = self._typed, ""
        if typed and (found := self._found(typed)):
            self._choose(found)
        self.choice.setEditText(self.choice.itemText(self.choice.currentIndex()))

    def _found(self, typed: str) -> str | None:
        """The code, name or endonym that was typed, else the first that begins so."""
        codes = [self.choice.itemData(index) for index in range(self.choice.count())]
        names = {code: _names(code) for code in codes if code}
        exact = [code for code, known in names.items() if typed in known]
        begun = [c for c, known in names.items() if any(n.startswith(typed) for n in known)]
        return next(iter(exact + begun), None)


def _names(code: str) -> tuple[str, ...]:
    """The code and what it is called: in the window's language, in English, in its own."""
    return tuple(name.lower() for name in (code, language_in_words(code), *LANGUAGES[code]))


def _in_words(code: str) -> str:
    """ "German · Deutsch · de"; the endonym is isolated, as some run from right to left."""
    name, endonym = language_in_words(code), LANGUAGES[code][1]
    isolated = f"\N{FIRST STRONG ISOLATE}{endonym}\N{POP DIRECTIONAL ISOLATE}"
    return f"{name} · {code}" if name == endonym else f"{name} · {isolated} · {code}"
