"""The child that makes a PDF: lines of `store.transcripts.paper` on stdin, a file out.

    python -m steerlm_studio.ui.pdf PATH

It needs no display. Without the `end` line (the parent died) no file stays.
"""

import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QFile, QIODevice, QMarginsF
from PySide6.QtGui import QGuiApplication, QPageLayout, QPageSize, QPainter, QPdfWriter

from steerlm_studio.ui.paper import SIDE, TOP, Paper
from steerlm_studio.ui.text_safety import shown

_DOTS = 1200  # per inch


def main(arguments: list[str]) -> int:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    app = QGuiApplication(["steerlm-studio"])
    path = Path(arguments[0])
    file = QFile(str(path))
    if not file.open(QIODevice.OpenModeFlag.WriteOnly):
        return _failed(file.errorString())
    pages = _print(file, sys.stdin.buffer)
    file.close()
    del app
    if pages and _ends_as_pdf(path):
        return 0
    path.unlink(missing_ok=True)
    if pages is None:
        return _failed("what it is made of broke off")
    return _failed("the disk is full" if pages else "there is nothing to print")


def _failed(reason: str) -> int:
    print(reason, file=sys.stderr)
    return 1


def _print(file: QIODevice, lines: Iterable[bytes]) -> int | None:
    """How many pages there are; None when the lines did not come to their end."""
    writer, painter = _writer(file), QPainter()
    paper = Paper(painter, writer, writer.newPage)
    try:
        for line in lines:
            item = json.loads(line)
            if "end" in item:
                return paper.pages
            if not painter.isActive():
                writer.setTitle(shown(item.get("title", "")))
                painter.begin(writer)
            paper.add(item)
        return None
    finally:
        painter.end()


def _writer(file: QIODevice) -> QPdfWriter:
    writer = QPdfWriter(file)
    writer.setCreator("SteerLM Studio")
    writer.setResolution(_DOTS)
    size, margins = QPageSize(QPageSize.PageSizeId.A4), QMarginsF(SIDE, TOP, SIDE, 0)
    portrait, unit = QPageLayout.Orientation.Portrait, QPageLayout.Unit.Millimeter
    writer.setPageLayout(QPageLayout(size, portrait, margins, unit))
    return writer


def _ends_as_pdf(path: Path) -> bool:
    """A full disk cuts the end off."""
    with path.open("rb") as file:
        file.seek(-min(64, path.stat().st_size), os.SEEK_END)
        return b"%%EOF" in file.read()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
