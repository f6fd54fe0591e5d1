"""Whatever Asterisk answers, a call ends in its own errors: that the caller is gone, or that
Asterisk could not do it. And whatever stands in an event means something, or nothing."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import cast

from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.asterisk.agi import AgiSession
from ivr.asterisk.agi_protocol import AgiProtocolError, AgiReply, ReplyParser
from ivr.asterisk.ami_protocol import AmiMessage
from ivr.asterisk.call import LiveCall
from ivr.asterisk.translate import TRANSLATORS, translate
from ivr.model.errors import CallerGoneError, TelephonyError
from ivr.ports import Audio, DialTarget, Spoken

RESULTS = st.sampled_from(
    ["0", "1", "-1", "-2", "35", "48", "68", "", "x", "9" * 30, "1114112", "4.5"]
)
DATA = st.sampled_from(["", "(", "timeout", "ANSWER", "12", "nan", "1e999", "\x00", "x" * 500])
REPLIES = st.builds(AgiReply, st.sampled_from([200, 200, 200, 510, 520]), RESULTS, DATA)
ACTIONS: list[Callable[[LiveCall], Awaitable[object]]] = [
    lambda call: call.answer(),
    lambda call: call.play([Spoken("a"), Spoken("b")], keys="123"),
    lambda call: call.wait_key(0.01),
    lambda call: call.wait_keys(4, 1.0),
    lambda call: call.dial(DialTarget(extension="1001"), ring_timeout_s=5),
    lambda call: call.record_message("box", seconds_max=5, silence_s=2, finish_keys="#"),
    lambda call: call.play_message("box/c1.wav", keys="123"),
    lambda call: call.recall("waiting"),
    lambda call: call.joined(),
]


class Answers:
    """A session in which Asterisk answers as drawn, the last answer again and again."""

    env = {"uniqueid": "u1", "callerid": "2001", "channel": "PJSIP/2001-00000001"}  # noqa: RUF012

    def __init__(self, replies: list[AgiReply]) -> None:
        self._replies = replies

    async def command(self, *_: str, timeout_s: float | None = None) -> AgiReply:
        return self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]


class Nothing:
    def path(self, audio: Audio) -> str:
        return "sound"

    async def stop_playback(self, channel: str) -> None: ...

    async def press_wake_up(self, channel: str) -> None: ...

    async def press_end(self, channel: str) -> None: ...


@settings(deadline=None)  # a key that means nothing is waited out
@given(st.lists(REPLIES, min_size=1, max_size=6), st.sampled_from(ACTIONS))
def test_any_reply_is_an_answer_or_a_failure_of_telephony(
    replies: list[AgiReply], action: Callable[[LiveCall], Awaitable[object]]
) -> None:
    session = cast(AgiSession, Answers(replies))
    call = LiveCall(session, "c1", "600", Nothing(), Path("/dev/null/box"), Nothing())

    async def act() -> None:
        with suppress(CallerGoneError, TelephonyError):
            async with asyncio.timeout(5):
                await action(call)

    asyncio.run(act())


REPLY_LINES = st.one_of(
    st.binary(max_size=30),
    st.builds("{} result={}{}".format, st.sampled_from([100, 200, 510]), RESULTS, DATA).map(
        lambda line: line.encode()
    ),
    st.sampled_from([b"HANGUP", b"520-Invalid", b"520 End", b"200-", b"200 result=0 (("]),
)


@given(st.lists(REPLY_LINES, max_size=300))
def test_any_lines_are_replies_or_break_the_protocol(lines: list[bytes]) -> None:
    parser = ReplyParser()
    with suppress(AgiProtocolError):
        for line in lines:
            parser.feed(line)


HEADERS = [
    *["Uniqueid", "Channel", "ChannelStateDesc", "Response", "Reason", "Cause", "Device", "State"],
    *["EndpointName", "ContactStatus", "Direction", "Digit", "Result", "Extension", "UserEvent"],
    *["TransfererUniqueid", "TransfereeUniqueid", "TransfereeChannel", "DestType", "Exten"],
    *["OrigTransfererUniqueid", "SecondTransfererUniqueid", "TransferTargetChannel"],
    *["OrigTransfererContext", "SecondTransfererContext", "OrigTransfererExten"],
    *["SecondTransfererExten", "TransferTargetUniqueid", "Linkedid"],
]
TEXTS = st.sampled_from(
    [
        *["", "leg-a-00000001", "back-a-00000001", "1700000000.1", "PJSIP/1001-0000000a", "PJSIP/"],
        *[
            "Up",
            "Ringing",
            "Success",
            "Failure",
            "Received",
            "IvrBriefed",
            "ready",
            "Bridge",
            "App",
        ],
        *[
            "Removed",
            "ivr-agents",
            "NOT_INUSE",
            "UNAVAILABLE",
            "0",
            "17",
            "99",
            "é",
            "a: b",
            "x/y-z",
        ],
    ]
)


@given(st.sampled_from(sorted(TRANSLATORS)), st.fixed_dictionaries(dict.fromkeys(HEADERS, TEXTS)))
def test_any_event_with_its_headers_means_something_or_nothing(
    name: str, headers: dict[str, str]
) -> None:
    lines = [f"Event: {name}", *(f"{header}: {value}" for header, value in headers.items())]
    message = AmiMessage.from_frame("\r\n".join(lines).encode())
    assert message is not None
    translate(message)
