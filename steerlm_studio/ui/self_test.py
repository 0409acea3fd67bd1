"""The window's part of `--self-test`: the real window, without a screen, answers a question."""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, QSettings, QTimer
from PySide6.QtWidgets import QApplication

from steerlm_studio import resources
from steerlm_studio.folders import APP
from steerlm_studio.ui.theme import Theme
from steerlm_studio.ui.window import MainWindow

_SECONDS = 120
_EVERY = 20  # ms between two looks


def main() -> int:
    """Print what was seen; 1 and a reason on stderr when the window does not answer."""
    app = QApplication([APP])
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "window.ini"
        window = MainWindow(Theme(app), QSettings(str(file), QSettings.Format.IniFormat))
        window.show()
        try:
            print(_talk(window))
        except (TimeoutError, RuntimeError) as error:
            print(error, file=sys.stderr)
            return 1
        finally:
            window.close()
    return 0


def _talk(window: MainWindow) -> str:
    """What was answered. Raises RuntimeError with what the window says when it cannot."""
    wrong: list[str] = []
    window.loading.said.connect(lambda sentence: wrong.append(sentence))
    window.open_model(resources.demo_model())
    _wait(lambda: window.loading.is_ready or bool(wrong), "the demo model was not loaded")
    if wrong:
        raise RuntimeError(wrong[0])
    window.ask("What is tea?")
    _wait(lambda: not _is_answering(window), "there was no answer")
    answer = window.session.chat.last
    words = len(answer.text.split()) if answer else 0
    if answer is None or answer.finish != "stop" or not words:
        raise TimeoutError(f"the answer is {answer}")
    return f"the window showed an answer of {words} words"


def _is_answering(window: MainWindow) -> bool:
    last = window.session.chat.last
    return last is None or last.is_running


def _wait(until: Callable[[], bool], otherwise: str) -> None:
    """Let the window work. Raises TimeoutError with `otherwise`."""
    loop, patience, look = QEventLoop(), QTimer(), QTimer()
    look.timeout.connect(lambda: loop.quit() if until() else None)
    patience.setSingleShot(True)
    patience.timeout.connect(loop.quit)
    look.start(_EVERY)
    patience.start(_SECONDS * 1000)
    if not until():
        loop.exec()
    if not until():
        raise TimeoutError(f"{otherwise} in {_SECONDS} s")


if __name__ == "__main__":
    sys.exit(main())
