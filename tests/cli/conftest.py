"""What commands are tested with beside the demo model."""

import pytest

from tests.engine import tiny


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory):
    """A random model in a file."""
    return tiny.write(tmp_path_factory.mktemp("cli") / "tiny.gguf")
