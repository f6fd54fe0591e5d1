"""What a caller presses, put together from the two ways in which Asterisk tells of it."""

ANY_KEY = "0123456789*#ABC"

WAKE_UP_KEY = "D"
"""A DTMF digit without a key on any telephone: no caller can press it."""

END_KEY = "#"
"""Ends a number that is typed."""

KEYS_MAX = 32
"""Keys remembered while nobody asks for them; further ones are dropped."""

REPORT_S = 30.0
"""A key that answered a command is reported by AMI, too; not later than this, even when a snapshot
is being taken or a flood of events comes. A report that is lost with the link costs at the most the
same key pressed in line within this time."""


OURS_S = 1.0
"""A key pressed by us that ended nothing so soon fell between two commands."""


class PressedKeys:
    """Every key once, in the order in which they were pressed.

    An AGI command that asks answers with a key, but what comes between two commands Asterisk throws
    away: who types fast, or meets a server that is slow for a moment, would lose some. AMI reports
    every key, a moment before the answer or after it. Times are seconds of any steady clock.
    """

    def __init__(self) -> None:
        # Of text, as a deque takes 0.6 KiB and thousands may wait in line.
        self._keys = ""
        self._deaf = 0
        """So many of them, the oldest, were pressed while nothing was asked."""
        self._due = ""
        """Keys that answered and are not reported yet."""
        self._due_until = 0.0
        self._ours = ""
        """Keys that were pressed by us and ended no command yet."""
        self._ours_until = 0.0

    def reported(self, key: str, now: float) -> bool:
        """AMI tells of a key; whether it is news."""
        self._forget_due(now)
        if key in self._due:
            self._due = self._due.replace(key, "", 1)
            return False
        self._append(key)
        return True

    def answered(self, keys: str, now: float) -> None:
        """A command answers with a key, or with those of a number: the last ones that were pressed.

        What was reported before stands among the keys already, in this order.
        """
        self._forget_due(now)
        place = self._deaf
        for key in keys:
            if key in self._ours:
                self._ours = self._ours.replace(key, "", 1)
                continue
            found = self._keys.find(key, place)
            if found < 0:
                found = len(self._keys)
                self._append(key)
                self._due += key
                self._due_until = now + REPORT_S
            place = found + 1

    def pressed_by_us(self, key: str, now: float) -> None:
        """A key that is to end a command will be reported as well, and is nobody's answer: of this
        command, or, if it comes too late for that, of the next."""
        self._ours += key
        self._ours_until = now + OURS_S
        self._due += key
        self._due_until = now + REPORT_S

    def are_enough(self, count: int, keys: str) -> bool:
        """Whether a question is answered that ends with so many keys, or with one of `keys`."""
        typed = self._keys[self._deaf :]
        return len(typed) >= count or any(key in keys for key in typed)

    def first(self) -> str:
        """The oldest one, which is used up thereby; or `""`."""
        key, self._keys = self._keys[:1], self._keys[1:]
        self._deaf = max(0, self._deaf - 1)
        return key

    def typed(self, keys: str = ANY_KEY) -> str:
        """The oldest one of `keys` that was pressed for a question; or `""`.

        All before it are used up, too: they are no answers.
        """
        typed = self._keys[self._deaf :]
        place = next((place for place, key in enumerate(typed) if key in keys), len(typed))
        self._keys, self._deaf = typed[place + 1 :], 0
        return typed[place : place + 1]

    def typed_until(self, end: str, count: int) -> str:
        """So many of the oldest ones pressed for a question, or fewer, the last one being `end`."""
        typed = ""
        while len(typed) < count and not typed.endswith(end) and (key := self.typed()):
            typed += key
        return typed

    def ignore(self) -> None:
        """What was pressed up to now answers no question any more."""
        self._deaf = len(self._keys)

    def forget(self) -> None:
        """What was pressed up to now means nothing any more."""
        self._keys, self._deaf = "", 0

    def _forget_due(self, now: float) -> None:
        if now > self._due_until:
            self._due = ""
        if now > self._ours_until:
            self._ours = ""

    def _append(self, key: str) -> None:
        if len(self._keys) == KEYS_MAX and self._deaf:
            self.first()
        if len(self._keys) < KEYS_MAX:
            self._keys += key
