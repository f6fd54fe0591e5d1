"""Which time a report is about: read from words, in the site's time zone."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from ivr.model.days import midnight
from ivr.model.errors import UserError

LAST = re.compile(r"([1-9][0-9]{0,4})([hdw])")
UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
FORMATS = ("%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M")
HELP = "write 2026-11-27, '2026-11-27 08:00', today or yesterday"


@dataclass(frozen=True)
class Span:
    """`begin` <= a moment < `end`, in UTC epoch seconds."""

    begin: float
    end: float
    zone: ZoneInfo

    @property
    def before(self) -> "Span":
        """The same time just before: of whole days, as many days."""
        begin = datetime.fromtimestamp(self.begin, self.zone).replace(tzinfo=None)
        end = datetime.fromtimestamp(self.end, self.zone).replace(tzinfo=None)
        length = max(end - begin, timedelta(seconds=1))
        if begin.time() == datetime.min.time():
            # A day that has only begun is held against the same hours of the day before.
            length = timedelta(days=-(-length // timedelta(days=1)))
        return Span(_epoch(begin - length, self.zone), _epoch(end - length, self.zone), self.zone)

    def told(self, at: float) -> str:
        return datetime.fromtimestamp(at, self.zone).strftime("%Y-%m-%d %H:%M")

    def __str__(self) -> str:
        return f"{self.told(self.begin)} to {self.told(self.end)} ({self.zone.key})"


def read_span(begin: str, end: str, last: str, now: float, zone: ZoneInfo) -> Span:
    """From what was asked for; without anything, today so far. UserError for what is no time."""
    if last and (begin or end):
        raise UserError("--last is the time up to now: leave out --from and --to, or --last")
    if last:
        found = LAST.fullmatch(last)
        if found is None:
            raise UserError(f"--last {last!r} is no length; write 12h, 7d or 4w")
        return Span(now - (int(found[1]) * UNITS[found[2]]).total_seconds(), now, zone)
    today = midnight(now, zone).replace(tzinfo=None)
    first = _moment("--from", begin or "today", today)
    until = _epoch(_moment("--to", end, today), zone) if end else now
    span = Span(_epoch(first, zone), min(until, now), zone)
    if span.begin >= now:
        raise UserError(f"--from {begin}: that time has not come yet")
    if span.begin >= span.end:
        raise UserError("--to has to be later than --from; a day alone means its midnight")
    return span


def _moment(option: str, text: str, today: datetime) -> datetime:
    """`today`: its midnight."""
    if text == "today":
        return today
    if text == "yesterday":
        return today - timedelta(days=1)
    for form in FORMATS:
        try:
            return datetime.strptime(text, form)
        except ValueError:
            continue
    raise UserError(f"{option} {text!r} is no time; {HELP}")


def _epoch(local: datetime, zone: ZoneInfo) -> float:
    return local.replace(tzinfo=zone).timestamp()
