"""Conversations and replies as text for the clipboard, and as a file that is dragged."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QUrl

from steerlm_studio.errors import StudioError
from steerlm_studio.steer.template import text_of
from steerlm_studio.store.records import StoredConversation, StoredTurn
from steerlm_studio.store.store import Store
from steerlm_studio.store.transcripts.options import Options
from steerlm_studio.store.transcripts.out import FORMATS, write_file
from steerlm_studio.store.transcripts.snippets import SNIPPETS, prompt
from steerlm_studio.ui.transcript_request import file_name

_DRAGGED = "markdown"


def conversation_text(record: StoredConversation) -> str:
    """The open path, as Markdown."""
    return "".join(FORMATS["markdown"].write([record], Options()))


def reply_text(record: StoredConversation, turn: StoredTurn, name: str) -> str:
    """`name` is one of `reply_menu.copies`."""
    if name == "prompt":
        return text_of(prompt(record, turn))
    return SNIPPETS[name](record, turn)


def turn_of(record: StoredConversation, number: int | None) -> StoredTurn:
    """Raises StudioError when it was deleted meanwhile."""
    found = next((turn for turn in record.turns if turn.id == number), None)
    if found is None:
        raise StudioError("This reply is not there any more, so nothing of it can be copied.")
    return found


def dragged(store: Store, conversations: Sequence[int], folder: Path) -> QMimeData:
    """A Markdown file for each, written into `folder`, and their text. Raises StudioError."""
    kind = FORMATS[_DRAGGED]
    urls, texts = [], []
    for number in conversations:
        record = store.conversation(number)
        place = folder / str(number)
        place.mkdir(exist_ok=True)
        path = place / file_name(record.title, kind.suffix)
        write_file(path, kind, kind.write([record], Options()))
        urls.append(QUrl.fromLocalFile(str(path)))
        texts.append(conversation_text(record))
    data = QMimeData()
    data.setUrls(urls)
    data.setText("\n".join(texts))
    return data
