"""Every command of the window with its key, and the menus that hold them all."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from steerlm_studio.ui.icons import icon
from steerlm_studio.ui.reply_menu import copies


class Actions:
    """The window's own commands; panels bring theirs along. Nothing is connected here."""

    def __init__(self, window: QMainWindow) -> None:
        self._window = window
        self.new_chat = self._make(_tr("New conversation"), "Ctrl+N", "plus")
        self.open_model = self._make(_tr("Open model…"), "Ctrl+O", "open")
        self.open_file = self._make(_tr("Open a model file…"), "Ctrl+Shift+O", "open")
        self.connect_server = self._make(_tr("Connect to a server…"), "", "download")
        self.export = self._make(_tr("Export to GGUF…"), "Ctrl+Shift+E", "export")
        self.demo_model = self._make(_tr("Load the demo model"), "", "model")
        self.reload_model = self._make(_tr("Start the engine again"), "", "reset")
        self.close_model = self._make(_tr("Close the model"))
        self.quit = self._make(_tr("Quit"), "Ctrl+Q")
        self.stop = self._make(_tr("Stop"), "Esc", "stop")
        self.again = self._make(_tr("Answer again, same seed"), "Ctrl+R", "regenerate")
        self.new_seed = self._make(_tr("Answer again, new seed"), "Ctrl+Shift+R", "new-seed")
        self.go_on = self._make(_tr("Go on from where the last answer was cut"), "", "play")
        self.resteer = self._make(_tr("Re-steer the last answer"), "Ctrl+Enter", "steer")
        self.resteer.setShortcuts([QKeySequence("Ctrl+Enter"), QKeySequence("Ctrl+Return")])
        self.batch = self._make(_tr("Batch…"), "Ctrl+Shift+B", "compare")
        self.previous = self._make(_tr("Previous version"), "Alt+Left", "chevron-left")
        self.next = self._make(_tr("Next version"), "Alt+Right", "chevron-right")
        self.rename_chat = self._make(_tr("Rename the conversation"), "F2", "edit")
        self.delete_chat = self._make(_tr("Delete the conversation"), "", "delete")
        self.export_chat = self._make(_tr("Export transcript…"), "Ctrl+E", "export")
        self.import_chats = self._make(_tr("Import transcripts…"), "", "open")
        self.edit_last = self._make(_tr("Edit the last question"), "", "edit")
        self.delete_version = self._make(_tr("Delete the last answer's version"), "", "delete")
        self.keep_reply = self._make(_tr("Keep the last reply"), "", "check")
        self.vote_up = self._make(_tr("Vote the last reply up"), "", "thumb-up")
        self.vote_down = self._make(_tr("Vote the last reply down"), "", "thumb-down")
        self.find = self._make(_tr("Find in the conversation"), "Ctrl+F", "search")
        self.bin = self._make(_tr("Bin…"), "", "delete")
        self.tree = self._make(_tr("Versions as a tree…"), "Ctrl+T", "tree")
        self.search = self._make(_tr("Search all conversations"), "Ctrl+Shift+F", "search")
        self.settings = self._make(_tr("Settings…"), "Ctrl+,", "settings")
        self.tour = self._make(_tr("Show the tour"), "", "help")
        self.copy_reply = self._make(_tr("Copy the last reply"), "Ctrl+Shift+C", "copy")
        self.copy_chat = self._make(_tr("Copy the conversation"), "", "copy")
        self.copies = {name: self._make(text, "", "copy") for name, text in copies().items()}
        self.sidebar = self._make(_tr("Conversations"), "Ctrl+B", "sidebar")
        self.sidebar.setCheckable(True)
        self.larger = self._make(_tr("Larger text"), "Ctrl++")
        self.larger.setShortcuts([QKeySequence("Ctrl++"), QKeySequence("Ctrl+=")])
        self.smaller = self._make(_tr("Smaller text"), "Ctrl+-")
        self.normal = self._make(_tr("Normal text size"), "Ctrl+0")
        self.prompt = self._make(_tr("Show prompt"), "Ctrl+P", "prompt")
        self.palette = self._make(_tr("All commands…"), "Ctrl+K", "search")
        self.keys = self._make(_tr("Keys"), "Ctrl+/", "help")
        self.about = self._make(_tr("About SteerLM Studio"), "", "info")
        self.schemes = self._schemes()
        self.views = self._views()

    def scheme(self) -> Qt.ColorScheme:
        """The mode that is checked in the menu; Unknown follows the system."""
        checked = self.schemes.checkedAction()
        return Qt.ColorScheme(checked.data()) if checked else Qt.ColorScheme.Unknown

    def _make(self, text: str, keys: str = "", icon_name: str = "") -> QAction:
        action = QAction(text, self._window)
        if keys:
            action.setShortcut(QKeySequence(keys))
        if icon_name:
            action.setIcon(icon(icon_name))
        self._window.addAction(action)
        return action

    def _schemes(self) -> QActionGroup:
        group = QActionGroup(self._window)
        for text, scheme in (
            (_tr("As the system"), Qt.ColorScheme.Unknown),
            (_tr("Light"), Qt.ColorScheme.Light),
            (_tr("Dark"), Qt.ColorScheme.Dark),
        ):
            action = group.addAction(text)
            action.setCheckable(True)
            action.setData(scheme.value)
        group.actions()[0].setChecked(True)
        return group

    def _views(self) -> QActionGroup:
        """What the middle of the window shows; their data is its name."""
        group = QActionGroup(self._window)
        for name, text, keys in (
            ("chat", _tr("Chat"), "Ctrl+1"),
            ("compare", _tr("Compare"), "Ctrl+2"),
            ("sweep", _tr("Sweep"), "Ctrl+3"),
        ):
            action = group.addAction(self._make(text, keys, name))
            action.setCheckable(True)
            action.setData(name)
        group.actions()[0].setChecked(True)
        return group


