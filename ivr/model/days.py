"""Days of a time zone."""

from datetime import datetime
from zoneinfo import ZoneInfo


def midnight(at: float, zone: ZoneInfo) -> datetime:
    """The beginning of the day this moment (epoch seconds) lies in there. Where clocks show
    midnight twice, the first; where they skip it, the moment they do."""
    local = datetime.fromtimestamp(at, zone)
    return local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
