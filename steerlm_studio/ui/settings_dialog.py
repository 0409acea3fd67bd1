"""The settings: looks, keys, engine. Each takes effect at once and is remembered."""

from dataclasses import replace
from typing import get_args

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from steerlm_studio.memory_need import CACHES
from steerlm_studio.ui.key_names import keys_in_words
from steerlm_studio.ui.labels import SmallLabel
from steerlm_studio.ui.preferences import MAX_CONTEXT, MAX_MINUTES, MAX_THREADS, Preferences
from steerlm_studio.ui.prompt_input import SendKey
from steerlm_studio.ui.theme import GRID, MAX_SCALE, MIN_SCALE, Theme, indent
from steerlm_studio.ui.translations import languages

_CONTEXT_STEP = 1024


class SettingsDialog(QDialog):
    """Never waits for an answer: closing it only hides what already holds."""

    changed = Signal(object)  # Preferences

    def __init__(
        self,
        preferences: Preferences,
        theme: Theme,
        schemes: list[QAction],
        restart: QAction,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Settings"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._preferences = preferences
        self._schemes = schemes
        self.size_of_text = _spin(round(MIN_SCALE * 100), round(MAX_SCALE * 100), 10)
        self.size_of_text.setSuffix(self.tr(" %"))
        self.size_of_text.setValue(round(theme.scale * 100))
        self.scheme = QComboBox()
        self.scheme.addItems([action.text().replace("&", "") for action in schemes])
        self.scheme.setCurrentIndex(
            next((place for place, action in enumerate(schemes) if action.isChecked()), 0)
        )
        self.language = QComboBox()
        self.language.addItem(schemes[0].text().replace("&", ""), "")  # as the system
        for code, name in languages().items():
            self.language.addItem(name, code)
        self.language.setCurrentIndex(max(self.language.findData(preferences.language), 0))
        self.language_note = _note(self.tr("Another language takes effect at the next start."))
        self.language_note.hide()
        self.send_key = QComboBox()
        for key in get_args(SendKey):
            self.send_key.addItem(keys_in_words(key), key)
        self.send_key.setCurrentIndex(self.send_key.findData(preferences.send_key))
        self.threads = _spin(0, MAX_THREADS, 1)
        self.threads.setSpecialValueText(self.tr("adapt to the load"))
        self.threads.setValue(preferences.threads)
        self.context = _spin(0, MAX_CONTEXT, _CONTEXT_STEP)
        self.context.setSpecialValueText(self.tr("as the model"))
        self.context.setSuffix(self.tr(" tokens"))
        self.context.setValue(preferences.context)
        self.cache = QComboBox()
        for cache, name in zip(CACHES, (self.tr("16 bits"), self.tr("8 bits")), strict=True):
            self.cache.addItem(name, cache)
        self.cache.setCurrentIndex(self.cache.findData(preferences.cache))
        self.unload_after = _spin(0, MAX_MINUTES, 5)
        self.unload_after.setSpecialValueText(self.tr("never"))
        self.unload_after.setSuffix(self.tr(" minutes without use"))
        self.unload_after.setValue(preferences.unload_after)
        self.restart = QPushButton(restart.text())
        self.restart.clicked.connect(restart.trigger)
        self.restart.hide()
        self._lay_out()
        self._connect(theme, restart)

    def _connect(self, theme: Theme, restart: QAction) -> None:
        self.size_of_text.valueChanged.connect(lambda percent: theme.set_scale(percent / 100))
        self.scheme.activated.connect(lambda place: self._schemes[place].trigger())
        self.send_key.activated.connect(self._on_changed)
        self.language.activated.connect(self._on_changed)
        self.language.activated.connect(self.language_note.show)
        self.threads.valueChanged.connect(self._on_changed)
        self.context.valueChanged.connect(self._on_changed)
        self.unload_after.valueChanged.connect(self._on_changed)
        self.cache.activated.connect(self._on_changed)
        for signal in (self.context.valueChanged, self.cache.activated):
            signal.connect(lambda: self.restart.setVisible(restart.isEnabled()))

    def _on_changed(self) -> None:
        chosen = self.send_key.currentData()
        self._preferences = replace(
            self._preferences,
            send_key=next(key for key in get_args(SendKey) if key == chosen),
            threads=self.threads.value(),
            context=self.context.value(),
            cache=self.cache.currentData(),
            unload_after=self.unload_after.value(),
            language=self.language.currentData(),
        )
        self.changed.emit(self._preferences)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(2 * GRID)
        form.setVerticalSpacing(GRID)
        rows = (
            (self.tr("Text size"), self.size_of_text),
            (self.tr("Appearance"), self.scheme),
            (self.tr("Language"), self.language),
            (self.tr("Send a prompt with"), self.send_key),
            (self.tr("CPU threads"), self.threads),
            (self.tr("Context"), self.context),
            (self.tr("Keys and values"), self.cache),
            (self.tr("Unload the model after"), self.unload_after),
        )
        for caption, widget in rows:
            widget.setAccessibleName(caption)
            form.addRow(caption, widget)
            if widget is self.language:
                form.addRow("", self.language_note)
        said = self.tr(
            "Another context, or keys and values kept otherwise, takes effect when the engine "
            "starts again. A model may be opened with its own (Open model)."
        )
        form.addRow("", _note(said))
        form.addRow("", self.restart)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setIcon(QIcon())
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addStretch(1)
        column.addWidget(buttons)


def _note(text: str) -> SmallLabel:
    note = SmallLabel(text)
    note.setWordWrap(True)
    return note


def _spin(low: int, high: int, step: int) -> QSpinBox:
    spin = QSpinBox()
    spin.setRange(low, high)
    spin.setSingleStep(step)
    spin.setKeyboardTracking(False)
    spin.setGroupSeparatorShown(True)
    indent(spin)
    return spin
