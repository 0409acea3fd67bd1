"""Who the hub takes the user for. The token stays in the hub library's own file."""

import contextlib
import sys

import msgspec
from huggingface_hub import login
from huggingface_hub.errors import HfHubHTTPError

from steerlm_studio.models.http import get_token, what_is_at
from steerlm_studio.models.hub import Hub
from steerlm_studio.models.hub_error import HubError
from steerlm_studio.models.hub_words import ERRORS, in_words


class _Account(msgspec.Struct):
    name: str = ""


def account(hub: Hub) -> str:
    """The name of the account whose token is used; empty without a token. Raises HubError."""
    if not get_token():
        return ""
    try:
        said = what_is_at(f"{hub.endpoint}/api/whoami-v2", {}, hub.timeout)
        return msgspec.json.decode(said, type=_Account).name
    except (*ERRORS, msgspec.MsgspecError) as error:
        if isinstance(error, HfHubHTTPError) and error.response.status_code == 401:
            raise _refused(hub) from error
        raise in_words(error, endpoint=hub.endpoint) from error


def log_in(token: str) -> None:
    """Have the token checked by the hub and kept by its library. Raises HubError."""
    hub = Hub()
    try:
        with contextlib.redirect_stdout(sys.stderr):  # it talks about what it does
            login(token=token.strip(), add_to_git_credential=False, skip_if_logged_in=False)
    except (HfHubHTTPError, ValueError) as error:
        if isinstance(error, HfHubHTTPError) and error.response.status_code != 401:
            raise in_words(error, endpoint=hub.endpoint) from error
        raise _refused(hub) from None  # the library's words may hold the token
    except ERRORS as error:
        raise in_words(error, endpoint=hub.endpoint) from error


def _refused(hub: Hub) -> HubError:
    page = hub.page("settings/tokens")
    return HubError(
        f"The hub does not know this token. Make one with the right to read at {page} and log in "
        "with it; an HF_TOKEN that is set goes before the one that is kept.",
        "gated",
        link=page,
    )
