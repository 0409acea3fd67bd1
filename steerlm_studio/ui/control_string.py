"""The control string, editable: it moves the sliders, they rewrite it; lint, tokens, copy."""

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtGui import QAction, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from steerlm_studio.steer.lint import Parsed, Problem, matching_schema, parse
from steerlm_studio.steer.mend import mended, mended_whole
from steerlm_studio.steer.schema import Schema
from steerlm_studio.steer.steering import DEFAULT, Steering
from steerlm_studio.ui.control_text import ControlText
from steerlm_studio.ui.icons import icon
from steerlm_studio.ui.labels import SmallNumberLabel
from steerlm_studio.ui.lint_row import LintRow
from steerlm_studio.ui.theme import GRID, HALF

_COPIED_MS = 1500
# What was typed is not yet, or not at all, what an attribute could be set to.
_UNREADABLE = {"unknown key", "not a number", "unknown language", "wrong schema"}


class ControlString(QWidget):
    """Shows a steering as its control string; `set_steering` paints before it returns."""

    edited = Signal(object, int)  # Steering that was typed, number of this visit to the field
    copied = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.steering = DEFAULT
        self._visit = 0
        self.text = ControlText()
        self.text.show_string(str(DEFAULT))
        self.lint = LintRow()
        self.tokens = _Count(self.tr("%n tokens", "", 100))
        self.tokens.setAccessibleName(self.tr("Tokens of the control string"))
        self.copy_action = QAction(icon("copy"), self.tr("Copy control string"), self)
        self.copy_action.setShortcut("Ctrl+Alt+C")
        self.copy_action.triggered.connect(self.copy)
        self.edit_action = QAction(icon("edit"), self.tr("Edit the control string"), self)
        self.edit_action.setShortcut("Ctrl+L")
        self.edit_action.triggered.connect(self.text.setFocus)
        self._copied = QTimer(self)
        self._copied.setSingleShot(True)
        self._copied.setInterval(_COPIED_MS)
        self._copied.timeout.connect(lambda: self.copy_action.setIcon(icon("copy")))
        self._lay_out()
        self._connect()
        self.set_token_count(None)

    def set_steering(self, steering: Steering) -> None:
        """Show `steering` at once; what differs from the one before it is lit.

        What the user is typing stays as it is while it says the same.
        """
        if steering == self.steering:
            return
        lit = {key for key, _, _ in steering.differences(self.steering)}
        self.steering = steering
        self.text.show_string(str(steering), lit)
        self.lint.show_problems((), 0)

    def set_token_count(self, count: int | None) -> None:
        """How many tokens the control string costs; None while nobody knows."""
        self.tokens.setText("" if count is None else self.tr("%n tokens", "", count))

    def copy(self) -> None:
        """Put what is sent on the clipboard."""
        QGuiApplication.clipboard().setText(str(self.steering))
        self.copy_action.setIcon(icon("check"))
        self._copied.start()
        self.copied.emit()

    def type(self, string: str) -> None:
        """Take `string` as if the user had typed it whole."""
        self._visit += 1
        self.text.show_string(string, self.text.lit)
        self._on_edited(string)

    def _on_edited(self, string: str) -> None:
        parsed = parse(string, self.steering.schema)
        lit = self.text.lit
        if _is_readable(parsed) and parsed.steering != self.steering:
            lit = frozenset(key for key, _, _ in parsed.steering.differences(self.steering))
            self.steering = parsed.steering
            self.edited.emit(parsed.steering, self._visit)
        self._show_problems(parsed, string)
        self.text.mark(parsed.problems, lit)

    def _show_problems(self, parsed: Parsed, string: str) -> None:
        is_foreign = any(problem.kind == "wrong schema" for problem in parsed.problems)
        other = matching_schema(string) if is_foreign else None
        place, is_followed = self.text.cursor_place(), _is_readable(parsed)
        self.lint.show_problems(parsed.problems, place, other, is_followed)

    def _on_finished(self) -> None:
        """Leave no slip behind that has changed nothing; one that has is shown until mended."""
        if _is_readable(parse(self.text.string, self.steering.schema)):
            self._on_revert_asked()

    def _on_revert_asked(self) -> None:
        self.text.show_string(str(self.steering), self.text.lit)
        self.lint.show_problems((), 0)

    def _on_mend_asked(self, problem: Problem) -> None:
        self.type(mended(self.text.string, problem, self.steering.schema))

    def _on_mend_all_asked(self) -> None:
        self.type(mended_whole(self.text.string, self.steering.schema))

    def _on_schema_asked(self, schema: Schema) -> None:
        """The string belongs to another family: the panel changes over, and shows it anew."""
        self._visit += 1
        self.edited.emit(parse(self.text.string, schema).steering, self._visit)

    def _on_entered(self) -> None:
        self._visit += 1

    def _connect(self) -> None:
        self.text.edited.connect(self._on_edited)
        self.text.pasted.connect(self.type)
        self.text.entered.connect(self._on_entered)
        self.text.finished.connect(self._on_finished)
        self.text.revert_asked.connect(self._on_revert_asked)
        self.lint.mend_asked.connect(self._on_mend_asked)
        self.lint.mend_all_asked.connect(self._on_mend_all_asked)
        self.lint.schema_asked.connect(self._on_schema_asked)

    def _lay_out(self) -> None:
        button = QToolButton()
        button.setDefaultAction(self.copy_action)
        button.setAutoRaise(True)
        button.setAccessibleName(self.copy_action.text())
        side = QHBoxLayout()
        side.setSpacing(HALF)
        side.addWidget(self.tokens)
        side.addWidget(button)
        top = QVBoxLayout()
        top.addLayout(side)
        top.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.text, 1)
        row.addLayout(top)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HALF)
        column.addLayout(row)
        column.addWidget(self.lint)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    # Qt's

    def sizeHint(self) -> QSize:
        """As high as it is at this width; Qt would ask for the height at its narrowest."""
        hint = super().sizeHint()
        return QSize(hint.width(), self.heightForWidth(self.width()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()


def _is_readable(parsed: Parsed) -> bool:
    """Whether sliders may follow: every item says something, if not in the trained form."""
    return not any(
        problem.kind in _UNREADABLE or (problem.kind == "malformed" and problem.fix is None)
        for problem in parsed.problems
    )


class _Count(SmallNumberLabel):
    """Has the room for `widest` from the beginning, so that a count that comes moves no line."""

    def __init__(self, widest: str) -> None:
        super().__init__()
        self._widest = widest

    def sizeHint(self) -> QSize:
        room = QSize(self.fontMetrics().horizontalAdvance(self._widest), 0)
        return super().sizeHint().expandedTo(room)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()
