"""The middle of the window while one sweeps: the axes, the cells, what shades them."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QLocale, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QPushButton,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from steerlm_studio.errors import StudioError
from steerlm_studio.measures import common_beginning
from steerlm_studio.steer.schema import Schema
from steerlm_studio.steer.steering import DEFAULT, Steering
from steerlm_studio.steer.sweep import Axis, Sweep, written_all
from steerlm_studio.ui.beside import Rows, in_a_row
from steerlm_studio.ui.chat import Answer
from steerlm_studio.ui.choice import Choice
from steerlm_studio.ui.elided_label import ElidedLabel, SmallElidedLabel
from steerlm_studio.ui.icons import icon
from steerlm_studio.ui.labels import SmallLabel
from steerlm_studio.ui.notice import Notice
from steerlm_studio.ui.sweep.axis_row import AxisRow
from steerlm_studio.ui.sweep.grid import SweepGrid
from steerlm_studio.ui.sweep.shading import MEASURES, Measure, shades
from steerlm_studio.ui.text_safety import shown
from steerlm_studio.ui.theme import GRID, HALF, indent

_EVERY_MS = 200  # what is shown changes at most five times a second: nobody reads 25 at once
_TOKENS = 60


class SweepPage(QWidget):
    """Holds what is chosen and the answers of the last sweep; the rest leaves by signals."""

    run_requested = Signal()
    changed = Signal()  # what `state` says is another

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sweep = Sweep(DEFAULT, Axis("humor", (0, 1, 2, 3, 4)))  # of the cells
        self.answers: tuple[Answer, ...] = ()
        self._base = DEFAULT
        self.question = ElidedLabel()
        self.hint = SmallElidedLabel()
        self.across = AxisRow(self.tr("Across"))
        self.down = AxisRow(self.tr("Down"), optional=True)
        self.tokens = QSpinBox()
        indent(self.tokens)
        self.measure = Choice()
        self.run = QPushButton()
        self.earlier = QToolButton()  # its menu is `EarlierSweeps`
        self.export = QToolButton()
        self.export_menu = QMenu(self)
        self.notice = Notice()
        self.grid = SweepGrid()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self.show_growth)
        self._lay_out()
        self._connect()
        self.show_steering(DEFAULT)

    # what is chosen

    def show_steering(self, steering: Steering) -> None:
        """The sliders stand so: cells that were not asked yet are told the rest like this."""
        if self.across.key.count() == 0 or steering.schema != self._base.schema:
            self._show_schema(steering.schema)
        self._base = steering
        if not self.answers:
            self._show_chosen()

    def chosen(self) -> Sweep:
        """What the axes say. Raises StudioError where that cannot be run."""
        across = self.across.axis()
        assert across is not None  # only `down` can be left out
        sweep = Sweep(self._base, across, self.down.axis())
        sweep.check()
        return sweep

    def choose(self, across: str, down: str = "") -> None:
        """Take these attributes with their usual values."""
        self.across.choose(across)
        self.down.choose(down)
        self._on_axis_changed()

    # what is shown

    def show_question(self, question: str) -> None:
        """What *Run* asks; "" when nothing was asked yet."""
        self.question.set_text(shown(" ".join(question.split())))
        self.question.setVisible(bool(question))
        self.run.setEnabled(bool(question))
        typed = self.tr("Type a question below: each cell answers it, all with one seed.")
        ready = self.tr("Each cell answers the question anew, all with one seed.")
        self.hint.set_text(ready if question else typed)

    def show_answers(self, sweep: Sweep, answers: Sequence[Answer]) -> None:
        """Show this sweep; its answers may still be empty."""
        self.sweep, self.answers = sweep, tuple(answers)
        self.grid.show_sweep(sweep, self.answers)
        self.show_growth()

    def show_kept(self, sweep: Sweep, answers: Sequence[Answer]) -> None:
        """Show a sweep that was made before, the axes at what it went through."""
        self.across.choose(sweep.across.key, written_all(sweep.across.values))
        down = sweep.down
        self.down.choose(down.key if down else "", written_all(down.values) if down else "")
        self.notice.hide()
        self._name_run(sweep)
        self.show_answers(sweep, answers)
        self.changed.emit()

    def clear(self) -> None:
        """No answers any more: the cells say what they will be told."""
        self.answers = ()
        self._show_chosen()

    def grew(self) -> None:
        """There is new text: show it soon."""
        if not self._timer.isActive():
            self._timer.start()

    def show_growth(self) -> None:
        self._timer.stop()
        self.export.setEnabled(bool(self.answers))
        if not self.answers:
            return
        measure: Measure = self.measure.currentData()
        texts = [answer.text.strip() for answer in self.answers]
        is_growing = any(answer.is_running for answer in self.answers)
        self.grid.leave_out(0 if is_growing else common_beginning(texts))
        found = shades(texts, self.sweep.centre, measure)
        self.grid.show_shades(found, [self._figure(shade.value, measure) for shade in found])

    def show_unfinished(self, count: int) -> None:
        """So many cells were cut off, and *Run* makes just these; 0: it makes all anew."""
        if count:
            self.run.setText(self.tr("Finish %n cells", "", count))
        elif self.answers:
            self._name_run(self.sweep)

    def say(self, why: str) -> None:
        self.notice.say(why, is_error=True)

    # what is kept

    def state(self) -> dict[str, Any]:
        """Axes, tokens and measure as plain data; nothing of the answers."""
        return {
            "across": [self.across.key.currentData(), self.across.values.text()],
            "down": [self.down.key.currentData(), self.down.values.text()],
            "tokens": self.tokens.value(),
            "measure": self.measure.currentData(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Choose what `state` said; what it does not say stays as it is."""
        for row, told in ((self.across, state.get("across")), (self.down, state.get("down"))):
            match told:
                case [str(key), str(values)]:
                    row.choose(key, values)
        if isinstance(tokens := state.get("tokens"), int):
            self.tokens.setValue(tokens)
        if (measure := state.get("measure")) in MEASURES:
            self.measure.setCurrentIndex(self.measure.findData(measure))
        if self.answers and self._are_axes_of(self.sweep):
            self.show_growth()
        else:
            self._on_axis_changed()

    # inside

    def _figure(self, value: float | None, measure: Measure) -> str:
        if value is None:
            return ""
        if measure == "words":
            return self.tr("%n words", "", round(value))
        if measure == "change":
            return self.tr("%1 % changed").replace("%1", str(round(100 * value)))
        digits = 0 if measure == "lix" else 2
        return QLocale().toString(value, "f", digits)

    def _show_schema(self, schema: Schema) -> None:
        self.across.show_schema(schema, "humor")
        self.down.show_schema(schema, "")

    def _on_axis_changed(self) -> None:
        self.answers = ()
        self._show_chosen()
        self.changed.emit()

    def _show_chosen(self) -> None:
        try:
            sweep = self.chosen()
        except StudioError as error:
            self.say(str(error))
            return
        self.notice.hide()
        self._name_run(sweep)
        self.show_answers(sweep, ())

    def _name_run(self, sweep: Sweep) -> None:
        self.run.setText(self.tr("Run %n cells", "", sweep.rows * sweep.columns))

    def _are_axes_of(self, sweep: Sweep) -> bool:
        try:
            return (self.across.axis(), self.down.axis()) == (sweep.across, sweep.down)
        except StudioError:
            return False

    def _connect(self) -> None:
        for row in (self.across, self.down):
            row.changed.connect(self._on_axis_changed)
        self.measure.activated.connect(self.show_growth)
        self.measure.activated.connect(self.changed)
        self.tokens.valueChanged.connect(self.changed)
        self.run.clicked.connect(self.run_requested)

    def _lay_out(self) -> None:
        self._name_everything()
        above = QHBoxLayout()
        above.setSpacing(GRID)
        above.addWidget(self.question, 2)
        above.addWidget(self.hint, 3)
        above.addWidget(self.run)
        shown = in_a_row(
            *(SmallLabel(self.tr("at most")), self.tokens),
            *(SmallLabel(self.tr("bars show")), self.measure),
        )
        below = Rows(shown, in_a_row(self.earlier, self.export), equal=False)
        top, foot = QVBoxLayout(), QVBoxLayout()
        for part in (top, foot):
            part.setContentsMargins(2 * GRID, 0, 2 * GRID, HALF)
            part.setSpacing(HALF)
        top.addLayout(above)
        top.addWidget(Rows(self.across, self.down))
        top.addWidget(self.notice)
        foot.addWidget(below)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self.grid, 1)
        column.addLayout(foot)

    def _name_everything(self) -> None:
        self.tokens.setRange(8, 1000)
        self.tokens.setValue(_TOKENS)
        self.tokens.setSuffix(self.tr(" tokens"))
        self.tokens.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.tokens.setAccessibleName(self.tr("The most tokens of a cell"))
        for measure, text in (
            ("words", self.tr("length")),
            ("change", self.tr("difference to the centre")),
            ("lix", self.tr("readability (LIX)")),
            ("distinct", self.tr("variety (distinct-2)")),
        ):
            self.measure.addItem(text, measure)
        self.measure.setMinimumContentsLength(16)  # its longest words
        self.measure.setAccessibleName(self.tr("What the bars show"))
        self.run.setDefault(True)
        self.earlier.setText(self.tr("Earlier"))
        self.earlier.setIcon(icon("sweep"))
        self.earlier.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.earlier.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.earlier.setToolTip(self.tr("Go back to a sweep that was made here before"))
        self.earlier.setAccessibleName(self.tr("Earlier sweeps"))
        self.earlier.hide()
        self.export.setText(self.tr("Export"))
        self.export.setIcon(icon("export"))
        self.export.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.export.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.export.setMenu(self.export_menu)
        self.export.setToolTip(self.tr("Save the sweep as a page, a table or a picture"))
        self.export.setAccessibleName(self.tr("Export the sweep"))

    # Qt's

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())
