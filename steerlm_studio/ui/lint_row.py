"""What is wrong with the control string as typed, and one click that mends it."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from steerlm_studio.steer.lint import Problem
from steerlm_studio.steer.mend import is_mendable
from steerlm_studio.steer.schema import Schema
from steerlm_studio.ui.beside import Beside
from steerlm_studio.ui.icons import tinted
from steerlm_studio.ui.labels import SmallLabel
from steerlm_studio.ui.text_safety import shown
from steerlm_studio.ui.theme import GRID, colours_of


class LintRow(QWidget):
    """Shows one problem at a time, the one at the cursor first; hidden when there is none."""

    mend_asked = Signal(object)  # Problem
    mend_all_asked = Signal()
    schema_asked = Signal(object)  # Schema

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._problem: Problem | None = None
        self._schema: Schema | None = None
        self._sign = QLabel()
        self.message = SmallLabel()
        self.message.setWordWrap(True)
        self.message.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.mend = QPushButton()
        self.mend_all = QPushButton(self.tr("Mend all"))
        self.switch = QPushButton()
        self.mend.clicked.connect(lambda: self.mend_asked.emit(self._problem))
        self.mend_all.clicked.connect(self.mend_all_asked)
        self.switch.clicked.connect(lambda: self.schema_asked.emit(self._schema))
        self._lay_out()
        self.hide()

    def show_problems(
        self,
        problems: Sequence[Problem],
        place: int,
        other: Schema | None = None,
        is_followed: bool = True,
    ) -> None:
        """Name the problem at `place` of the string, else the first; `other` is a way out.

        `is_followed`: the sliders have taken over what stands there all the same.
        """
        self._problem = _foremost(problems, place)
        self._schema = other
        self.setVisible(self._problem is not None)
        if self._problem is None:
            return
        count = len(problems)
        more = "" if count == 1 else " " + self.tr("(1 of {0})").format(count)
        waiting = "" if is_followed else " " + self.tr("Until then the sliders are what is sent.")
        self.message.setText(shown(_in_words(self._problem)) + waiting + more)
        self.message.setAccessibleName(self.message.text())
        self.mend.setText(self._act(self._problem))
        self.mend.setVisible(is_mendable(self._problem))
        self.mend_all.setVisible(sum(is_mendable(p) and p.is_error for p in problems) > 1)
        self.switch.setVisible(other is not None)
        self.switch.setText(self.tr("Switch to {0}").format(other.title) if other else "")
        colours = colours_of(self)
        colour = QColor(colours.error if self._problem.is_error else colours.warning)
        side = self.fontInfo().pixelSize() + 1
        self._sign.setPixmap(tinted("warning", colour, side, self.devicePixelRatioF()))

    def _act(self, problem: Problem) -> str:
        if problem.kind == "wrong order":
            return self.tr("Put in order")
        if problem.fix is None or problem.fix == "":
            return self.tr("Remove")
        fix = problem.fix.strip(",")
        if problem.start == problem.end:
            return self.tr("Add {0}").format(fix)
        return self.tr("Make it {0}").format(fix if len(fix) < 32 else fix[:31] + "…")

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self._sign)
        acts = QWidget()
        buttons = QHBoxLayout(acts)
        buttons.setContentsMargins(0, 0, 0, 0)
        buttons.setSpacing(GRID)
        for button in (self.switch, self.mend, self.mend_all):
            buttons.addWidget(button)
        row.addWidget(Beside(self.message, acts), 1)


def _in_words(problem: Problem) -> str:
    said = problem.said
    return said.filled(QCoreApplication.translate("Lint", said.words))


def _foremost(problems: Sequence[Problem], place: int) -> Problem | None:
    here = [problem for problem in problems if problem.start <= place <= problem.end]
    errors = [problem for problem in problems if problem.is_error]
    foreign = [problem for problem in problems if problem.kind == "wrong schema"]
    return next(iter([*foreign, *here, *errors, *problems]), None)
