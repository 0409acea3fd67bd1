"""The presets to choose from, shipped and own, and what can be done with them."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from steerlm_studio import folders, resources
from steerlm_studio.errors import StudioError
from steerlm_studio.steer.presets import Preset, read_presets
from steerlm_studio.ui.choice import Choice
from steerlm_studio.ui.icons import icon
from steerlm_studio.ui.labels import PlainLabel
from steerlm_studio.ui.preset_menu import PresetMenu
from steerlm_studio.ui.steering_state import DEFAULT_PRESET, State
from steerlm_studio.ui.theme import HALF
from steerlm_studio.ui.translations import description_of, name_of


class PresetPicker(QWidget):
    """Tells which preset was picked; the panel says what it means."""

    picked = Signal(object)  # Preset

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.problems: tuple[str, ...] = ()
        self._shown: Preset | None = None
        self._shipped: list[str] = []
        self.choice = Choice()
        self.choice.setAccessibleName(self.tr("Preset"))
        self.choice.activated.connect(self._on_activated)
        self.menu = PresetMenu(self)
        self.reset = QToolButton()
        self.reset.setDefaultAction(self.menu.reset)
        self.reset.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self.reset.setAutoRaise(True)
        self.reset.setAccessibleName(self.menu.reset.text())
        self.more = QToolButton()
        self.more.setIcon(icon("more"))
        self.more.setAutoRaise(True)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setMenu(self.menu)
        self.more.setToolTip(self.tr("Save, rename, delete, import, export presets"))
        self.more.setAccessibleName(self.tr("More about presets"))
        self._lay_out()
        self.reload()

    def reload(self) -> None:
        """Read the preset files again; what is wrong with any is in `problems`."""
        shipped = list(read_presets(resources.path("presets"), shipped=True))
        own = list(read_presets(folders.presets()))
        self.problems = tuple(str(p) for p in shipped + own if isinstance(p, StudioError))
        self._shown = None
        self._shipped = [p.name for p in shipped if isinstance(p, Preset)]
        with QSignalBlocker(self.choice):
            self.choice.clear()
            self._add([p for p in shipped if isinstance(p, Preset)] or [DEFAULT_PRESET])
            if mine := [p for p in own if isinstance(p, Preset)]:
                self.choice.insertSeparator(self.choice.count())
                self._add(mine)

    def presets(self) -> list[Preset]:
        data = (self.choice.itemData(index) for index in range(self.choice.count()))
        return [preset for preset in data if isinstance(preset, Preset)]

    def show_state(self, state: State) -> None:
        """Show the state's preset as the chosen one; the menu tells what has left it."""
        self.menu.show_state(state, self._shipped)
        preset = state.preset
        if preset == self._shown:
            return
        self._shown = preset
        with QSignalBlocker(self.choice):
            self.choice.setCurrentIndex(self._place_of(preset))
        self.choice.setToolTip(description_of(preset))

    def _place_of(self, preset: Preset) -> int:
        """By its name; -1 for one that is not listed."""
        for place in range(self.choice.count()):
            listed = self.choice.itemData(place)
            if isinstance(listed, Preset) and listed.name == preset.name:
                return place
        return -1

    def _add(self, presets: list[Preset]) -> None:
        for preset in presets:
            self.choice.addItem(name_of(preset), preset)
            last = self.choice.count() - 1
            self.choice.setItemData(last, description_of(preset), Qt.ItemDataRole.ToolTipRole)

    def _lay_out(self) -> None:
        label = PlainLabel(self.tr("Preset"))
        label.setBuddy(self.choice)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(HALF)
        row.addWidget(label)
        row.addWidget(self.choice, 1)
        row.addWidget(self.reset)
        row.addWidget(self.more)

    def _on_activated(self, index: int) -> None:
        self.picked.emit(self.choice.itemData(index))
