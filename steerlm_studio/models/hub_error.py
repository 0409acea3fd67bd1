"""The error of everything that has to do with the hub."""

from typing import Literal

from steerlm_studio.errors import StudioError

Kind = Literal[
    "gated", "missing", "offline", "proxy", "network", "hub", "disk", "checksum", "busy", "other"
]


class HubError(StudioError):
    """A sentence about the hub; `kind` tells a window what to offer, `link` where to go."""

    def __init__(
        self, message: str, kind: Kind = "other", *, link: str = "", detail: str = ""
    ) -> None:
        super().__init__(message, detail)
        self.kind: Kind = kind
        self.link = link
