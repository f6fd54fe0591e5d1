"""docs/reliability.md, out of verdicts."""

from collections.abc import Mapping
from pathlib import Path

from tests.chaos.play import Verdict

PAGE = Path("docs/reliability.md")

HEAD = """\
# What breaks, and what it costs

Written by `make chaos`, which plays each fault on a real Asterisk with real phones while everything
goes on at once: somebody listens to a menu, an agent talks and is recorded, a supervisor listens to
them, another agent's phone rings, two callers wait in line, and behind them somebody who hung up is
to be called back. Afterwards all of them are served. What is counted was heard on the phones, or
stands in the journal:

- **calls**: conversations that do not go on, callers who are not served as they should be;
- **places**: callers who stand elsewhere in line than before, by time of entry and by who is served
  when;
- **events**: beginnings without an end in the journal, or ends without a beginning (lost, doubled):
  of calls, places in line, offers, conversations, recordings, call-backs;
- **recordings** that are not whole; **agents** who cannot be given a call afterwards;
- **recovery**: from the moment the fault ends (for what was killed: from its new start) until the
  flow serves a new caller.

| fault | calls | places | events lost | doubled | recordings | agents stuck | recovery |
| --- | --- | --- | --- | --- | --- | --- | --- |
"""

FOOT = """
¹ Asterisk carries the audio: its death ends the conversations it carried and cuts their recordings
there; these are not counted. Everybody else calls again, in reverse order, and has the old place;
who was to be called back is called.

² What never came, and what is said while the disk is full, is not in the recording. Those that this
spoils are not counted here: journal, metrics and an alert tell of each (`recording.finished`, as
`short`); a full disk of which none told would be counted.

Loss, delay and the cut are made in network namespaces of their own, by a tunnel that all packets of
SIP and RTP (or of AMI and FastAGI) go through; the full disk is one of 16 MB; the clock is put
forward for the running server by libfaketime, with the clock that counts seconds left alone, as in
a step. Daylight saving steps no clock: the server counts in UTC.

Not played here: a server started again after its clock was stepped, phones that vanish, and the
same under `app_queue`.
"""


def write(verdicts: Mapping[str, Verdict]) -> None:
    PAGE.write_text(HEAD + "".join(_row(one) for one in verdicts.values()) + FOOT, "utf-8")


def _row(one: Verdict) -> str:
    mark = " ¹" if one.ends_audio else " ²" if one.spoils_recordings else ""
    cells = [
        one.fault + mark,
        one.calls_lost,
        one.places_lost,
        one.events_lost,
        one.events_doubled,
        one.recordings_damaged,
        one.agents_stuck,
        f"{one.recovery_s:.1f} s",
    ]
    return f"| {' | '.join(map(str, cells))} |\n"
