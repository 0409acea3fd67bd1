"""What an export is asked for, where its file fits, and how its pace is told."""

from pathlib import Path

import pytest

from steerlm_studio.ui.export_job import Pace
from steerlm_studio.ui.export_machine import Machine
from steerlm_studio.ui.export_request import BUILT_IN, ExportRequest, Weighing
from steerlm_studio.ui.export_running import amounts_text


@pytest.mark.parametrize(
    ("needed", "memory", "gpu", "place"),
    [
        (5, 16, 0, "memory"),
        (15, 16, 0, "nowhere"),
        (5, 16, 24, "gpu"),
        (5, 16, 5, "partly"),
        (20, 16, 8, "partly"),
        (40, 16, 8, "nowhere"),
    ],
)
def test_where_a_file_fits(needed: int, memory: int, gpu: int, place: str):
    assert Machine(memory << 30, gpu << 30, "GPU").place(needed << 30) == place


def test_the_command_has_its_options_before_the_paths():
    request = ExportRequest(Path("-x.nemo"), Path("/o"), "-n", ("Q8_0", "F32"), "mit")
    words = request.sizes_command()
    assert words[-3:] == ["--", "-x.nemo", "/o/-n.gguf"]
    assert {"--dry-run", "--json", "--name=-n"} <= set(words[: words.index("--")])
    weighed = ExportRequest(Path("a"), Path("o"), "n", ("F32",), "", Weighing(text=BUILT_IN))
    assert "--calibrate=built-in" in weighed.command()
    assert weighed.command()[-1] == "o/n-F32.gguf"


def test_the_pace_is_told_in_one_line():
    pace = Pace("writing", "blk.0", 10**9, 3 * 10**9, 10**8)
    assert amounts_text(pace) == "1.0 GB of 3.0 GB · 100.0 MB a second · 20 s left"
    assert amounts_text(Pace("writing", "", 0, 10**9)).endswith("· … left")
