"""What can be done with presets: save, rename, delete, import, export, see what differs."""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMenu, QWidget

from steerlm_studio import folders
from steerlm_studio.errors import StudioError
from steerlm_studio.steer.presets import (
    Preset,
    delete_preset,
    export_preset,
    preset_file,
    read_preset,
    write_preset,
)
from steerlm_studio.ui.icons import icon
from steerlm_studio.ui.steering_state import State
from steerlm_studio.ui.text_safety import shown

_MOST_NAME = 80  # characters


class PresetMenu(QMenu):
    """The commands on presets. Files are its business, what is shown is the panel's."""

    picked = Signal(object)  # Preset: written, renamed or imported
    removed = Signal(object)  # Preset
    undone = Signal(object)  # Preset that is back
    reset_asked = Signal()
    value_asked = Signal(str, object)  # key, the preset's value
    said = Signal(str)  # what was done, which `undo` takes back
    failed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("Presets"))
        self._state = State()
        self._taken: frozenset[str] = frozenset()
        self._lost: Preset | None = None
        self.save = self._add(self.tr("Save changes"), self._on_save, "save")
        self.save_as = self._add(self.tr("Save as…"), self._on_save_as)
        self.rename = self._add(self.tr("Rename…"), self._on_rename, "edit")
        self.delete = self._add(self.tr("Delete"), self._on_delete, "delete")
        self.addSeparator()
        self.bring_in = self._add(self.tr("Import…"), self._on_import, "open")
        self.send_out = self._add(self.tr("Export…"), self._on_export, "export")
        self.addSeparator()
        self.differs = self.addMenu(self.tr("What differs"))
        self.differs.aboutToShow.connect(self._list_differences)
        self.reset = self._add(
            self.tr("Back to the preset's values"), self.reset_asked.emit, "reset"
        )

    def show_state(self, state: State, shipped: Iterable[str]) -> None:
        """What the commands are about now; the names of `shipped` presets cannot be taken."""
        self._state, self._taken = state, frozenset(shipped)
        is_changed = state.steering != state.preset_steering
        is_own = not state.preset.shipped
        self.save.setEnabled(is_own and is_changed)
        self.rename.setEnabled(is_own)
        self.delete.setEnabled(is_own)
        self.reset.setEnabled(is_changed)
        self.differs.setEnabled(is_changed)

    def save_under(self, name: str) -> None:
        """Keep the values as they are under `name`; replacing an own preset can be undone."""
        self._keep(Preset(name.strip(), "", self._state.steering))

    def rename_to(self, name: str) -> None:
        old = self._state.preset
        if name.strip() != old.name:
            new = Preset(name.strip(), old.description, old.steering)
            if self._keep(new):
                self._try(lambda: delete_preset(old.name, folders.presets()))
                self.picked.emit(new)

    def import_from(self, file: Path) -> None:
        """Take a preset file among the own ones and pick it."""
        found = self._try(lambda: read_preset(file))
        if isinstance(found, Preset):
            name = found.name
            if name in self._taken:
                name = self.tr("{0} (imported)").format(name)
            self._keep(Preset(name[:_MOST_NAME], found.description, found.steering))

    def export_to(self, file: Path) -> None:
        """Write the values as they are to `file`."""
        file = file if file.suffix else file.with_suffix(".toml")
        preset = self._state.preset
        out = Preset(preset.name, preset.description, self._state.steering)
        self._try(lambda: export_preset(out, file))

    def undo(self) -> None:
        """Bring back the preset that was deleted or replaced last."""
        lost, self._lost = self._lost, None
        if lost and self._try(lambda: write_preset(lost, folders.presets())):
            self.undone.emit(lost)

    def _keep(self, preset: Preset) -> bool:
        if preset.name in self._taken:
            sentence = self.tr(
                "“{0}” comes with the program and stays as it is. Choose a new name."
            )
            self.failed.emit(sentence.format(preset.name))
            return False
        before = _known(preset.name)
        if not self._try(lambda: write_preset(preset, folders.presets())):
            return False
        self.picked.emit(preset)
        if before and before != preset:
            self._lost = before
            self.said.emit(self.tr("Replaced “{0}”.").format(preset.name))
        return True

    def _try(self, act: Callable[[], object]) -> object:
        """The result, True for none; None after a failure, which was told."""
        try:
            result = act()
        except StudioError as error:
            self.failed.emit(str(error))
            return None
        return True if result is None else result

    def _on_save(self) -> None:
        preset = self._state.preset
        self._keep(Preset(preset.name, preset.description, self._state.steering))

    def _on_save_as(self) -> None:
        own = not self._state.preset.shipped
        self._ask(self.tr("Save as"), self._state.preset.name if own else "", self.save_under)

    def _on_rename(self) -> None:
        self._ask(self.tr("Rename"), self._state.preset.name, self.rename_to)

    def _on_delete(self) -> None:
        preset = self._state.preset
        if self._try(lambda: delete_preset(preset.name, folders.presets())):
            self._lost = preset
            self.removed.emit(preset)
            self.said.emit(self.tr("Deleted “{0}”.").format(preset.name))

    def _ask(self, title: str, name: str, then: Callable[[str], None]) -> None:
        dialog = QInputDialog(self.parentWidget())
        dialog.setWindowTitle(title)
        dialog.setLabelText(self.tr("Name of the preset"))
        dialog.setTextValue(name)
        dialog.textValueSelected.connect(lambda text: then(text[:_MOST_NAME]))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _on_import(self) -> None:
        dialog = self._file_dialog(self.tr("Import a preset"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda file: self.import_from(Path(file)))
        dialog.open()

    def _on_export(self) -> None:
        dialog = self._file_dialog(self.tr("Export the preset"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(f"{self._state.preset.name}.toml".replace("/", "-"))
        dialog.fileSelected.connect(lambda file: self.export_to(Path(file)))
        dialog.open()

    def _file_dialog(self, title: str) -> QFileDialog:
        dialog = QFileDialog(self.parentWidget(), title)
        dialog.setNameFilters([self.tr("Presets (*.toml)"), self.tr("All files (*)")])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return dialog

    def _list_differences(self) -> None:
        """Each entry says one difference, and takes it back."""
        self.differs.clear()
        for key, now, said in self._state.preset_steering.differences(self._state.steering):
            text = self.tr("{0}: {1}, preset {2}")
            action = self.differs.addAction(text.format(key, _value(now), _value(said)))
            action.setToolTip(self.tr("Back to {0}").format(_value(said)))
            action.triggered.connect(partial(self._on_difference_chosen, key, said))
        self.differs.setToolTipsVisible(True)

    def _on_difference_chosen(self, key: str, value: object, checked: bool = False) -> None:
        self.value_asked.emit(key, value)

    def _add(self, text: str, act: Callable[[], None], name: str = "") -> QAction:
        action = self.addAction(text)
        if name:
            action.setIcon(icon(name))
        action.triggered.connect(lambda: act())
        return action


def _known(name: str) -> Preset | None:
    """The own preset of this name as it stands in its file."""
    try:
        file = preset_file(name, folders.presets())
        return read_preset(file) if file.is_file() else None
    except StudioError:
        return None


def _value(value: object) -> str:
    return "\N{EN DASH}" if value is None else shown(str(value))
