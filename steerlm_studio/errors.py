"""The errors a user may see, as sentences; everything else is a bug."""


def piece(words: str) -> str:
    """`words` as they are: a part of a sentence that stands elsewhere, known to translators."""
    return words


class StudioError(Exception):
    """One or two sentences for the user: what happened, why, and what to do next.

    `detail` is what helps a report (a trace, a child's last lines), shown folded.
    """

    def __init__(self, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.detail = detail


class MemoryShort(StudioError):
    """There is not enough memory: bytes that were `needed` and that were `free`, 0 if not known."""

    def __init__(
        self,
        message: str,
        detail: str = "",
        *,
        needed: int = 0,
        free: int = 0,
        on_gpu: bool = False,
    ) -> None:
        super().__init__(message, detail)
        self.needed, self.free, self.on_gpu = needed, free, on_gpu
