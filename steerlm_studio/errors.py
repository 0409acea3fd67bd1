"""The errors a user may see, as sentences; everything else is a bug."""


class StudioError(Exception):
    """One or two sentences for the user: what happened, why, and what to do next.

    `detail` is what helps a report (a trace, a child's last lines), shown folded.
    """

    def __init__(self, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.detail = detail
