"""What each action of the menus does in the window."""

from functools import partial
from typing import TYPE_CHECKING

from steerlm_studio import resources
from steerlm_studio.ui.dialogs import show_about, show_keys

if TYPE_CHECKING:
    from steerlm_studio.ui.window import MainWindow


def connect_actions(window: "MainWindow") -> None:
    """Those of the panels' own state are connected by their panels."""
    actions, conversing = window.frame.actions, window.conversing
    actions.new_chat.triggered.connect(conversing.start_new)
    actions.open_model.triggered.connect(lambda: window.opening.open())
    actions.open_file.triggered.connect(window.opening.choose_file)
    actions.connect_server.triggered.connect(lambda: window.connecting.open())
    actions.export.triggered.connect(lambda: window.exporting.open())
    actions.demo_model.triggered.connect(lambda: window.open_model(resources.demo_model()))
    actions.reload_model.triggered.connect(window.loading.start_again)
    actions.close_model.triggered.connect(window.close_model)
    actions.quit.triggered.connect(window.close)
    actions.previous.triggered.connect(lambda: conversing.step_last_version(-1))
    actions.next.triggered.connect(lambda: conversing.step_last_version(1))
    actions.rename_chat.triggered.connect(window.frame.conversations.rename_current)
    actions.delete_chat.triggered.connect(conversing.delete_shown)
    actions.edit_last.triggered.connect(window.page.edit_last)
    actions.delete_version.triggered.connect(conversing.delete_last_version)
    actions.go_on.triggered.connect(lambda: window.answering.go_on())
    actions.batch.triggered.connect(lambda: window.batching.open())
    actions.export_chat.triggered.connect(window.transferring.open_export)
    actions.import_chats.triggered.connect(lambda: window.transferring.open_import())
    actions.copy_chat.triggered.connect(window.transferring.copy_conversation)
    for name, action in actions.copies.items():
        action.triggered.connect(partial(window.transferring.copy_last_as, name))
    actions.find.triggered.connect(window.viewing.find)
    actions.bin.triggered.connect(lambda: window.shelving.open_bin())
    actions.tree.triggered.connect(lambda: window.branching.open_tree())
    actions.search.triggered.connect(window.frame.conversations.search)
    actions.settings.triggered.connect(window.preferring.open_dialog)
    actions.tour.triggered.connect(window.viewing.begin_tour)
    actions.copy_reply.triggered.connect(conversing.copy_last)
    actions.keys.triggered.connect(lambda: show_keys(window, window.page.composer.input.send_key))
    actions.about.triggered.connect(lambda: show_about(window))
