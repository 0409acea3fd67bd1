"""Everything that steers the model, at once: presets, attributes in their groups, language."""

from typing import get_args

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence, QUndoStack
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from steerlm_studio.steer.attributes import ATTRIBUTES, Group
from steerlm_studio.steer.presets import Preset
from steerlm_studio.steer.schema import Schema
from steerlm_studio.steer.steering import Steering
from steerlm_studio.ui.attribute_group import AttributeGroup
from steerlm_studio.ui.family_row import FamilyRow
from steerlm_studio.ui.icons import icon
from steerlm_studio.ui.language_row import LanguageRow
from steerlm_studio.ui.notice import Notice
from steerlm_studio.ui.preset_picker import PresetPicker
from steerlm_studio.ui.steering_change import SteeringChange
from steerlm_studio.ui.steering_state import State, fitted
from steerlm_studio.ui.theme import GRID, HALF
from steerlm_studio.ui.tool_button import action_button

_BOX = 26  # px: an include box with its margin
_REST = 176  # px: a slider to aim at, its number, margins, a scroll bar


class SteeringPanel(QWidget):
    """Holds a `Steering`; `steering_changed` tells only what the user did (undo included)."""

    steering_changed = Signal(object)  # Steering

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = State()
        self._drag = 0
        self.undo_stack = QUndoStack(self)
        self.undo_action = self._action(self.undo_stack.createUndoAction(self), "undo")
        self.redo_action = self._action(self.undo_stack.createRedoAction(self), "redo")
        self.presets = PresetPicker()
        self.presets.picked.connect(self._on_preset_picked)
        self.notice = Notice()
        self._connect_presets()
        self.groups = [self._group(group) for group in get_args(Group)]
        self.rows = {name: row for group in self.groups for name, row in group.rows.items()}
        self.language = LanguageRow()
        self.language.changed.connect(self._on_value_changed)
        self.family = FamilyRow()
        self.family.picked.connect(self._on_schema_picked)
        self._lay_out()
        self._align()
        self._show(State(preset=self.presets.presets()[0]))
        self._say_problems()

    @property
    def steering(self) -> Steering:
        return self._state.steering

    @property
    def preset(self) -> Preset:
        """The chosen preset; the steering may have left it since."""
        return self._state.preset

    def set_steering(self, steering: Steering, preset: str = "") -> None:
        """Show `steering` (and its schema) as the new start: no `steering_changed`, no undo.

        `preset` names the one it is compared with, if another than now.
        """
        self.undo_stack.clear()
        named = (one for one in self.presets.presets() if one.name == preset)
        self._show(State(steering, next(named, self._state.preset)))

    def set_schema(self, schema: Schema) -> None:
        """Show another model family the same way, keeping the values that it shares."""
        self.set_steering(fitted(self.steering, schema))

    def apply(self, steering: Steering, visit: int = 0) -> None:
        """Take over `steering` as the user's own act: undoable, and told.

        What comes from one `visit` to a text field (a number, 0 = none) is one step back.
        """
        self._become(State(steering, self._state.preset), -1 - visit if visit else 0)

    def add_below(self, section: QWidget) -> None:
        """Put a further section (sampling) under the attributes, in the same scroll area."""
        self._sections.insertWidget(self._sections.count() - 1, section)

    def _become(self, state: State, drag: int = 0) -> None:
        if state != self._state:
            change = SteeringChange(self._state, state, self._show_and_tell, drag)
            self.undo_stack.push(change)

    def _show_and_tell(self, state: State) -> None:
        is_new = state.steering != self.steering
        self._show(state)
        if is_new:
            self.steering_changed.emit(state.steering)

    def _show(self, state: State) -> None:
        if state.steering.schema != self.steering.schema:
            self._show_schema(state.steering.schema)
        self._state = state
        preset = state.preset_steering.as_dict()
        for name, value in state.steering.as_dict().items():
            self.rows[name].set_value(value)
            self.rows[name].set_preset_value(preset[name])
        self.language.set_value(state.steering.lang)
        self.presets.show_state(state)
        for group in self.groups:
            group.refresh()

    def _show_schema(self, schema: Schema) -> None:
        for group in self.groups:
            group.show_schema(schema)
        self.language.show_schema(schema)
        self.family.show_schema(schema)

    def _on_value_changed(self, key: str, value: int | str | None) -> None:
        row = self.rows.get(key)
        is_dragging = row is not None and row.slider.isSliderDown()
        self._become(self._state.having(key, value), self._drag if is_dragging else 0)

    def _on_grabbed(self) -> None:
        self._drag += 1

    def _on_preset_picked(self, preset: Preset) -> None:
        self._become(self._state.picking(preset))

    def _on_preset_written(self, preset: Preset) -> None:
        self.presets.reload()
        self._on_preset_picked(preset)
        self.presets.show_state(self._state)

    def _on_preset_removed(self) -> None:
        """No slider moves: only what they are compared with is another."""
        self.presets.reload()
        first = self.presets.presets()[0]
        self._become(State(self.steering, first))
        self.presets.show_state(self._state)

    def _on_reset_asked(self) -> None:
        self._become(self._state.picking(self._state.preset))

    def _say_problems(self) -> None:
        """Preset files that cannot be used are named where presets are picked."""
        if self.presets.problems:
            self.notice.say("\n".join(self.presets.problems), is_error=True)

    def _on_schema_picked(self, schema: Schema) -> None:
        self._become(self._state.in_schema(schema))

    def _connect_presets(self) -> None:
        menu = self.presets.menu
        menu.picked.connect(self._on_preset_written)
        menu.undone.connect(self._on_preset_written)
        menu.removed.connect(self._on_preset_removed)
        menu.reset_asked.connect(self._on_reset_asked)
        menu.value_asked.connect(self._on_value_changed)
        menu.said.connect(lambda said: self.notice.say(said, self.tr("Undo")))
        menu.failed.connect(lambda why: self.notice.say(why, is_error=True))
        self.notice.acted.connect(menu.undo)

    def _action(self, action: QAction, name: str) -> QAction:
        action.setIcon(icon(name))
        key = QKeySequence.StandardKey.Undo if name == "undo" else QKeySequence.StandardKey.Redo
        keys = [] if name == "undo" else [QKeySequence("Ctrl+Y")]  # not every desktop binds it
        keys += [bound for bound in QKeySequence.keyBindings(key) if bound not in keys]
        action.setShortcuts(keys)
        self.addAction(action)
        return action

    def _group(self, group: Group) -> AttributeGroup:
        rows = AttributeGroup(group, tuple(a for a in ATTRIBUTES.values() if a.group == group))
        for row in rows.rows.values():
            row.grabbed.connect(self._on_grabbed)
            row.changed.connect(self._on_value_changed)
        return rows

    def _lay_out(self) -> None:
        inside = QWidget()
        self._sections = QVBoxLayout(inside)
        self._sections.setContentsMargins(GRID, HALF, GRID, GRID)
        self._sections.setSpacing(GRID)
        for widget in (*self.groups, self.language, self.family):
            self._sections.addWidget(widget)
        self._sections.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(inside)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setAccessibleName(self.tr("Steering"))
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its rows are where Tab goes
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._top_row())
        above = QVBoxLayout()
        above.setContentsMargins(GRID, 0, GRID, 0)
        above.addWidget(self.notice)
        column.addLayout(above)
        column.addWidget(scroll, 1)

    def _top_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(GRID, GRID, GRID, HALF)
        row.setSpacing(0)
        row.addWidget(self.presets, 1)
        for action in (self.undo_action, self.redo_action):
            row.addWidget(action_button(action))
        return row

    def _align(self) -> None:
        """All sliders begin below each other, whatever the font."""
        widest = max(row.name_width() for row in self.rows.values())
        for row in self.rows.values():
            row.set_name_width(widest)
        narrow = self.fontMetrics().horizontalAdvance(self.tr("family")) + _BOX
        self.language.set_name_width(narrow)
        self.family.set_name_width(narrow)
        self._rows_width = widest + _REST
        self.updateGeometry()

    # Qt's

    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        return hint.expandedTo(QSize(self._rows_width, 0))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "family"):
            self._align()
            QTimer.singleShot(0, self, self._align)  # once the rows have their fonts too
