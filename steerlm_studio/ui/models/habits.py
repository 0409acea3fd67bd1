"""What the user wants each model opened with: kept by file, obeyed at the next opening."""

from collections.abc import Callable
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, QTimer

from steerlm_studio.models.defaults import Defaults, defaults_for, remember_defaults
from steerlm_studio.models.library import remember
from steerlm_studio.protocol import Sampling
from steerlm_studio.steer.schema import SCHEMAS, Schema
from steerlm_studio.steer.template import TEMPLATES, Template
from steerlm_studio.ui.frame import Frame
from steerlm_studio.ui.model import Model

_SETTLED = 500  # ms without a change: each writing is synced to the disk


class Habits(QObject):
    """Context, lanes, cache, sampling, schema and template of each model."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self._frame = frame
        self._model: Model | None = None
        self._sampling: Sampling | None = None  # not written down yet
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SETTLED)
        self._soon.timeout.connect(self.flush)
        frame.steering.family.picked.connect(self._on_family_picked)
        frame.sampling.sampling_changed.connect(self._on_sampling_changed)

    def engine_options(self, path: Path) -> list[str]:
        """For `engine_command`; what is not remembered is left to the program."""
        known = defaults_for(path)
        named = {"context": known.context, "lanes": known.lanes, "cache": known.cache}
        options = [f"--{name}={value}" for name, value in named.items() if value]
        if known.gpu_layers is not None:
            options.append(f"--gpu-layers={known.gpu_layers}")
        if known.split:
            options.append(f"--split={known.split}")
        return [*options, "--overcommit"] if known.overcommit else options

    def schema_for(self, model: Model) -> Schema | None:
        """The one that was chosen for it, else its own or the one its name makes likely."""
        is_file = model.server is None
        chosen = SCHEMAS.get(defaults_for(model.path).schema) if is_file else None
        return chosen or (model.family.schema if model.is_steerlm else None)

    def layout_for(self, model: Model) -> Template | None:
        """The one that was chosen for it, if any."""
        is_file = model.server is None
        return TEMPLATES.get(defaults_for(model.path).template) if is_file else None

    def show_sampling(self, model: Model) -> None:
        """The numbers chosen for it, else those that it recommends."""
        self.end()
        self._frame.sampling.set_preset(model.sampling_preset)
        chosen = defaults_for(model.path).sampling if model.server is None else None
        if chosen is not None:
            self._frame.sampling.set_sampling(chosen)

    def begin(self, model: Model) -> None:
        """It is loaded: say what is guessed, remember that it was opened and what is changed."""
        is_file = model.server is None
        is_chosen = is_file and bool(defaults_for(model.path).schema)
        self._frame.steering.family.set_guessed(
            model.is_steerlm and model.family.guessed and not is_chosen
        )
        if is_file:
            self._model = model
            if not model.is_demo:
                self._try(lambda: remember(model.path))
        self._warn(model)

    def end(self) -> None:
        """It is closed: what is changed from now on is not its own."""
        self.flush()
        self._model = None

    def flush(self) -> None:
        """Write down what has changed."""
        self._soon.stop()
        sampling, self._sampling = self._sampling, None
        if sampling is not None:
            self._keep(sampling=sampling)

    def _warn(self, model: Model) -> None:
        if not model.is_steerlm:
            self._frame.page.notice.add(
                self.tr(
                    "This model was not trained on these attributes as far as one can see: the "
                    "sliders may do nothing with it."
                )
            )

    def _on_family_picked(self, schema: Schema) -> None:
        self._frame.steering.family.set_guessed(False)
        self._keep(schema=schema.id)

    def _on_sampling_changed(self, sampling: Sampling) -> None:
        if self._model is not None:
            self._sampling = sampling
            self._soon.start()

    def _keep(self, **changed: object) -> None:
        model = self._model
        if model is not None:
            known: Defaults = msgspec.structs.replace(defaults_for(model.path), **changed)
            self._try(lambda: remember_defaults(model.path, known))

    def _try(self, write: Callable[[], object]) -> None:
        """A full disk must not be in the way of an answer."""
        try:
            write()
        except OSError as error:
            text = self.tr("What was chosen for this model cannot be written down: %1.")
            said = text.replace("%1", error.strerror or str(error))
            self._frame.page.notice.say(said, is_error=True)
