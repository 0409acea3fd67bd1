"""Exactly what is sent: the prompt, its tokens, what is cached, and how it is laid out."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from steerlm_studio import protocol
from steerlm_studio.steer.template import NEMOTRON_TEMPLATE, Template
from steerlm_studio.ui.engine_process import EngineProcess
from steerlm_studio.ui.labels import PlainLabel, SmallLabel
from steerlm_studio.ui.prompt_spans import Span, lookalikes, spans_of, token_spans
from steerlm_studio.ui.prompt_text import PromptText
from steerlm_studio.ui.theme import GRID
from steerlm_studio.ui.unavailable import grey

_REST = 100  # ms


class PromptView(QDialog):
    """Stays open beside the window and follows it; `template` is what prompts are laid out by.

    It asks with `wanted`, the window answers with `show_prompt`.
    """

    wanted = Signal()
    template_changed = Signal()

    def __init__(
        self, engine: EngineProcess, next_number: Callable[[], int], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._engine = engine
        self._next_number = next_number
        self._own = NEMOTRON_TEMPLATE  # what the model was trained with
        self.template = NEMOTRON_TEMPLATE
        self._parts: tuple[protocol.Part, ...] = ()
        self._run = 0
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST)
        self._rest.timeout.connect(self.wanted)
        self.what = PlainLabel()
        self.text = PromptText()
        self.tokens = QCheckBox(self.tr("Show tokens"))
        self.blank_line = QCheckBox(self.tr("Blank line after the system text"))
        self.newline = QCheckBox(self.tr("Newline after the control string"))
        self.note = SmallLabel()
        self.layout_note = SmallLabel()
        self._lay_out()
        self._connect()
        self._show_template()

    def set_model_template(self, template: Template) -> None:
        """Another model: its own layout is what prompts have from now on."""
        self._own = self.template = template
        self._show_template()
        self.refresh_soon()

    def refresh_soon(self) -> None:
        """Something that the prompt is made of has changed."""
        if self.isVisible():
            self._rest.start()

    def show_prompt(self, parts: tuple[protocol.Part, ...], what: str) -> None:
        """Show the prompt of these parts; `what` says which one it is."""
        self.what.setText(what)
        self._parts = parts
        spans = spans_of(parts)
        self._say(spans, None)
        if self.tokens.isChecked() and self.tokens.isEnabled() and self._engine.is_running:
            self._run = self._next_number()
            self._engine.send(protocol.Tokenize(self._run, parts))
        else:
            self.text.show_spans(spans)

    def copy(self) -> None:
        """Put the prompt on the clipboard, byte for byte."""
        QGuiApplication.clipboard().setText("".join(part.text for part in self._parts))

    def _on_tokens(self, message: protocol.Tokens) -> None:
        if message.run == self._run and self.tokens.isChecked():
            self.text.show_spans(token_spans(self._parts, message))
            self._say(spans_of(self._parts), message)

    def _on_ready(self, message: protocol.Ready) -> None:
        """Some servers do not tell their tokens."""
        grey(self.tokens, message.cannot.get("tokens", ""))

    def _say(self, spans: list[Span], tokens: protocol.Tokens | None) -> None:
        number = self.locale().toString
        said = []
        if tokens and tokens.cached < 0:
            said.append(self.tr("{0} tokens.").format(number(len(tokens.ids))))
        elif tokens:
            text = self.tr("{0} tokens, {1} of them cached; underlined is what is read anew.")
            said.append(text.format(number(len(tokens.ids)), number(tokens.cached)))
        if count := lookalikes(spans):
            one = self.tr("1 look-alike of a control token: sent as text, it opens no turn.")
            more = self.tr(
                "%n look-alikes of control tokens: sent as text, none opens a turn.", "", count
            )
            said.append(one if count == 1 else more)
        self.note.setText(" ".join(said))
        self.note.setVisible(bool(said))

    def _show_template(self) -> None:
        for box, is_on in (
            (self.blank_line, self.template.blank_line_after_system),
            (self.newline, self.template.newline_after_control),
        ):
            box.blockSignals(True)
            box.setChecked(is_on)
            box.blockSignals(False)
        is_own = self.template == self._own
        own = self.tr("As the model was trained.")
        other = self.tr("Not as the model was trained: prompts are sent so all the same.")
        self.layout_note.setText(own if is_own else other)

    def _on_template_toggled(self) -> None:
        self.template = replace(
            self.template,
            blank_line_after_system=self.blank_line.isChecked(),
            newline_after_control=self.newline.isChecked(),
        )
        self._show_template()
        self.template_changed.emit()
        self.wanted.emit()

    def _connect(self) -> None:
        self._engine.tokens.connect(self._on_tokens)
        self._engine.ready.connect(self._on_ready)
        self.tokens.toggled.connect(self.wanted)
        for box in (self.blank_line, self.newline):
            box.toggled.connect(self._on_template_toggled)

    def _lay_out(self) -> None:
        self.setWindowTitle(self.tr("Prompt"))
        self.what.setWordWrap(True)
        self.note.setWordWrap(True)
        copy = QPushButton(self.tr("Copy"))
        copy.setAutoDefault(False)
        copy.clicked.connect(self.copy)
        above = QHBoxLayout()
        above.setSpacing(GRID)
        above.addWidget(self.what, 1)
        above.addWidget(self.tokens)
        above.addWidget(copy)
        boxes = QHBoxLayout()
        boxes.setSpacing(2 * GRID)
        boxes.addWidget(self.blank_line)
        boxes.addWidget(self.newline)
        boxes.addStretch(1)
        column = QVBoxLayout(self)
        column.setSpacing(GRID)
        column.addLayout(above)
        column.addWidget(self.text, 1)
        column.addWidget(self.note)
        column.addLayout(boxes)
        column.addWidget(self.layout_note)
        self.resize(640, 520)

    # Qt's

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.wanted.emit()
