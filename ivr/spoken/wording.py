"""What callers in line and agents picking up are told: a bounded vocabulary, whatever the language.

Everything that may ever be said is known beforehand, so that it is rendered before anybody waits.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import combinations
from math import inf
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

POSITION_MAX = 20
"""Positions are told one by one up to this, beyond it only that it is beyond."""

MINUTES = (1, 2, 3, 5, 10, 15, 20, 30, 45, 60)
"""What waits are rounded to when they are told, outwards: a range never promises too much."""

BEYOND_MIN = 5
"""Without an upper bound, a wait is only told from this many minutes on: below it says nothing."""

MESSAGES_MAX = 20
"""Voice messages are counted up to this, and days since one was left up to DAYS_MAX."""
DAYS_MAX = 14

Phrase = Annotated[str, Field(min_length=1, max_length=200)]
WithN = Annotated[str, Field(max_length=200, pattern=r"\{n\}")]
WithRange = Annotated[str, Field(max_length=200, pattern=r"\{low\}.*\{high\}")]
WithKey = Annotated[str, Field(max_length=200, pattern=r"\{key\}")]
WithName = Annotated[str, Field(max_length=200, pattern=r"\{name\}")]
WithTitle = Annotated[str, Field(max_length=300, pattern=r"\{title\}")]


class Wording(BaseModel):
    """The phrases in one language, each to be replaced in the site file, say for another tone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    position_first: Phrase
    position: WithN
    position_beyond: WithN
    estimate_below_one: Phrase
    estimate_below: WithN
    estimate_about_one: Phrase
    estimate_about: WithN
    estimate_between: WithRange
    estimate_beyond: WithN
    waited_below_one: Phrase
    waited_one: Phrase
    waited: WithN
    waited_beyond: WithN
    accept: WithKey
    apology: Phrase
    """What callers hear when a flow fails."""
    lines_busy: Phrase
    """What a caller who is turned away hears."""
    callback_offer: Phrase
    """What a callback node says before it reads the number out, unless the flow says else."""
    callback_press: Phrase
    """... and after the number: 1 means yes, star no."""
    callback_enter: Phrase
    callback_accepted: Phrase
    callback_refused: Phrase
    callback_question: WithTitle
    """What a customer who picks up is asked: 1 takes the call, 2 cancels."""
    callback_cancelled: Phrase
    directory_name: WithName
    """What a directory node says of each person found; the key to press comes right after it."""
    directory_press: WithKey
    directory_further: Phrase
    """... and after eight of them, when there are more: 9 reads on."""
    directory_again: Phrase
    """... and last: star spells again."""
    voicemail_none: Phrase
    """What an agent who dials `*97` is told."""
    voicemail_new: WithN
    voicemail_new_beyond: WithN
    voicemail_old: WithN
    voicemail_old_beyond: WithN
    voicemail_today: Phrase
    """When a message was left, before the time of day."""
    voicemail_yesterday: Phrase
    voicemail_days: WithN
    voicemail_days_beyond: WithN
    voicemail_caller: Phrase
    """... and before the caller's number."""
    voicemail_unknown: Phrase
    voicemail_keys: Phrase
    voicemail_deleted: Phrase
    voicemail_not_deleted: Phrase
    voicemail_over: Phrase

    def told_position(self, position: int) -> str:
        """The phrase for the caller at this place in line, 1 being the next."""
        if position <= 1:
            return self.position_first
        if position > POSITION_MAX:
            return _with(self.position_beyond, n=POSITION_MAX)
        return _with(self.position, n=position)

    def told_range(self, minutes: "Minutes") -> str:
        """The phrase for a wait still to come; empty when it would say nothing."""
        low, high = minutes.low, minutes.high
        if high == inf:
            return _with(self.estimate_beyond, n=low) if low >= BEYOND_MIN else ""
        if low == 0:
            return self.estimate_below_one if high == 1 else _with(self.estimate_below, n=high)
        if low == high:
            return self.estimate_about_one if low == 1 else _with(self.estimate_about, n=low)
        return _with(self.estimate_between, low=low, high=high)

    def told_wait(self, wait_s: float) -> str:
        """The phrase for a wait that is over, rounded down: to a minute, later more coarsely."""
        minutes = int(wait_s // 60)
        if minutes >= MINUTES[-1]:
            return _with(self.waited_beyond, n=MINUTES[-1])
        if minutes == 0:
            return self.waited_below_one
        if minutes > 10:
            minutes = MINUTES[bisect_right(MINUTES, minutes) - 1]
        return self.waited_one if minutes == 1 else _with(self.waited, n=minutes)

    def accept_by(self, key: str) -> str:
        """What an agent has to do to take the call."""
        return _with(self.accept, key=key)

    def asked(self, title: str) -> str:
        """What a customer called back by the queue of this title is asked."""
        return _with(self.callback_question, title=title)

    def directory_for(self, name: str) -> str:
        """How a person found by name is read out ..."""
        return _with(self.directory_name, name=name)

    def directory_by(self, key: str) -> str:
        """... and the key that chooses this person."""
        return _with(self.directory_press, key=key)

    def told_messages(self, new: int, heard: int) -> list[str]:
        """How many messages there are, to an agent who dials for them."""
        if not new + heard:
            return [self.voicemail_none]
        return [
            _counted(new, self.voicemail_new, self.voicemail_new_beyond, MESSAGES_MAX),
            _counted(heard, self.voicemail_old, self.voicemail_old_beyond, MESSAGES_MAX),
        ]

    def told_days(self, days: int) -> str:
        """The day a message was left, so many days ago."""
        if days <= 1:
            return self.voicemail_yesterday if days == 1 else self.voicemail_today
        return _counted(days, self.voicemail_days, self.voicemail_days_beyond, DAYS_MAX)

    # --- everything that may be said

    def voicemail(self) -> set[str]:
        """But for times and numbers."""
        counts = range(MESSAGES_MAX + 2)
        return {
            self.voicemail_caller,
            self.voicemail_unknown,
            self.voicemail_keys,
            self.voicemail_deleted,
            self.voicemail_not_deleted,
            self.voicemail_over,
            *(phrase for n in counts for phrase in self.told_messages(n, 0)),
            *(phrase for n in counts for phrase in self.told_messages(0, n)),
            *map(self.told_days, range(DAYS_MAX + 2)),
        }

    def positions(self) -> set[str]:
        return {self.told_position(n) for n in range(1, POSITION_MAX + 2)}

    def ranges(self) -> set[str]:
        bounds = (0, *MINUTES)
        pairs = [*combinations(bounds, 2), *((n, n) for n in MINUTES), *((n, inf) for n in bounds)]
        return {self.told_range(Minutes(low, high)) for low, high in pairs} - {""}

    def waits(self) -> set[str]:
        return {self.told_wait(60.0 * n) for n in range(MINUTES[-1] + 1)}


class Rewording(BaseModel):
    """Phrases that a site replaces; those left out stay as they are built in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    position_first: Phrase | None = None
    position: WithN | None = None
    position_beyond: WithN | None = None
    estimate_below_one: Phrase | None = None
    estimate_below: WithN | None = None
    estimate_about_one: Phrase | None = None
    estimate_about: WithN | None = None
    estimate_between: WithRange | None = None
    estimate_beyond: WithN | None = None
    waited_below_one: Phrase | None = None
    waited_one: Phrase | None = None
    waited: WithN | None = None
    waited_beyond: WithN | None = None
    accept: WithKey | None = None
    apology: Phrase | None = None
    lines_busy: Phrase | None = None
    callback_offer: Phrase | None = None
    callback_press: Phrase | None = None
    callback_enter: Phrase | None = None
    callback_accepted: Phrase | None = None
    callback_refused: Phrase | None = None
    callback_question: WithTitle | None = None
    callback_cancelled: Phrase | None = None
    directory_name: WithName | None = None
    directory_press: WithKey | None = None
    directory_further: Phrase | None = None
    directory_again: Phrase | None = None
    voicemail_none: Phrase | None = None
    voicemail_new: WithN | None = None
    voicemail_new_beyond: WithN | None = None
    voicemail_old: WithN | None = None
    voicemail_old_beyond: WithN | None = None
    voicemail_today: Phrase | None = None
    voicemail_yesterday: Phrase | None = None
    voicemail_days: WithN | None = None
    voicemail_days_beyond: WithN | None = None
    voicemail_caller: Phrase | None = None
    voicemail_unknown: Phrase | None = None
    voicemail_keys: Phrase | None = None
    voicemail_deleted: Phrase | None = None
    voicemail_not_deleted: Phrase | None = None
    voicemail_over: Phrase | None = None

    def of(self, built_in: Wording) -> Wording:
        """The phrases in force."""
        return built_in.model_copy(update=self.model_dump(exclude_none=True))


@dataclass(frozen=True)
class Minutes:
    """A range as it is told: 0 or one of MINUTES, up to one of MINUTES or infinity."""

    low: int
    high: float

    @property
    def middle_s(self) -> float:
        """Its middle in seconds; of a range without an upper bound, its lower bound."""
        return 60.0 * (self.low if self.high == inf else (self.low + self.high) / 2)


def rounded(low_s: float, high_s: float) -> Minutes:
    """The range as it is told: the lower bound rounded down, the upper one rounded up."""
    below = bisect_right(MINUTES, low_s / 60)
    above = bisect_left(MINUTES, max(low_s, high_s) / 60)
    return Minutes(
        MINUTES[below - 1] if below else 0, MINUTES[above] if above < len(MINUTES) else inf
    )


def _counted(number: int, up_to: str, beyond: str, most: int) -> str:
    return _with(up_to, n=number) if number <= most else _with(beyond, n=most)


def _with(template: str, **values: float | str) -> str:
    """Plain replacement: the site's text is data, never a format to be evaluated."""
    for name, value in values.items():
        template = template.replace(f"{{{name}}}", str(value))
    return template
