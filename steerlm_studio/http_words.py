"""What HTTP says, read in one way by hub and servers: how long to wait, where without a login."""

import email.utils
import re
import time


def seconds_in(retry_after: str) -> float | None:
    """A Retry-After header, seconds or a date, as seconds from now; None where it is neither."""
    try:
        return max(0.0, float(retry_after))
    except ValueError:
        pass
    try:
        until = email.utils.parsedate_to_datetime(retry_after)
        return max(0.0, until.timestamp() - time.time())
    except (ValueError, OverflowError):
        return None


def without_login(url: str) -> str:
    """The address without a name and a password."""
    return re.sub(r"//[^/@\s]+@", "//", url)
