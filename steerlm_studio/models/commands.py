"""What a window starts to ask the hub or to download, so that it never waits itself."""

from steerlm_studio.child import child_command
from steerlm_studio.models.address import Address


def download_command(address: Address) -> list[str]:
    """A child that speaks `progress` messages; see `download_child` for how it is told to end."""
    module = "steerlm_studio.models.download_child"
    return [*child_command(module), address.repo, address.file, "--revision", address.revision]


def list_command() -> list[str]:
    """Answers with one JSON object: models, unfinished, catalogue, folders, recent."""
    return _command("list")


def search_command(words: str) -> list[str]:
    """Answers with {"models": […]} or {"error": {message, detail, kind, link}}."""
    return _command("search", words)


def show_command(model: str) -> list[str]:
    """Answers with card, hub, files, licence, accepted and error."""
    return _command("show", model)


def login_command() -> list[str]:
    """Takes the token as a line on stdin, never as an argument; answers with {"account": name}."""
    return _command("login")


def who_command() -> list[str]:
    """Answers with {"account": name}, empty when nobody is logged in."""
    return [*_command("login"), "--who"]


def _command(action: str, *arguments: str) -> list[str]:
    start = child_command("steerlm_studio", "models", action, "--json")
    return [*start, "--", *arguments] if arguments else start
