"""What a supervisor is told is wrong in the house."""

from ivr.service.console.alarms import WORDS, alarms
from ivr.service.overload import REASONS


class Watched:
    alarms = ("somebody able is idle while somebody waits",)


def test_everything_that_is_wrong_is_told_and_nothing_else() -> None:
    assert alarms(Watched(), asterisk_up=True, database_up=True) == list(Watched.alarms)
    found = alarms(Watched(), asterisk_up=False, database_up=False, refusing=("calls", "lag"))
    assert found[0] == Watched.alarms[0]
    assert found[1:3] == [
        "new callers are turned away: as many calls are in the house as the site allows",
        "new callers are turned away: the server is late",
    ]
    assert [alarm.split(" is out of reach")[0] for alarm in found[3:]] == [
        "Asterisk",
        "the journal's database",
    ]


def test_each_reason_has_its_words() -> None:
    assert set(WORDS) == set(REASONS)
