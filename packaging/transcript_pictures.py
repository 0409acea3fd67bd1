"""Take the pictures of transcripts going out and coming in, for docs/transcripts.md.

    python packaging/transcript_pictures.py docs/images

Needs a display; the web page is only taken where there is a Chromium.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PySide6.QtCore import QEventLoop, QLocale, QSettings, Qt, QTimer
from PySide6.QtWidgets import QApplication, QDialog

from steerlm_studio.protocol import Sampling
from steerlm_studio.steer.steering import DEFAULT
from steerlm_studio.store.health import open_store
from steerlm_studio.store.records import Asked, Setup
from steerlm_studio.store.store import Store
from steerlm_studio.store.transcripts.options import Options
from steerlm_studio.store.transcripts.out import FORMATS, write_file
from steerlm_studio.ui.theme import Theme
from steerlm_studio.ui.transcript_export import TranscriptExportDialog
from steerlm_studio.ui.transcript_import import TranscriptImportDialog
from steerlm_studio.ui.transcript_preview import first_page
from steerlm_studio.ui.transcript_request import TranscriptRequest
from steerlm_studio.ui.translations import install_translations

SETUP = Setup("nemotron-3-8b", "nemotron", Sampling(), "fast", "A SteerLM model", quant="Q8_0")
DRY = (
    "Tea is a drink made by pouring hot water on the leaves of Camellia sinensis. Green tea is "
    "heated soon after picking, black tea is left to oxidize first."
)
FUNNY = (
    "Tea is hot water that has been introduced to some leaves and never got over it. Nations have "
    "been founded, and at least one harbour flavoured, over how strong it should be."
)
SHORT = "A hot drink made from leaves."
ARABIC = "الشاي مشروب ساخن يُصنع من أوراق نبات الشاي، ويشربه الناس في كل مكان تقريبًا."
JAPANESE = "お茶は茶の葉から作られる飲み物です。緑茶、紅茶、烏龍茶などがあります。"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    app = QApplication(["steerlm-studio"])
    install_translations(app, QLocale("en"))
    theme = Theme(app)
    with tempfile.TemporaryDirectory() as home:
        opened = open_store(Path(home) / "transcripts.db")
        store = opened.store
        talk = _talk(store)
        settings = QSettings(f"{home}/settings.ini", QSettings.Format.IniFormat)
        _take_export(store, talk, settings, theme, folder)
        _take_import(store, settings, theme, folder, Path(home))
        _take_files(store, talk, folder, Path(home))
        opened.close()
    return 0


def _talk(store: Store) -> int:
    """A comparison of three, and two turns in other scripts."""
    talk = store.create()
    three = [_reply(store, talk, None, "What is tea?", text, **told) for text, told in (
        (DRY, {}), (FUNNY, {"humor": 4}), (SHORT, {"verbosity": 0}))]  # fmt: skip
    store.keep(three[1])
    store.vote(three[0], 1)
    arabic = _reply(store, talk, three[1], "ما هو الشاي؟", ARABIC, lang="ar")
    _reply(store, talk, arabic, "お茶とは何ですか。", JAPANESE, lang="ja")
    return talk


def _reply(store: Store, talk: int, after: int | None, question: str, text: str, **told) -> int:
    asked = Asked(question, str(DEFAULT.having(**told)), SETUP, 42)
    (turn,) = store.ask(talk, after, asked)
    store.finish(turn, "stop", reply=text)
    return turn


def _take_export(store: Store, talk: int, settings: QSettings, theme: Theme, folder: Path) -> None:
    dialog = TranscriptExportDialog(store, settings)
    dialog.form.out.folder = Path("/home/ada/Documents")
    dialog.open_for(talk, "What is tea?")
    _grab(dialog, theme, folder / "transcript-export", "pdf")
    dialog.tabs.setCurrentIndex(1)
    _grab(dialog, theme, folder / "transcript-labels", "steerlm", row=1)
    dialog.stop()


def _grab(
    dialog: TranscriptExportDialog, theme: Theme, stem: Path, kind: str, row: int | None = None
) -> None:
    dialog.form.kind.setCurrentIndex(dialog.form.kind.findData(kind))
    schemes = (("light", Qt.ColorScheme.Light), ("dark", Qt.ColorScheme.Dark))
    name, scheme = schemes[0] if row is None else schemes[1]
    theme.set_scheme(scheme)
    _rest(600)
    if row is not None:
        dialog.tabs.setCurrentIndex(1)
        dialog.replies.table.setCurrentCell(row, 0)
    _save(dialog, Path(f"{stem}-{name}.png"))


def _take_import(store: Store, settings: QSettings, theme: Theme, folder: Path, home: Path) -> None:
    path = home / "talks.jsonl"
    good = json.dumps({"prompt": "Why is the sky blue?", "response": "Light scatters."})
    tool = {"role": "tool", "content": "42"}
    lines = (good, '{"text": "no conversation"}', json.dumps({"messages": [tool]}), good[:-9])
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    dialog = TranscriptImportDialog(store, settings)
    dialog.open_for([path])
    theme.set_scheme(Qt.ColorScheme.Light)
    dialog.start.click()
    while dialog.process.is_running:
        _rest(100)
    dialog.files.item(0).setText(f"/home/ada/talks.jsonl  ({path.stat().st_size} bytes)")
    _save(dialog, folder / "transcript-import-light.png")
    dialog.stop()


def _take_files(store: Store, talk: int, folder: Path, home: Path) -> None:
    """The page of a PDF, and the web page in both schemes."""
    options = Options(versions=True, settings=True)
    request = TranscriptRequest("pdf", (talk,), home / "x.pdf", options)
    page = first_page(request, request.records(store))
    assert page is not None
    page.scaledToWidth(760, Qt.TransformationMode.SmoothTransformation).save(
        str(folder / "transcript-pdf.png")
    )
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        print("There is no Chromium: the web page was not taken.")
        return
    out, kind = home / "out.html", FORMATS["html"]
    write_file(out, kind, kind.write([store.conversation(talk)], options))
    for name, scheme in (("light", 1), ("dark", 0)):
        subprocess.run(
            [browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
             "--window-size=1100,860", f"--blink-settings=preferredColorScheme={scheme}",
             f"--screenshot={(folder / f'transcript-page-{name}.png').resolve()}", out.as_uri()],
            check=True, capture_output=True,
        )  # fmt: skip


def _save(dialog: QDialog, path: Path) -> None:
    _rest(400)
    dialog.grab().save(str(path))


def _rest(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


if __name__ == "__main__":
    sys.exit(main())
