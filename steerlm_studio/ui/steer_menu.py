"""Another value for what an old reply was told: it is answered anew beside it, as a branch."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from steerlm_studio.steer.attributes import Attribute, Group
from steerlm_studio.steer.languages import LANGUAGES
from steerlm_studio.steer.steering import Steering


class SteerMenu(QMenu):
    """Filled when it opens; the attributes of the chips stand first."""

    chosen = Signal(object)  # Steering: answer under it
    taken = Signal(object)  # Steering: set the sliders to it

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("Answer under another setting"))
        self._steering: Steering | None = None
        self._first: tuple[str, ...] = ()
        self.aboutToShow.connect(self.fill)

    def set_told(self, steering: Steering, first: tuple[str, ...]) -> None:
        """What the reply was told, and the attributes in which that differs from its neighbour."""
        self._steering, self._first = steering, first

    def fill(self) -> None:
        self.clear()
        if self._steering is None:
            return
        schema = self._steering.schema
        known = {attribute.name: attribute for attribute in schema.attributes}
        for name in self._first:
            if name in known:
                self._add_attribute(self, known[name])
        self.addSeparator()
        titles: dict[Group, str] = {
            "quality": self.tr("Quality"),
            "style": self.tr("Style"),
            "safety": self.tr("Safety"),
        }
        for group, title in titles.items():
            own = [one for one in schema.attributes if one.group == group]
            menu = self.addMenu(title) if own else None
            for attribute in own:
                self._add_attribute(menu or self, attribute)
        if schema.languages:
            self._add_languages(self.addMenu(self.tr("Language")))
        self.addSeparator()
        take = self.addAction(self.tr("Set the sliders to these values"))
        take.triggered.connect(lambda: self.taken.emit(self._steering))

    def _add_attribute(self, menu: QMenu, attribute: Attribute) -> None:
        values = menu.addMenu(attribute.label)
        for value in range(attribute.low, attribute.high + 1):
            self._add_value(values, attribute.name, value, str(value))
        self._add_value(values, attribute.name, None, self.tr("left out"))

    def _add_languages(self, menu: QMenu) -> None:
        assert self._steering is not None
        for code in self._steering.schema.languages:
            self._add_value(menu, "lang", code, f"{LANGUAGES[code][0]} \N{MIDDLE DOT} {code}")
        self._add_value(menu, "lang", None, self.tr("left out"))

    def _add_value(self, menu: QMenu, key: str, value: int | str | None, title: str) -> None:
        assert self._steering is not None
        now = self._steering.lang if key == "lang" else self._steering[key]
        action = menu.addAction(title)
        action.setCheckable(True)
        action.setChecked(value == now)
        action.setEnabled(value != now)
        steering = self._steering.with_values({key: value})
        action.triggered.connect(partial(self._on_chosen, steering))

    def _on_chosen(self, steering: Steering, checked: bool = False) -> None:
        self.chosen.emit(steering)
