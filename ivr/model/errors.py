"""One class per cause. A message says what is wrong, where, and what to do."""


class IvrError(Exception):
    """The root of every error this project raises on purpose."""


class UserError(IvrError):
    """Somebody can mend this: the command line prints the sentence and exits with 1."""


class CallerGoneError(IvrError):
    """The caller hung up; raised by every port operation that needs the caller.

    Nodes let it pass: the session ends the call and records where it happened.
    """


class TelephonyError(IvrError):
    """The telephony system could not be reached or refused an order."""


class TelephonyDownError(TelephonyError):
    """It could not be reached: whether the order was carried out is not known."""


class MailError(IvrError):
    """A letter was not handed over, or it is not known whether it was.

    `temporary`: surely nobody has it, and the same may go well later.
    """

    def __init__(self, reason: str, *, temporary: bool) -> None:
        super().__init__(reason)
        self.temporary = temporary


class JournalAwayError(IvrError):
    """The journal's database does not answer; later it may."""
