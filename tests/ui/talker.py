"""The real window at work, telling what it has kept. Run as a module; it is meant to be killed.

It asks the demo model one question after the other and types a draft while the replies stream.
"""

import itertools
import json
import sys

from PySide6.QtWidgets import QApplication

from steerlm_studio import resources
from steerlm_studio.store.health import open_store
from steerlm_studio.store.store import default_path
from steerlm_studio.ui.chat import Chat
from steerlm_studio.ui.settings import settings
from steerlm_studio.ui.theme import Theme
from steerlm_studio.ui.window import MainWindow


def told(**event: object) -> None:
    print(json.dumps(event), flush=True)


class Talker:
    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.numbers = itertools.count()
        self.keep = window.keeping.keep
        window.keeping.keep = self.keep_and_tell  # type: ignore[method-assign]
        window.engine.ready.connect(self.ask)
        window.engine.stepped.connect(self.type)
        window.answering.run_ended.connect(lambda answers: answers and self.ask())

    def keep_and_tell(self, chat: Chat) -> bool:
        is_kept = self.keep(chat)
        if is_kept and chat.stored is not None:
            turns = {}
            for answer in chat.path():
                if answer.stored is not None:
                    kept = answer.text[: answer.stored.length]
                    turns[answer.stored.id] = (answer.question, kept, answer.stored.finish)
            told(open=chat.stored.id, draft=chat.stored.draft, turns=turns)
        return is_kept

    def ask(self) -> None:
        number = next(self.numbers)
        if number % 3 == 2:
            self.window.conversing.start_new()
        self.window.ask(f"What is tea? ({number})")

    def type(self) -> None:
        self.window.page.composer.set_text(f"draft {next(self.numbers)}")


def main() -> int:
    app = QApplication(["talker"])
    window = MainWindow(Theme(app), settings(), ["--threads=1"], open_store(default_path()))
    window.show()
    told(restored=window.session.chat.id, draft=window.page.composer.text())
    window.last_model.load_at_start(resources.demo_model())
    told(held_back=not window.engine.is_running)
    window.open_model(resources.demo_model())
    told(engine=window.engine.process_id)
    talker = Talker(window)
    result = app.exec()
    del talker
    return result


if __name__ == "__main__":
    sys.exit(main())
