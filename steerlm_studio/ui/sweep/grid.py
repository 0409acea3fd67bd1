"""The cells with the axes on their edges; arrow keys walk from one to the next."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QWidget

from steerlm_studio.steer.sweep import Sweep
from steerlm_studio.ui.chat import Answer
from steerlm_studio.ui.labels import SmallLabel
from steerlm_studio.ui.sweep.cell_view import CellView
from steerlm_studio.ui.sweep.shading import Shade
from steerlm_studio.ui.theme import GRID, HALF

_Key = Qt.Key


class SweepGrid(QScrollArea):
    """Shows a sweep, with its answers once there are some."""

    open_requested = Signal(int)  # the cell's number, row by row

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cells: list[CellView] = []
        self._columns = 1
        self._sweep: Sweep | None = None
        self.picture = QWidget()
        self._grid = QGridLayout()
        self.setWidget(self.picture)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its cells are where Tab goes
        self.setAccessibleName(self.tr("Cells"))

    def show_sweep(self, sweep: Sweep, answers: Sequence[Answer]) -> None:
        """Without answers each cell says what it will be told."""
        if sweep != self._sweep:
            self._sweep = sweep
            self._make(sweep)
        for number, view in enumerate(self.cells):
            view.show_answer(answers[number] if answers else None)

    def _make(self, sweep: Sweep) -> None:
        self._clear()
        self._columns = sweep.columns
        for column in range(sweep.columns):
            self._put_head(sweep.across.name_of(column), 0, column + 1)
        for row in range(sweep.rows if sweep.down else 0):
            self._put_head(sweep.down.name_of(row) if sweep.down else "", row + 1, 0)
        for number, cell in enumerate(sweep.cells()):
            names = [sweep.across.name_of(cell.column)]
            names += [sweep.down.name_of(cell.row)] if sweep.down else []
            view = CellView()
            view.setAccessibleName(", ".join(names))
            view.clicked.connect(lambda checked=False, n=number: self.open_requested.emit(n))
            view.installEventFilter(self)
            self._grid.addWidget(view, cell.row + 1, cell.column + 1)
            self.cells.append(view)

    def leave_out(self, count: int) -> None:
        """So many characters are the same in all cells."""
        for view in self.cells:
            view.leave_out(count)

    def show_shades(self, shades: Sequence[Shade], figures: Sequence[str]) -> None:
        for view, shade, figure in zip(self.cells, shades, figures, strict=True):
            view.show_shade(figure, shade.share)

    def _put_head(self, name: str, row: int, column: int) -> None:
        label = SmallLabel(name)
        side = Qt.AlignmentFlag.AlignHCenter if column else Qt.AlignmentFlag.AlignTrailing
        label.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(label, row, column)

    def _clear(self) -> None:
        """A new layout with each sweep: a grid keeps the rows it once had."""
        self.cells = []
        old, self.picture = self.takeWidget(), QWidget()
        if old is not None:
            old.deleteLater()
        self._grid = QGridLayout(self.picture)
        self._grid.setContentsMargins(2 * GRID, 0, 2 * GRID, GRID)
        self._grid.setSpacing(HALF)
        self.setWidget(self.picture)

    def _walk(self, number: int, key: int) -> bool:
        """Go to a neighbour; says whether the key means that."""
        is_mirrored = self.isRightToLeft()
        steps = {
            _Key.Key_Left: 1 if is_mirrored else -1,
            _Key.Key_Right: -1 if is_mirrored else 1,
            _Key.Key_Up: -self._columns,
            _Key.Key_Down: self._columns,
        }
        step = steps.get(_Key(key))
        if step is None:
            return False
        to = number + step
        is_same_row = number // self._columns == to // self._columns
        if 0 <= to < len(self.cells) and (abs(step) != 1 or is_same_row):
            self.cells[to].setFocus(Qt.FocusReason.OtherFocusReason)
            self.ensureWidgetVisible(self.cells[to])
        return True

    # Qt's

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        is_press = event.type() == QEvent.Type.KeyPress
        if is_press and isinstance(event, QKeyEvent) and isinstance(watched, CellView):
            if event.key() in (_Key.Key_Return, _Key.Key_Enter):
                watched.click()
                return True
            return watched in self.cells and self._walk(self.cells.index(watched), event.key())
        return super().eventFilter(watched, event)
