"""One undoable change of the steering; a whole drag is one."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QUndoCommand

from steerlm_studio.steer.presets import Preset
from steerlm_studio.steer.steering import Steering
from steerlm_studio.ui.steering_state import State, fitted
from steerlm_studio.ui.translations import name_of

_SAID = 2  # differences said in a few words


class SteeringChange(QUndoCommand):
    """From one state to another. Changes of the same `drag` (a number, 0 = none) become one.

    Below -1 it is a visit to the control string instead of a drag.
    """

    def __init__(
        self, before: State, after: State, show: Callable[[State], None], drag: int = 0
    ) -> None:
        super().__init__()
        self._before, self.after = before, after
        self._show = show
        self._drag = drag
        self.setText(change_in_words(before.steering, after.steering))

    # Qt's

    def redo(self) -> None:
        self._show(self.after)

    def undo(self) -> None:
        self._show(self._before)

    def id(self) -> int:
        return self._drag or -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, SteeringChange):
            return False
        self.after = other.after
        self.setText(change_in_words(self._before.steering, self.after.steering))
        self.setObsolete(self.after == self._before)
        return True


def change_in_words(before: Steering, after: Steering) -> str:
    """ "humor 0→3" for one difference, "3 values" for more: what an undo would take back."""
    if before.schema != after.schema:
        return after.schema.title
    differences = after.differences(before)
    if len(differences) != 1:
        return QCoreApplication.translate("SteeringChange", "%n values", "", len(differences))
    key, old, new = differences[0]
    return f"{key} {_shown(old)}\N{RIGHTWARDS ARROW}{_shown(new)}"


def setting_in_words(preset: Preset, steering: Steering) -> str:
    """The preset's name, or what differs from it: "humor 0→3, verbosity 4→1 +2"."""
    differences = steering.differences(fitted(preset.steering, steering.schema))
    arrow = "\N{RIGHTWARDS ARROW}"
    said = [f"{key} {_shown(old)}{arrow}{_shown(new)}" for key, old, new in differences]
    more = f" +{len(said) - _SAID}" if len(said) > _SAID else ""
    return ", ".join(said[:_SAID]) + more or name_of(preset)


def _shown(value: object) -> str:
    return "\N{EN DASH}" if value is None else str(value)
