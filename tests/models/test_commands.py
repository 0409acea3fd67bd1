import subprocess
import sys

from steerlm_studio.cli.main import parser
from steerlm_studio.models import commands
from steerlm_studio.models.address import Address

LIGHT = (
    "address catalog commands defaults hub_error library licences progress quant readable summary "
    "unfinished"
)


def test_a_window_can_import_what_it_needs_without_the_hubs_library():
    names = [f"steerlm_studio.models.{name}" for name in LIGHT.split()]
    asks = f"import sys, {', '.join(names)}; sys.exit('huggingface_hub' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asks]).returncode == 0


def test_every_command_of_a_window_is_understood():
    for command in (
        commands.list_command(),
        commands.search_command("--steer"),
        commands.show_command("ada/steer"),
        commands.login_command(),
    ):
        assert command[1:3] == ["-m", "steerlm_studio"]
        assert parser("models").parse_args(command[3:]).json


def test_a_download_names_its_file_and_version():
    command = commands.download_command(Address("ada/steer", "m.gguf", "v2"))
    assert command[3:] == ["ada/steer", "m.gguf", "--revision", "v2"]
