"""What is exported: the format, which conversations and replies, what is said with them, where."""

from pathlib import Path

from PySide6.QtCore import QSettings, QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QFormLayout, QSizePolicy, QVBoxLayout, QWidget

from steerlm_studio.store.transcripts.options import Options
from steerlm_studio.store.transcripts.out import FORMATS
from steerlm_studio.ui.choice import Choice
from steerlm_studio.ui.file_row import FileRow
from steerlm_studio.ui.labels import SmallLabel
from steerlm_studio.ui.theme import GRID, HALF
from steerlm_studio.ui.transcript_request import TranscriptRequest, file_name

_KEY = "transcripts/"
_AT_FIRST = ("system", "controls", "versions")
CHOSEN = "chosen"


class TranscriptForm(QWidget):
    """Gives a `TranscriptRequest` as soon as there is a place for the file."""

    changed = Signal()

    def __init__(self, settings: QSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._current: int | None = None
        self._title = ""
        self._selected: tuple[int, ...] = ()
        self._proposed = ""
        self.turns: frozenset[int] = frozenset()  # chosen one by one
        self.kind, self.scope, self.which = Choice(), Choice(), Choice()
        self.includes = {name: QCheckBox(text) for name, text in self._included().items()}
        self.newlines = QCheckBox(self.tr("Two newlines after the system text"))
        self.newlines.setToolTip(self.tr("As NeMo wrote its data before 2024"))
        self.out = FileRow(self.tr("File"), [], "save")
        self.note = SmallLabel()
        self._fill()
        self._lay_out()
        self._recall()
        self._connect()

    def set_source(self, current: int | None, title: str, selected: tuple[int, ...]) -> None:
        """The open conversation, and those that are marked in the list."""
        self._current, self._title, self._selected = current, title, selected
        kept = self.scope.currentData()
        with QSignalBlocker(self.scope):
            self.scope.clear()
            if current is not None:
                self.scope.addItem(self.tr("This conversation"), "this")
            if len(selected) > 1:
                text = self.tr("%n selected conversations", "", len(selected))
                self.scope.addItem(text, "selected")
            self.scope.addItem(self.tr("All conversations"), "all")
            wanted = "selected" if len(selected) > 1 else kept
            self.scope.setCurrentIndex(max(self.scope.findData(wanted), 0))
        self.turns = frozenset()
        self._on_changed()

    def choose(self, turns: frozenset[int]) -> None:
        """Only these replies."""
        self.turns = turns
        with QSignalBlocker(self.which):
            self.which.setCurrentIndex(self.which.findData(CHOSEN))
        self._on_changed()

    def request(self) -> TranscriptRequest | None:
        """None without a place for the file."""
        path = self.out.path
        if path is None:
            return None
        which, names = self.which.currentData(), self._uses()
        only = frozenset() if which in ("all", CHOSEN) else frozenset(which.split(","))
        options = Options(
            only,
            (self.turns or frozenset({-1})) if which == CHOSEN else frozenset(),
            **{name: box.isChecked() and name in names for name, box in self.includes.items()},
            blank_line_after_system=self.newlines.isChecked(),
        )
        return TranscriptRequest(self.kind.currentData(), self._conversations(), path, options)

    def remember(self) -> None:
        """So that the next export begins with these choices."""
        settings, name = self._settings, self.kind.currentData()
        settings.setValue(f"{_KEY}format", name)
        settings.setValue(f"{_KEY}which/{self._purpose()}", self.which.currentData())
        for each, box in self.includes.items():
            settings.setValue(f"{_KEY}include/{each}", box.isChecked())
        settings.setValue(f"{_KEY}newlines", self.newlines.isChecked())
        if self.out.path:
            settings.setValue(f"{_KEY}folder", str(self.out.path.parent))

    # following each other

    def _on_kind_changed(self) -> None:
        with QSignalBlocker(self.which):
            default = "kept,voted" if self._purpose() == "training" else "all"
            wanted = str(self._settings.value(f"{_KEY}which/{self._purpose()}", default))
            self.which.setCurrentIndex(max(self.which.findData(wanted), 0))
        self._on_changed()

    def _on_changed(self) -> None:
        names = self._uses()
        for name, box in self.includes.items():
            box.setVisible(name in names)
        self.newlines.setVisible(self.kind.currentData() == "steerlm")
        self._form.setRowVisible(self._what, bool(names) or self.newlines.isVisibleTo(self))
        self._propose()
        self.changed.emit()

    def _propose(self) -> None:
        """A name for the file, unless one was typed."""
        kind = FORMATS[self.kind.currentData()]
        self.out.filters = [f"{kind.title} (*{kind.suffix})", self.tr("All files (*)")]
        self.out.suffix = kind.suffix.removeprefix(".")
        if self.out.edit.text() not in ("", self._proposed):
            return
        title = self._title if self.scope.currentData() == "this" else ""
        self._proposed = str(self.out.folder / file_name(title, kind.suffix))
        with QSignalBlocker(self.out):
            self.out.edit.setText(self._proposed)

    def _uses(self) -> tuple[str, ...]:
        return FORMATS[self.kind.currentData()].uses

    def _purpose(self) -> str:
        return "training" if FORMATS[self.kind.currentData()].trains else "reading"

    def _conversations(self) -> tuple[int, ...] | None:
        scope = self.scope.currentData()
        if scope == "this" and self._current is not None:
            return (self._current,)
        return self._selected if scope == "selected" else None

    # parts

    def _fill(self) -> None:
        for name, title in self._titles().items():
            self.kind.addItem(title, name)
        for text, name in (
            (self.tr("All on the open path"), "all"),
            (self.tr("Kept or voted up"), "kept,voted"),
            (self.tr("Kept"), "kept"),
            (self.tr("Voted up"), "voted"),
            (self.tr("Chosen one by one"), CHOSEN),
        ):
            self.which.addItem(text, name)

    def _titles(self) -> dict[str, str]:
        found = {
            "markdown": self.tr("Markdown"),
            "html": self.tr("HTML page"),
            "pdf": self.tr("PDF"),
            "text": self.tr("Plain text"),
            "json": self.tr("SteerLM Studio JSON, without loss"),
            "messages": self.tr("Messages (OpenAI), JSON lines"),
            "steerlm": self.tr("SteerLM training data"),
            "regression": self.tr("Attribute regression data"),
            "sharegpt": self.tr("ShareGPT"),
            "csv": self.tr("Table of replies (CSV)"),
        }
        return {name: found.get(name, kind.title) for name, kind in FORMATS.items()}

    def _included(self) -> dict[str, str]:
        return {
            "system": self.tr("System text"),
            "controls": self.tr("Control strings"),
            "settings": self.tr("Settings of each reply"),
            "versions": self.tr("Versions side by side"),
            "branches": self.tr("Branches that were left"),
        }

    def _recall(self) -> None:
        settings = self._settings
        place = self.kind.findData(settings.value(f"{_KEY}format", "markdown"))
        self.kind.setCurrentIndex(max(place, 0))
        for name, box in self.includes.items():
            key = f"{_KEY}include/{name}"
            box.setChecked(bool(settings.value(key, name in _AT_FIRST, type=bool)))
        self.newlines.setChecked(bool(settings.value(f"{_KEY}newlines", False, type=bool)))
        folder = settings.value(f"{_KEY}folder")
        if isinstance(folder, str) and Path(folder).is_dir():
            self.out.folder = Path(folder)
        self._on_kind_changed()

    def _connect(self) -> None:
        self.kind.currentIndexChanged.connect(self._on_kind_changed)
        for choice in (self.scope, self.which):
            choice.currentIndexChanged.connect(self._on_changed)
        for box in (*self.includes.values(), self.newlines):
            box.toggled.connect(self._on_changed)
        self.out.changed.connect(self.changed)

    def _lay_out(self) -> None:
        self._what = QWidget()
        boxes = QVBoxLayout(self._what)
        boxes.setContentsMargins(0, 0, 0, 0)
        boxes.setSpacing(HALF)
        for box in (*self.includes.values(), self.newlines):
            boxes.addWidget(box)
        self.note.setWordWrap(True)
        form = self._form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(2 * GRID)
        form.setVerticalSpacing(GRID)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        rows: tuple[tuple[str, QWidget], ...] = (
            (self.tr("Format"), self.kind),
            (self.tr("Which"), self.scope),
            (self.tr("Replies"), self.which),
            (self.tr("With"), self._what),
            (self.tr("File"), self.out),
            ("", self.note),
        )
        for caption, widget in rows:
            form.addRow(caption, widget)
            if caption:
                widget.setAccessibleName(caption)
        for choice in (self.kind, self.scope, self.which):
            choice.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
