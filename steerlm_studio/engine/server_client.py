"""An engine whose model is on a server, for the command line."""

import os
from collections import deque

from steerlm_studio.child import child_command
from steerlm_studio.engine.client import Engine
from steerlm_studio.outcome import KEPT_LINES
from steerlm_studio.server_key import VARIABLE


class ServerEngine(Engine):
    """Asks the server at `url`; `concurrency` is how many requests go to it at a time."""

    def __init__(self, url: str, *, model: str = "", key: str = "", concurrency: int = 8) -> None:
        options = [f"--model={model}", f"--concurrency={concurrency}"]
        self._command = child_command("steerlm_studio.engine.remote", *options, "--", url)
        self._environment = {**os.environ, VARIABLE: key}
        self._loading = lambda fraction: None
        self._run = 0
        self._log = deque(maxlen=KEPT_LINES)
