"""Our journal against Asterisk's own record of the same time: every difference, and where it is."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from ivr.kpi.seen import Channel, ChannelEvent, Together, channels_of, talks_of
from ivr.kpi.told import Call, Record, Talk
from ivr.model.ids import CUSTOMER_PREFIX

TOLERANCE_S = 2.0
"""Two clocks are read for the same thing, one of them after a message on its way."""
MOMENT_S = 0.5
"""Who hangs up just as the two are joined may be told on one side only."""
SETTLE_S = 5.0
"""A server that is back has told within this time, late, what it found."""


class Kind(StrEnum):
    """What is different."""

    NO_CALL = "channel without a call"
    NO_CHANNEL = "call without a channel"
    CALL_START = "start of a call"
    CALL_END = "end of a call"
    NO_TALK = "talk without a conversation"
    NO_BRIDGE = "conversation without a talk"
    TALK_START = "start of a conversation"
    TALK_END = "end of a conversation"


@dataclass(frozen=True)
class Difference:
    """One of them; times are UTC epoch seconds, None: that side has none."""

    kind: Kind
    at: float
    """Where to look: the earlier of the two moments."""
    call: str
    """Empty: the journal knows none."""
    channel: str
    what: str
    journal: float | None
    asterisk: float | None
    because: str = ""
    """Why this had to be: nobody wrote the journal at that time. Empty: unexplained."""


@dataclass(frozen=True)
class Checked:
    """`differences` in order of time, the explained among them."""

    calls: int
    talks: int
    differences: Sequence[Difference]

    @property
    def unexplained(self) -> list[Difference]:
        return [one for one in self.differences if not one.because]


def cross_check(
    record: Record,
    seen: Iterable[ChannelEvent],
    begin: float,
    end: float,
    tolerance_s: float = TOLERANCE_S,
) -> Checked:
    """Differences from `begin` on and before `end`. Both records should reach further than that:
    what began or ended beyond their edges would be told as missing."""
    check = _Check(record, channels_of(seen), tolerance_s)
    found = sorted(check.differences(), key=lambda one: one.at)
    return Checked(
        calls=sum(begin <= call.began < end for call in record.calls.values()),
        talks=sum(begin <= talk.began < end for talk in record.talks.values()),
        differences=[check.explained(one) for one in found if begin <= one.at < end],
    )


class _Check:
    def __init__(self, record: Record, channels: Mapping[str, Channel], tolerance_s: float) -> None:
        self._record = record
        self._channels = channels
        self._tolerance_s = tolerance_s
        self._calls = {call.channel: call for call in record.calls.values()}
        self._met: dict[str, list[Together]] = {}
        for talk in talks_of(channels.values()):
            self._met.setdefault(talk.leg, []).append(talk)

    def differences(self) -> Iterator[Difference]:
        for call in self._record.calls.values():
            yield from self._call(call)
        told = self._calls.keys() | self._record.refused
        for channel in self._channels.values():
            if channel.caller and channel.channel not in told and channel.began is not None:
                what = f"{channel.name} dialled {channel.exten}"
                began = channel.began
                yield Difference(Kind.NO_CALL, began, "", channel.channel, what, None, began)
        for talk in self._record.talks.values():
            yield from self._talk(talk)
        for met in self._met.values():
            yield from (self._untold(one) for one in met if not self._is_told(one))

    def explained(self, one: Difference) -> Difference:
        """With the reason, if the journal was not written at the moment told by Asterisk or, where
        it tells none, by the journal."""
        at = one.journal if one.asterisk is None else one.asterisk
        moment = one.at if at is None else at
        grace_s = self._tolerance_s if one.journal is None else SETTLE_S
        for away in self._record.away:
            if away.begin - self._tolerance_s <= moment <= away.end + grace_s:
                return replace(one, because=away.why)
        return one

    def _call(self, call: Call) -> Iterator[Difference]:
        channel = self._channels.get(call.channel)
        if channel is None:
            what = "Asterisk knows no such channel"
            yield Difference(
                Kind.NO_CHANNEL, call.began, call.call, call.channel, what, call.began, None
            )
            return
        where = (call.call, call.channel, channel.name)
        if channel.began is not None:
            yield from self._moments(Kind.CALL_START, *where, call.began, channel.began)
        if not call.called_back:  # the journal does not tell when who is called back hung up
            yield from self._moments(Kind.CALL_END, *where, call.ended, channel.ended)

    def _talk(self, talk: Talk) -> Iterator[Difference]:
        met = [one for one in self._met.get(talk.leg, ()) if self._is_customer(talk, one)]
        if not met:
            if talk.leg not in self._channels or _seconds(talk) > MOMENT_S:
                what = f"{talk.agent} was in no bridge with the caller"
                yield Difference(
                    Kind.NO_BRIDGE, talk.began, talk.call, talk.leg, what, talk.began, None
                )
            return
        where = (talk.call, talk.leg, talk.agent)
        began = min(one.begin for one in met)
        ends = [one.end for one in met if one.end is not None]
        ended = max(ends) if len(ends) == len(met) else None
        yield from self._moments(Kind.TALK_START, *where, talk.began, began)
        yield from self._moments(Kind.TALK_END, *where, talk.ended, ended)

    def _is_customer(self, talk: Talk, one: Together) -> bool:
        """Somebody called back has another channel than the call began with."""
        call = self._record.calls.get(talk.call)
        return (
            call is None
            or one.customer == call.channel
            or (call.called_back and one.customer.startswith(CUSTOMER_PREFIX))
        )

    def _is_told(self, one: Together) -> bool:
        if one.leg in self._record.talks:
            return True
        if one.end is not None and one.end - one.begin <= MOMENT_S:
            return True
        call = self._calls.get(one.customer)
        outward = self._record.outward.get(call.call, ()) if call else ()
        until = float("inf") if one.end is None else one.end + self._tolerance_s
        return any(one.begin - self._tolerance_s <= at <= until for at in outward)

    def _untold(self, one: Together) -> Difference:
        call = self._calls.get(one.customer)
        name = self._channels[one.leg].name
        what = f"{name} talked to {self._channels[one.customer].name}"
        known = call.call if call else ""
        return Difference(Kind.NO_TALK, one.begin, known, one.leg, what, None, one.begin)

    def _moments(
        self,
        kind: Kind,
        call: str,
        channel: str,
        who: str,
        journal: float | None,
        asterisk: float | None,
    ) -> Iterator[Difference]:
        """The two of one thing; nothing when they agree or neither has come yet."""
        known = [at for at in (journal, asterisk) if at is not None]
        if not known or (len(known) == 2 and abs(known[0] - known[1]) <= self._tolerance_s):
            return
        if journal is None:
            what = f"{who}: Asterisk saw it, the journal does not tell of it"
        elif asterisk is None:
            what = f"{who}: the journal tells of it, Asterisk did not see it"
        else:
            what = f"{who}: {journal - asterisk:+.1f} s in the journal"
        yield Difference(kind, min(known), call, channel, what, journal, asterisk)


def _seconds(talk: Talk) -> float:
    return float("inf") if talk.ended is None else talk.ended - talk.began
