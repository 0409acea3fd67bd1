"""The user's settings at work: shown in a dialog, kept, and obeyed by composer and engine."""

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtWidgets import QWidget

from steerlm_studio import protocol
from steerlm_studio.ui.engine_process import EngineProcess
from steerlm_studio.ui.frame import Frame
from steerlm_studio.ui.preferences import Preferences, load_preferences, save_preferences
from steerlm_studio.ui.settings_dialog import SettingsDialog


class Preferring(QObject):
    """Reads the settings at the start; a change holds at once and is written down."""

    changed = Signal(object)  # Preferences

    def __init__(
        self, settings: QSettings, engine: EngineProcess, frame: Frame, window: QWidget
    ) -> None:
        super().__init__(window)
        self._settings, self._engine, self._frame, self._window = settings, engine, frame, window
        self.preferences = load_preferences(settings)
        frame.page.composer.set_send_key(self.preferences.send_key)
        frame.page.tour.ended.connect(lambda: settings.setValue("tour/done", True))
        if not settings.contains("tour/done"):
            frame.page.tour.begin()

    def open_dialog(self) -> SettingsDialog:
        actions = self._frame.actions
        dialog = SettingsDialog(
            self.preferences,
            self._frame.theme,
            actions.schemes.actions(),
            actions.reload_model,
            self._window,
        )
        dialog.changed.connect(self.change)
        dialog.show()
        return dialog

    def change(self, preferences: Preferences) -> None:
        if preferences.threads != self.preferences.threads and self._engine.is_running:
            self._engine.send(protocol.SetThreads(preferences.threads))
        self.preferences = preferences
        save_preferences(self._settings, preferences)
        self.changed.emit(preferences)
        self._frame.page.composer.set_send_key(preferences.send_key)
