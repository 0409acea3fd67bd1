"""How the window is laid out, and what of it is remembered: bars, panes, docks, menus."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, QSize, Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QDockWidget,
    QMainWindow,
    QMenu,
    QSplitter,
    QStyle,
    QToolBar,
    QWidget,
)

from steerlm_studio import resources
from steerlm_studio.protocol import Sampling
from steerlm_studio.ui.actions import Actions, fill_menus
from steerlm_studio.ui.chat import Chat
from steerlm_studio.ui.chat_page import ChatPage
from steerlm_studio.ui.conversations import Conversations
from steerlm_studio.ui.devices.panel import DevicesPanel
from steerlm_studio.ui.dock_title import DockTitle
from steerlm_studio.ui.model import Model
from steerlm_studio.ui.palette import open_palette
from steerlm_studio.ui.remembered import Remembered
from steerlm_studio.ui.sampling_panel import SamplingPanel
from steerlm_studio.ui.status import StatusLine
from steerlm_studio.ui.steering_panel import SteeringPanel
from steerlm_studio.ui.text_safety import shown
from steerlm_studio.ui.theme import Theme
from steerlm_studio.ui.throughput import ThroughputPlot
from steerlm_studio.ui.top_bar import State, TopBar

_STEP = 0.1  # of text size
_SIDES = (208, 728, 344)  # px at first: conversations, chat, steering
_PLOT_HEIGHT = 132


class Frame(QObject):
    """Owns the panels of a window and puts them in their places."""

    def __init__(self, window: QMainWindow, theme: Theme, settings: QSettings) -> None:
        super().__init__(window)
        self._window = window
        self.theme = theme
        self.actions = Actions(window)
        self.page = ChatPage()
        of_one = (self.actions.rename_chat, self.actions.delete_chat)
        self.conversations = Conversations(self.actions.new_chat, of_one, self.actions.bin)
        self.steering = SteeringPanel()
        self.sampling = SamplingPanel()
        self.steering.add_below(self.sampling)
        self.throughput = ThroughputPlot()
        self.devices = DevicesPanel()
        self.status = StatusLine()
        self._panes = QSplitter(Qt.Orientation.Horizontal)
        self._dock = QDockWidget(self.tr("Throughput"))
        self.devices_dock = QDockWidget(self.tr("Devices"))
        self._recent = self._fill_menus()
        self.top = self._top_bar()
        self._lay_out()
        self._connect()
        folds = {str(group.group): group.header for group in self.steering.groups}
        folds["sampling"] = self.sampling.header
        self._remembered = Remembered(settings, window, self._panes, folds)
        self._restore()

    def show_model(self, model: Model | None) -> None:
        is_demo = model is not None and model.is_demo
        note = self.tr("small demo trained on synthetic text") if is_demo else ""
        self.top.set_model(model.caption if model else "", note)
        self.page.empty.set_about(self._about(model))
        self.page.empty.set_device_note(self._device_note(model))
        self.page.empty.set_ready(model is not None)
        self.page.composer.set_ready(model is not None)
        for action in (self.actions.reload_model, self.actions.close_model):
            action.setEnabled(model is not None)
        self.actions.demo_model.setEnabled(resources.demo_model().is_file())

    def show_chat(self, chat: Chat) -> None:
        self.conversations.show_current(chat.id)
        self.top.set_title(chat.title)
        title = shown(chat.title) or self.tr("New conversation")
        self._window.setWindowTitle(f"{title} — SteerLM Studio")

    def show_recent(self, paths: Sequence[str], opener: Callable[[Path], None]) -> None:
        self._recent.clear()
        names = [Path(path).name for path in paths]
        for path in map(Path, paths):
            name = path.name if names.count(path.name) == 1 else f"{path.name} · {path.parent}"
            action = self._recent.addAction(shown(name).replace("&", "&&"))
            action.setStatusTip(shown(str(path)))
            action.triggered.connect(partial(_open, opener, path))
        self._recent.setEnabled(bool(paths))

    def set_state(self, state: State) -> None:
        self.top.set_state(state)

    def enable_answer_actions(self, has_answer: bool, has_model: bool, is_running: bool) -> None:
        """What is asked of a model needs one; reading and marking do not."""
        actions = self.actions
        actions.stop.setEnabled(is_running)
        for action in (actions.again, actions.new_seed, actions.resteer, actions.go_on):
            action.setEnabled(has_answer and has_model)
        for action in (actions.previous, actions.next, actions.copy_reply):
            action.setEnabled(has_answer)
        for action in (actions.keep_reply, actions.vote_up, actions.vote_down):
            action.setEnabled(has_answer)
        for action in (actions.edit_last, actions.delete_version, actions.find):
            action.setEnabled(has_answer)

    def remember(self) -> None:
        """Write geometry, panes, folds and looks to the settings."""
        self._remembered.write(self.theme, self.actions)

    def _restore(self) -> None:
        self._panes.setSizes(list(_SIDES))
        self._remembered.read(self.theme, self.actions)
        for dock in (self._dock, self.devices_dock):
            dock.setFloating(False)  # as an earlier version may have left it
        self.conversations.setVisible(self.actions.sidebar.isChecked())

    def _about(self, model: Model | None) -> str:
        if model is None:
            return self.tr("No model is loaded: open a GGUF file (Ctrl+O) or drop one here.")
        if model.is_demo:
            return self.tr(
                "Loaded is a small demo trained on synthetic text. It knows two dozen everyday "
                "topics, from tea to volcanoes, and follows every slider."
            )
        if model.ready is None:
            return self.tr("%1 is not loaded yet.").replace("%1", shown(model.caption))
        return self.tr("Loaded is %1.").replace("%1", shown(model.caption))

    def _device_note(self, model: Model | None) -> str:
        if model is None or not model.is_on_cpu:
            return ""
        if model.ready is not None and model.ready.misses_gpu:
            return self.tr(
                "This build of llama.cpp is for GPUs, but no driver or no GPU was found: the model "
                "runs on the CPU."
            )
        return self.tr(
            "No GPU is used. With a CUDA build of llama.cpp, models of billions of parameters "
            "would answer at reading speed too."
        )

    def _connect(self) -> None:
        actions = self.actions
        actions.sidebar.toggled.connect(self.conversations.setVisible)
        actions.larger.triggered.connect(lambda: self.theme.set_scale(self.theme.scale + _STEP))
        actions.smaller.triggered.connect(lambda: self.theme.set_scale(self.theme.scale - _STEP))
        actions.normal.triggered.connect(lambda: self.theme.set_scale(1.0))
        actions.palette.triggered.connect(lambda: open_palette(self._window))
        actions.schemes.triggered.connect(lambda: self.theme.set_scheme(actions.scheme()))
        self.sampling.sampling_changed.connect(self._show_seed)
        self._show_seed(self.sampling.sampling())

    def _show_seed(self, sampling: Sampling) -> None:
        self.status.show_seed(sampling.seed)

    def _fill_menus(self) -> QMenu:
        steering = [
            self.steering.undo_action,
            self.steering.redo_action,
            self.page.control.copy_action,
            self.page.control.edit_action,
            self.steering.presets.menu.menuAction(),
        ]
        return fill_menus(
            self._window,
            self.actions,
            steering,
            [
                *(self._dock.toggleViewAction(), *self.throughput.actions_of_title),
                *(self.devices_dock.toggleViewAction(), self.devices.copy),
            ],
        )

    def _top_bar(self) -> TopBar:
        models = QMenu(self._window)
        models.addActions([self.actions.demo_model, self.actions.open_model])
        models.addMenu(self._recent)
        models.addActions([self.actions.reload_model, self.actions.close_model])
        return TopBar(self.actions.sidebar, models, self.actions.views.actions())

    def _lay_out(self) -> None:
        window = self._window
        bar = QToolBar(self.tr("Top bar"))
        bar.setObjectName("top")
        bar.setMovable(False)
        bar.toggleViewAction().setEnabled(False)
        bar.addWidget(self.top)
        window.addToolBar(bar)
        for pane in (self.conversations, self.page, self.steering):
            self._panes.addWidget(pane)
        for place in range(3):
            self._panes.setStretchFactor(place, int(place == 1))
            self._panes.setCollapsible(place, False)
        self._panes.setHandleWidth(1)
        self._panes.setStyleSheet("QSplitter::handle { background: palette(mid); }")
        window.setCentralWidget(self._panes)
        self._add_dock("throughput", self._dock, self.throughput, self.throughput.actions_of_title)
        self._add_dock("devices", self.devices_dock, self.devices, [self.devices.copy])
        window.splitDockWidget(self._dock, self.devices_dock, Qt.Orientation.Vertical)
        self.devices_dock.hide()
        self.devices.grew.connect(self._keep_plot_height)
        self.devices_dock.toggleViewAction().toggled.connect(self._on_devices_toggled)
        window.resizeDocks([self._dock], [_PLOT_HEIGHT], Qt.Orientation.Vertical)
        window.statusBar().addPermanentWidget(self.status, 1)
        window.statusBar().setSizeGripEnabled(False)
        window.resize(_first_size(window))

    def _keep_plot_height(self) -> None:
        """The devices take their room from the chat, not from the plot above them."""
        title = self.devices_dock.titleBarWidget().height()
        heights = [self._dock.height(), title + self.devices.sizeHint().height()]
        vertical = Qt.Orientation.Vertical
        self._window.resizeDocks([self._dock, self.devices_dock], heights, vertical)

    def _on_devices_toggled(self) -> None:
        """What they take, or give back, is the chat's: Qt would have the plot shrink or grow."""
        height = self._dock.height()
        vertical = Qt.Orientation.Vertical
        QTimer.singleShot(
            0, self, lambda: self._window.resizeDocks([self._dock], [height], vertical)
        )

    def _add_dock(
        self, name: str, dock: QDockWidget, widget: QWidget, actions: Sequence[QAction]
    ) -> None:
        dock.setObjectName(name)
        features = QDockWidget.DockWidgetFeature  # afloat it lies over the prompt, or behind all
        dock.setFeatures(features.DockWidgetClosable | features.DockWidgetMovable)
        dock.setWidget(widget)
        dock.setTitleBarWidget(DockTitle(dock, actions))
        self._window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, dock)


def _first_size(window: QMainWindow) -> QSize:
    """What fits the screen with the frame that the window manager will put around it."""
    free = window.screen().availableGeometry().size()
    style = window.style()
    title = style.pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight)
    edge = style.pixelMetric(QStyle.PixelMetric.PM_MdiSubWindowFrameWidth)
    return QSize(1280, 800).boundedTo(free - QSize(2 * edge, title + 2 * edge))


def _open(opener: Callable[[Path], None], path: Path, checked: bool = False) -> None:
    opener(path)
