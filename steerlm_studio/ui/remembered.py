"""What a window looks like from one start to the next: geometry, panes, folds, text size, mode."""

from collections.abc import Mapping

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QMainWindow, QSplitter

from steerlm_studio.ui.actions import Actions
from steerlm_studio.ui.fold_header import FoldHeader
from steerlm_studio.ui.theme import Theme


class Remembered:
    """Reads and writes the settings for the parts of one window."""

    def __init__(
        self,
        settings: QSettings,
        window: QMainWindow,
        panes: QSplitter,
        folds: Mapping[str, FoldHeader],
    ) -> None:
        self._settings, self._window, self._panes, self._folds = settings, window, panes, folds

    def write(self, theme: Theme, actions: Actions) -> None:
        settings = self._settings
        settings.setValue("window/geometry", self._window.saveGeometry())
        settings.setValue("window/state", self._window.saveState())
        settings.setValue("window/panes", self._panes.saveState())
        settings.setValue("window/sidebar", actions.sidebar.isChecked())
        settings.setValue("looks/scale", theme.scale)
        settings.setValue("looks/scheme", actions.scheme().value)
        for name, header in self._folds.items():
            settings.setValue(f"folds/{name}", header.isChecked())

    def read(self, theme: Theme, actions: Actions) -> None:
        settings = self._settings
        if settings.contains("window/geometry"):
            self._window.restoreGeometry(settings.value("window/geometry"))
            self._window.restoreState(settings.value("window/state"))
            self._panes.restoreState(settings.value("window/panes"))
        actions.sidebar.setChecked(_flag(settings, "window/sidebar", True))
        theme.set_scale(_number(settings.value("looks/scale", 1.0, type=float)))
        scheme = int(_number(settings.value("looks/scheme", 0, type=int)))
        for action in actions.schemes.actions():
            action.setChecked(action.data() == scheme)
        theme.set_scheme(actions.scheme())
        for name, header in self._folds.items():
            header.setChecked(_flag(settings, f"folds/{name}", header.isChecked()))


def _flag(settings: QSettings, key: str, default: bool) -> bool:
    return bool(settings.value(key, default, type=bool))


def _number(value: object) -> float:
    return value if isinstance(value, (int, float)) else 0.0
