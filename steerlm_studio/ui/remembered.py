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
        store: QSettings,
        window: QMainWindow,
        panes: QSplitter,
        folds: Mapping[str, FoldHeader],
    ) -> None:
        self._store, self._window, self._panes, self._folds = store, window, panes, folds

    def write(self, theme: Theme, actions: Actions) -> None:
        store = self._store
        store.setValue("window/geometry", self._window.saveGeometry())
        store.setValue("window/state", self._window.saveState())
        store.setValue("window/panes", self._panes.saveState())
        store.setValue("window/sidebar", actions.sidebar.isChecked())
        store.setValue("looks/scale", theme.scale)
        store.setValue("looks/scheme", actions.scheme().value)
        for name, header in self._folds.items():
            store.setValue(f"folds/{name}", header.isChecked())

    def read(self, theme: Theme, actions: Actions) -> None:
        store = self._store
        if store.contains("window/geometry"):
            self._window.restoreGeometry(store.value("window/geometry"))
            self._window.restoreState(store.value("window/state"))
            self._panes.restoreState(store.value("window/panes"))
        actions.sidebar.setChecked(_flag(store, "window/sidebar", True))
        theme.set_scale(_number(store.value("looks/scale", 1.0, type=float)))
        scheme = int(_number(store.value("looks/scheme", 0, type=int)))
        for action in actions.schemes.actions():
            action.setChecked(action.data() == scheme)
        theme.set_scheme(actions.scheme())
        for name, header in self._folds.items():
            header.setChecked(_flag(store, f"folds/{name}", header.isChecked()))


def _flag(store: QSettings, key: str, default: bool) -> bool:
    return bool(store.value(key, default, type=bool))


def _number(value: object) -> float:
    return value if isinstance(value, (int, float)) else 0.0
