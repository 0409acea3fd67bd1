"""What leaves in files is harmless wherever it is opened."""

import csv

import pytest

from steerlm_studio.protocol import Sampling
from steerlm_studio.steer.steering import DEFAULT
from steerlm_studio.steer.sweep import Axis, Sweep
from steerlm_studio.ui.chat import Answer
from steerlm_studio.ui.sweep.file import as_csv


@pytest.mark.parametrize(
    ("reply", "cell"),
    [
        ('=HYPERLINK("http://x", "y")', """'=HYPERLINK("http://x", "y")"""),
        ("+1", "'+1"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\x00=1+1", "'\x00=1+1"),
        ("1 = 1", "1 = 1"),
    ],
)
def test_a_reply_is_no_formula_in_a_spreadsheet(reply: str, cell: str):
    """A model may write what runs when the table is opened."""
    sweep = Sweep(DEFAULT, Axis("humor", (0,)))
    (row,) = csv.DictReader(
        as_csv(sweep, [Answer("Why?", DEFAULT, Sampling(), reply)]).splitlines()
    )
    assert row["text"] == cell
