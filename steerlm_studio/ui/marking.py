"""What a user thinks of the replies of the open conversation, put into them and kept."""

from PySide6.QtCore import QObject

from steerlm_studio.ui.chat import Answer
from steerlm_studio.ui.compare.comparing import Comparing
from steerlm_studio.ui.conversing import Conversing
from steerlm_studio.ui.frame import Frame
from steerlm_studio.ui.keeping import Keeping
from steerlm_studio.ui.session import Session


class Marking(QObject):
    """Votes and “keep” are on the disk at once, a note while it is typed."""

    def __init__(
        self,
        frame: Frame,
        session: Session,
        keeping: Keeping,
        conversing: Conversing,
        comparing: Comparing,
    ) -> None:
        super().__init__(frame)
        self._frame, self._session = frame, session
        self._keeping, self._conversing = keeping, conversing
        transcript, actions = frame.page.transcript, frame.actions
        transcript.keep_requested.connect(self.keep)
        for view in (transcript, comparing):
            view.marked.connect(lambda answer: keeping.keep(session.chat))
            view.noted.connect(lambda answer: keeping.keep_soon(session.chat))
        actions.keep_reply.triggered.connect(self._keep_last)
        actions.vote_up.triggered.connect(lambda: self._vote_last(1))
        actions.vote_down.triggered.connect(lambda: self._vote_last(-1))

    def keep(self, answer: Answer) -> None:
        """Choose it among its versions, or take that back."""
        self._session.chat.holding(answer).keep(answer, not answer.kept)
        self._conversing.changed.emit()

    def _keep_last(self) -> None:
        last = self._session.chat.last
        if last is not None and last.text.strip() and not last.is_running:
            self.keep(last)

    def _vote_last(self, vote: int) -> None:
        last = self._session.chat.last
        if last is not None:
            last.vote = 0 if last.vote == vote else vote
            self._conversing.changed.emit()
