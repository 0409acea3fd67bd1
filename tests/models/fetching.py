"""What the tests of downloads fetch."""

from pathlib import Path

from steerlm_studio.models.address import Address
from steerlm_studio.models.transfer import Patience

ADDRESS = Address("ada/steer", "steer-Q8_0.gguf")
SIZE = 300_000
QUICK = Patience(attempts=4, first=0.01, longest=0.02)


def read(messages):
    """The file that a download ended with."""
    return Path(messages[-1].path).read_bytes()