def fill_menus(
    window: QMainWindow, actions: Actions, steering: Sequence[QAction], docks: Sequence[QAction]
) -> QMenu:
    """All commands in menus; returns the menu of recent models, empty."""
    bar = window.menuBar()
    own = actions
    file = bar.addMenu(_tr("&File"))
    _fill(file, [own.new_chat, own.rename_chat, own.delete_chat, own.bin])
    _fill(file, [None, own.export_chat, own.import_chats])
    _fill(file, [None, own.find, own.search, None, own.settings, None, own.quit])
    model = bar.addMenu(_tr("&Model"))
    _fill(model, [own.open_model, own.open_file, own.connect_server, own.demo_model])
    recent = model.addMenu(_tr("Recent models"))
    _fill(model, [own.export, None, own.reload_model, own.close_model])
    answer = bar.addMenu(_tr("&Answer"))
    _fill(answer, [own.stop, None, own.resteer, own.again, own.new_seed, own.go_on])
    _fill(answer, [None, own.previous, own.next, own.tree, own.delete_version])
    _fill(answer, [None, own.keep_reply, own.vote_up, own.vote_down])
    _fill(answer, [None, own.edit_last, own.copy_reply, own.copy_chat])
    _fill(answer.addMenu(_tr("Copy as")), list(own.copies.values()))
    _fill(answer, [None, own.batch])
    _fill(bar.addMenu(_tr("&Steering")), list(steering))
    view = bar.addMenu(_tr("&View"))
    _fill(view, [*own.views.actions(), None])
    _fill(view, [own.sidebar, own.prompt, None, *docks, None])
    _fill(view, [own.larger, own.smaller, own.normal, None])
    _fill(view.addMenu(_tr("Appearance")), list(own.schemes.actions()))
    _fill(bar.addMenu(_tr("&Help")), [own.palette, own.keys, own.tour, own.about])
    return recent


def all_actions(window: QMainWindow) -> list[QAction]:
    """Every command that stands in a menu, in menu order."""
    found: list[QAction] = []
    menus = [action.menu() for action in window.menuBar().actions()]
    while menus:
        menu = menus.pop(0)
        if not isinstance(menu, QMenu):
            continue
        for action in menu.actions():
            if action.menu() is not None:
                menus.append(action.menu())
            elif not action.isSeparator():
                found.append(action)
    return found


def _fill(menu: QMenu, actions: Sequence[QAction | None]) -> None:
    for action in actions:
        if action is None:
            menu.addSeparator()
        else:
            menu.addAction(action)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Actions", text)
