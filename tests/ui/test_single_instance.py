"""A second start gives its files to the window that is there, even one that was killed before."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pytestqt.qtbot import QtBot

from steerlm_studio.ui.single_instance import SingleInstance

FIRST = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from steerlm_studio.ui.single_instance import SingleInstance
app = QCoreApplication([])
instance = SingleInstance(Path(sys.argv[1]))
instance.files_arrived.connect(lambda files: print(*files, sep=";", flush=True))
print(instance.claim(), flush=True)
app.exec()
"""


@contextmanager
def first_window(folder: Path) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-c", FIRST, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout.readline() == "True\n"
            yield process
        finally:
            process.kill()


def test_the_second_hands_its_files_to_the_first(tmp_path: Path, qtbot: QtBot):
    with first_window(tmp_path) as first:
        second = SingleInstance(tmp_path)
        assert not second.claim()
        assert second.hand_over([tmp_path / "a model é.gguf"])
        assert first.stdout.readline() == f"{tmp_path / 'a model é.gguf'}\n"


def test_a_killed_window_is_not_in_the_way(tmp_path: Path, qtbot: QtBot):
    with first_window(tmp_path) as first:
        first.kill()
    second = SingleInstance(tmp_path)
    assert second.claim()
    second.release()


def test_a_window_that_does_not_answer_does_not_keep_the_second_from_starting(
    tmp_path: Path, qtbot: QtBot
):
    with first_window(tmp_path) as first:
        second = SingleInstance(tmp_path)
        assert not second.claim()
        first.kill()
        first.wait()
        assert not second.hand_over([])


def test_another_data_folder_is_another_window(tmp_path: Path, qtbot: QtBot):
    one, other = SingleInstance(tmp_path / "one"), SingleInstance(tmp_path / "other")
    assert one.claim()
    assert other.claim()
    one.release()
    other.release()


def test_nonsense_on_the_socket_does_no_harm(tmp_path: Path, qtbot: QtBot):
    instance = SingleInstance(tmp_path)
    assert instance.claim()
    code = (
        "import socket, sys; s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); "
        "s.sendall(b'{]\\n'); print(s.recv(9))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, instance._socket], stdout=subprocess.PIPE, text=True
    ) as stranger:
        qtbot.waitUntil(lambda: stranger.poll() is not None)
        assert stranger.stdout.read() == "b''\n"
    instance.release()
