"""Commands that are asked to end, wherever they are at that moment."""

import os
import signal
import sqlite3
from contextlib import closing

import pytest

from steerlm_studio.cli.ending import ended_cleanly


def _asked_within_sqlite(number: int) -> None:
    with closing(sqlite3.connect(":memory:")) as connection, ended_cleanly():
        connection.create_function("end", 0, lambda: os.kill(os.getpid(), number))
        connection.execute("SELECT end()")


def test_a_kill_while_sqlite_calls_a_function_of_ours_is_no_error_of_the_disk():
    """An import that was asked to end said that the conversations could not be read."""
    with pytest.raises(SystemExit) as ended:
        _asked_within_sqlite(signal.SIGTERM)
    assert ended.value.code == 143


def test_so_is_an_interrupt():
    with pytest.raises(KeyboardInterrupt):
        _asked_within_sqlite(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_other_errors_stay_what_they_are():
    with pytest.raises(ZeroDivisionError), ended_cleanly():
        print(1 / 0)
