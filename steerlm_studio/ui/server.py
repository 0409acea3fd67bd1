"""A model on a server, as the window knows it."""

from dataclasses import dataclass, field

from PySide6.QtCore import QSettings

from steerlm_studio.child import child_command
from steerlm_studio.server_key import VARIABLE

_RECENT, _MOST = "servers/recent", 8


@dataclass(frozen=True)
class Server:
    """`model` is its name there, "" where there is only one. The key is never written down."""

    url: str
    model: str = ""
    concurrency: int = 8
    key: str = field(default="", repr=False)

    def command(self) -> list[str]:
        """What starts the engine that asks this server."""
        options = [f"--model={self.model}", f"--concurrency={self.concurrency}"]
        return child_command("steerlm_studio.engine.remote", *options, "--", self.url)

    def arguments(self) -> list[str]:
        """The same for a command of ours."""
        names = [f"--server={self.url}", f"--server-model={self.model}"]
        return [*names, f"--concurrency={self.concurrency}"]

    def environment(self) -> dict[str, str]:
        """How the key reaches a child: other users see command lines, and not this."""
        return {VARIABLE: self.key}


def recent_servers(settings: QSettings) -> list[str]:
    """Addresses connected to last, the newest first."""
    value = settings.value(_RECENT, [])
    return [str(url) for url in value] if isinstance(value, list) else [str(value)]


def remember_server(settings: QSettings, url: str) -> None:
    others = [known for known in recent_servers(settings) if known != url]
    settings.setValue(_RECENT, [url, *others][:_MOST])
