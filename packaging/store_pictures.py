"""Take the pictures of what is kept: the sidebar, a search, the tree of versions, the bin.

    python packaging/store_pictures.py docs/images

Needs a display (`xvfb-run -a -s "-screen 0 1920x1080x24"` gives one).
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from PySide6.QtCore import QEventLoop, QLocale, Qt, QTimer
from PySide6.QtWidgets import QApplication, QDockWidget, QWidget

from steerlm_studio import resources
from steerlm_studio.folders import HOME_VARIABLE
from steerlm_studio.protocol import Sampling
from steerlm_studio.steer.steering import DEFAULT
from steerlm_studio.store.health import open_store
from steerlm_studio.store.records import Asked, Setup, StoredConversation, StoredTurn
from steerlm_studio.store.store import Store, default_path
from steerlm_studio.ui.settings import settings
from steerlm_studio.ui.theme import Theme
from steerlm_studio.ui.translations import install_translations
from steerlm_studio.ui.window import MainWindow

SETUP = Setup("nemotron-3-8b", "nemotron", Sampling(), "fast", "Demo", "", "Q8_0")
TALKS = (
    ("What is tea?", "Tea is a hot drink made by pouring hot water over leaves."),
    ("How do bees make honey?", "Bees gather nectar and fan it until it is thick."),
    ("Why is the sky blue?", "Air scatters short waves of light more than long ones."),
    ("How does a bicycle stay upright?", "It steers itself into each fall."),
    ("What makes volcanoes erupt?", "Gas in the melt wants out, like bubbles in a hot bottle."),
    ("Explain tides to a child.", "The Moon pulls on the sea and makes a hill of water."),
    ("Name a tree for a small garden.", "An amelanchier: blossom, berries, red leaves."),
    ("Write a limerick about rain.", "There once was a cloud over Spain."),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication(["steerlm-studio"])
    install_translations(app, QLocale("en"))
    with tempfile.TemporaryDirectory() as home:
        os.environ[HOME_VARIABLE] = home
        opened = open_store(default_path())
        _fill(opened.store)
        opened.store.close()  # as the end of a killed program does
        opened.claim.release()
        theme = Theme(app)
        window = MainWindow(theme, settings(), ["--threads=1"], open_store(default_path()))
        window.resize(1280, 770)
        window.show()
        _take(window, theme, folder)
        window.close()
    return 0


def _fill(store: Store) -> None:
    now = time.time()
    for number in range(3 * len(TALKS)):
        question, reply = TALKS[number % len(TALKS)]
        told = str(DEFAULT.having(humor=number % 5))
        at = now - 2_000 * number**2
        turn = StoredTurn(1, None, question, reply, told, SETUP, 3, "stop", created=at)
        talk = StoredConversation(0, turns=(turn,), shown=1, created=at, changed=at)
        kept = store.add(talk)
        store.shelf.pin(kept, number == len(TALKS) + 2)
        if number in (3, 9):
            store.shelf.delete(kept)
    _fill_open_one(store)


def _fill_open_one(store: Store) -> None:
    """With versions, and a reply that the end of the program cut."""
    talk = store.create()
    first = _said(store, talk, None, *TALKS[1])
    _said(store, talk, first, "And why?", "To have food in winter, when nothing blooms.")
    why = _said(store, talk, first, "And why?", "Bees have no freezer.", humor=4)
    much = _said(store, talk, why, "How much does one make?", "A twelfth of a spoon.", humor=4)
    _said(store, talk, None, TALKS[1][0], "They fan nectar until it is thick.", verbosity=0)
    store.show(first)
    store.shelf.delete_version(_said(store, talk, much, "Is it healthy?", "It is sugar."))
    (cut,) = store.ask(talk, much, Asked("What do they do with it then?", str(DEFAULT), SETUP, 3))
    store.append({cut: "They store it in cells of wax, and seal each of them with a"})
    store.set_state("open", talk)
    store.set_state("model", {"path": str(resources.demo_model())})


def _said(
    store: Store, talk: int, parent: int | None, question: str, reply: str, **told: int
) -> int:
    (turn,) = store.ask(talk, parent, Asked(question, str(DEFAULT.with_values(told)), SETUP, 3))
    store.finish(turn, "stop", reply=reply)
    return turn


def _take(window: MainWindow, theme: Theme, folder: Path) -> None:
    window.page.tour.hide()
    dock = window.findChild(QDockWidget, "throughput")
    if isinstance(dock, QDockWidget):
        dock.hide()
    window.last_model.load_at_start(resources.demo_model())
    _grab(window, theme, folder / "recovered-light.png", Qt.ColorScheme.Light)
    window.page.banner.dismiss()
    window.frame.conversations.set_search("hot humor>=3")
    _grab(window, theme, folder / "search-dark.png", Qt.ColorScheme.Dark)
    window.frame.conversations.set_search("")
    tree = window.branching.open_tree()
    _grab(tree, theme, folder / "tree-light.png", Qt.ColorScheme.Light)
    tree.close()
    deleted = window.shelving.open_bin()
    _grab(deleted, theme, folder / "bin-dark.png", Qt.ColorScheme.Dark)
    deleted.close()


def _grab(widget: QWidget, theme: Theme, file: Path, scheme: Qt.ColorScheme) -> None:
    theme.set_scheme(scheme)
    loop = QEventLoop()
    QTimer.singleShot(800, loop, loop.quit)
    loop.exec()
    widget.grab().save(str(file))
    print(file, flush=True)


if __name__ == "__main__":
    sys.exit(main())
