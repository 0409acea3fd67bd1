"""The model at the last start: one that the program ended with is not loaded again by itself."""

from pathlib import Path

from PySide6.QtCore import QObject

from steerlm_studio.errors import StudioError
from steerlm_studio.store.health import Opened
from steerlm_studio.ui.engine_process import EngineProcess
from steerlm_studio.ui.frame import Frame
from steerlm_studio.ui.model import Model
from steerlm_studio.ui.model_loading import ModelLoading
from steerlm_studio.ui.text_safety import shown

_KEY = "model"


class LastModel(QObject):
    """Writes down which model is in use, and whether its engine was lost."""

    def __init__(
        self, opened: Opened, frame: Frame, loading: ModelLoading, engine: EngineProcess
    ) -> None:
        super().__init__(frame)
        self._store, self._frame, self._loading = opened.store, frame, loading
        self._told = told = self._store.state(_KEY)
        path = told.get("path") if isinstance(told, dict) else None
        has_crashed = isinstance(path, str) and (opened.unclean or told.get("lost") is True)
        self.crashed = Path(path) if has_crashed and isinstance(path, str) else None
        loading.changed.connect(self._on_changed)
        engine.lost.connect(self._on_lost)

    def load_at_start(self, path: Path) -> None:
        """Load it, unless it was in use when things ended badly; then a banner offers it."""
        if path != self.crashed:
            self._loading.open(path)
            return
        actions = self._frame.actions
        sentence = self.tr(
            "The last time the program or its engine was ended in the midst of its work, with “%1” "
            "loaded, so that model was not loaded again by itself. Load it, or choose another."
        )
        name = shown(Model(path).name)
        offered = [actions.demo_model, actions.open_model]
        self._frame.page.banner.show_error(sentence.replace("%1", name), actions=offered)

    def _on_changed(self, model: Model | None) -> None:
        self._tell({"path": str(model.path)} if model else None)

    def _on_lost(self) -> None:
        if self._loading.model is not None:
            self._tell({"path": str(self._loading.model.path), "lost": True})

    def _tell(self, value: object) -> None:
        if value == self._told:
            return
        try:
            self._store.set_state(_KEY, value)
        except StudioError:
            return  # said in the banner as soon as there is a text to keep
        self._told = value
