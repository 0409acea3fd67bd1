"""What a model says about itself goes into the panels: attributes, prompt layout, sampling."""

from PySide6.QtCore import QObject, QSettings

from steerlm_studio.ui.frame import Frame
from steerlm_studio.ui.model import Model
from steerlm_studio.ui.model_loading import ModelLoading
from steerlm_studio.ui.models.habits import Habits
from steerlm_studio.ui.prompting import Prompting
from steerlm_studio.ui.restoring import Restoring
from steerlm_studio.ui.settings import recent_models, remember_model
from steerlm_studio.ui.viewing import Viewing


class Adopting(QObject):
    """At the first load of each model; what the user chose for it goes before its own word."""

    def __init__(
        self,
        settings: QSettings,
        frame: Frame,
        loading: ModelLoading,
        habits: Habits,
        viewing: Viewing,
        prompting: Prompting,
        restoring: Restoring,
    ) -> None:
        super().__init__(frame)
        self._settings, self._frame, self._loading = settings, frame, loading
        self._habits, self._viewing = habits, viewing
        self._prompting, self._restoring = prompting, restoring
        loading.changed.connect(self._on_changed)
        loading.loaded.connect(self._on_loaded)
        self._show_recent()

    def _on_changed(self, model: Model | None) -> None:
        if model is None or model.ready is None:
            self._habits.end()

    def _on_loaded(self, model: Model) -> None:
        if (schema := self._habits.schema_for(model)) is not None:
            self._viewing.set_schema(schema)
        if (layout := self._habits.layout_for(model)) is not None:
            self._loading.set_layout(layout)
        self._prompting.set_template(layout or model.template)
        with self._viewing.chats_panels():
            self._habits.show_sampling(model)
            self._restoring.use_sampling_of(model)
        self._habits.begin(model)
        if not model.is_demo and model.server is None:
            remember_model(self._settings, str(model.path))
            self._show_recent()

    def _show_recent(self) -> None:
        self._frame.show_recent(recent_models(self._settings), self._loading.open)
