"""A caller's channel over FastAGI: what is said to Asterisk, and what its answers mean."""

import asyncio
import json
import wave
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from ivr.asterisk.agi import AgiHungUpError, AgiReply, AgiSession
from ivr.asterisk.call import LiveCall
from ivr.asterisk.keys import KEYS_MAX, WAKE_UP_KEY
from ivr.asterisk.memo import VARIABLES_MAX
from ivr.model.errors import CallerGoneError, TelephonyDownError, TelephonyError
from ivr.ports import Audio, DialResult, DialTarget, Memo, Message, Spoken
from ivr.service.admission import Farewell
from ivr.service.handovers import NOWHERE

LOUD, SILENT = b"\0\x20", b"\x20\0"


class ScriptedSession:
    """Answers 0 unless told otherwise; `gone_at` is the verb at which the caller hangs up."""

    def __init__(self) -> None:
        self.env = {
            "uniqueid": "17.1",
            "channel": "PJSIP/2001-1",
            "callerid": "2001",
            "calleridname": "unknown",
        }
        self.said: list[tuple[str, ...]] = []
        self.results: dict[str, str] = {}
        self.data: dict[str, str] = {}
        self.variables: dict[str, str] = {}
        self.gone_at = ""
        self.gone = ""
        self.recorded_s = 0
        self.sample = LOUD
        self.meanwhile: Callable[[], None] = lambda: None
        self.lasts = 0
        """Orders to stop that a command under way outlasts."""
        self.stopped = asyncio.Event()

    async def quiet(self, limit_s: float) -> bool:
        return self.lasts <= 0

    async def command(self, verb: str, *args: str, timeout_s: float | None = None) -> AgiReply:
        self.said.append((verb, *args))
        if verb == "RECORD FILE":
            with wave.open(f"{args[0]}.wav", "wb") as file:
                file.setparams((1, 2, 8000, 0, "NONE", ""))
                file.writeframes(self.sample * 8000 * self.recorded_s)
        if verb == self.gone_at:
            raise AgiHungUpError
        self.meanwhile()
        if self.lasts:
            await self.stopped.wait()
        if verb == "HANGUP":
            self.gone = "hangup"
        if verb == "SET VARIABLE":
            self.variables[args[0]] = args[1]
        if verb == "GET VARIABLE":
            value = self.variables.get(args[0])
            return AgiReply(200, "0" if value is None else "1", value or "")
        return AgiReply(200, self.results.get(verb, "0"), self.data.get(verb, ""))


class Sounds:
    def path(self, audio: Audio) -> str:
        assert isinstance(audio, Spoken)
        return f"/prompts/{audio.text}"


class Interrupter:
    """What was ordered by AMI; a command that runs ends at the `patience`th order."""

    def __init__(self, session: ScriptedSession) -> None:
        self.session = session
        self.orders: list[str] = []
        self.down = False

    async def stop_playback(self, channel: str) -> None:
        self._order(f"stop {channel}")

    async def press_wake_up(self, channel: str) -> None:
        self._order(f"wake up {channel}")

    async def press_end(self, channel: str) -> None:
        self._order(f"end {channel}")

    def _order(self, order: str) -> None:
        if self.down:
            raise TelephonyDownError("down")
        self.orders.append(order)
        self.session.lasts -= 1
        if not self.session.lasts:
            self.session.stopped.set()


@pytest.fixture
def session() -> ScriptedSession:
    return ScriptedSession()


@pytest.fixture
def interrupter(session: ScriptedSession) -> Interrupter:
    return Interrupter(session)


@pytest.fixture
def call(session: ScriptedSession, interrupter: Interrupter, tmp_path: Path) -> LiveCall:
    return LiveCall(cast(AgiSession, session), "c1", "600", Sounds(), tmp_path, interrupter)


async def test_answers_once_before_the_first_prompt(
    call: LiveCall, session: ScriptedSession
) -> None:
    await call.play([Spoken("a"), Spoken("b")])
    assert session.said == [
        ("ANSWER",),
        ("STREAM FILE", "/prompts/a", ""),
        ("STREAM FILE", "/prompts/b", ""),
    ]


async def test_a_key_stops_the_prompt_and_what_would_follow(
    call: LiveCall, session: ScriptedSession
) -> None:
    session.results["STREAM FILE"] = str(ord("5"))
    assert await call.play([Spoken("a"), Spoken("b")], keys="123456789") == "5"
    assert len(session.said) == 2


async def test_no_key_in_time_is_an_empty_string(call: LiveCall, session: ScriptedSession) -> None:
    assert await call.wait_key(2.5) == ""
    assert session.said == [("WAIT FOR DIGIT", "2500")]


async def test_minus_one_with_the_caller_there_is_a_failure(
    call: LiveCall, session: ScriptedSession
) -> None:
    session.results["STREAM FILE"] = "-1"
    with pytest.raises(TelephonyError):
        await call.play([Spoken("a")])


async def test_minus_one_with_the_caller_gone_is_a_hang_up(
    call: LiveCall, session: ScriptedSession
) -> None:
    session.results["STREAM FILE"] = "-1"
    session.gone_at = "NOOP"
    with pytest.raises(CallerGoneError):
        await call.play([Spoken("a")])


async def test_a_message_ended_by_hanging_up_is_kept(
    call: LiveCall, session: ScriptedSession, tmp_path: Path
) -> None:
    session.gone_at = "RECORD FILE"
    session.recorded_s = 2
    message = await call.record_message("sales", seconds_max=60, silence_s=4, finish_keys="#")
    assert message == Message("sales/c1.wav", 2.0, hung_up=True)
    assert session.said[1][1:] == (
        str(tmp_path / "sales" / "c1"),
        "wav",
        "#",
        "60000",
        "BEEP",
        "s=4",
    )


async def test_a_second_message_of_a_call_leaves_the_first_alone(
    call: LiveCall, session: ScriptedSession
) -> None:
    files = []
    for session.recorded_s in (1, 2):
        message = await call.record_message("s", seconds_max=60, silence_s=4, finish_keys="#")
        files.append((message.file, message.seconds))
    assert files == [("s/c1.wav", 1.0), ("s/c1-2.wav", 2.0)]


async def test_a_message_in_which_nothing_is_said_is_not_kept(
    call: LiveCall, session: ScriptedSession, tmp_path: Path
) -> None:
    session.recorded_s, session.sample = 2, SILENT
    message = await call.record_message("sales", seconds_max=60, silence_s=4, finish_keys="#")
    assert message.seconds == 0
    assert list((tmp_path / "sales").iterdir()) == []


async def test_a_message_that_cannot_be_kept_is_a_failure_and_the_caller_goes_on(
    call: LiveCall, session: ScriptedSession, tmp_path: Path
) -> None:
    (tmp_path / "sales").write_text("a file where the directory should be")
    with pytest.raises(TelephonyError, match="no message can be kept"):
        await call.record_message("sales", seconds_max=60, silence_s=4, finish_keys="#")
    session.results["RECORD FILE"] = "-1"
    with pytest.raises(TelephonyError):
        await call.record_message("other", seconds_max=60, silence_s=4, finish_keys="#")


async def test_a_message_of_a_mailbox_is_played_until_a_key(
    call: LiveCall, session: ScriptedSession, tmp_path: Path
) -> None:
    session.results["STREAM FILE"] = str(ord("3"))
    assert await call.play_message("sales/c9.wav", keys="123") == "3"
    assert session.said[-1] == ("STREAM FILE", str(tmp_path / "sales" / "c9"), "123")


async def test_a_memo_that_did_not_change_is_not_sent_again(
    call: LiveCall, session: ScriptedSession
) -> None:
    await call.remember(Memo("c1", "serving", "main", "a"))
    said = len(session.said)
    await call.remember(Memo("c1", "serving", "main", "b"))
    assert [line[:2] for line in session.said[said:]] == [("SET VARIABLE", "IVR_MEMO")]


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("ANSWER", "answered"),
        ("NOANSWER", "no_answer"),
        ("BUSY", "busy"),
        ("CHANUNAVAIL", "unreachable"),
        ("SOMETHINGNEW", "unreachable"),
    ],
)
async def test_dialling_ends_in_the_fields_words(
    call: LiveCall, session: ScriptedSession, status: str, outcome: str
) -> None:
    session.variables.update(DIALSTATUS=status, ANSWEREDTIME="12")
    result = await call.dial(DialTarget(extension="1001"), ring_timeout_s=20)
    assert result == DialResult(outcome, 12.0)
    assert ("EXEC", "Dial", "PJSIP/1001,20,g") in session.said


async def test_an_outside_number_goes_through_the_trunk(
    call: LiveCall, session: ScriptedSession
) -> None:
    await call.dial(DialTarget(number="+15550100"), ring_timeout_s=20)
    assert ("EXEC", "Dial", "PJSIP/+15550100@trunk,20,g") in session.said


async def test_what_is_remembered_is_recalled(call: LiveCall) -> None:
    memo = Memo("c1", "waiting", "main", "wait", queue="sales", entered_at=1.5, variables='{"a":1}')
    assert await call.recall("waiting") is None
    await call.remember(memo)
    assert await call.recall("waiting") == memo


async def test_who_was_taken_out_of_a_talk_while_no_server_was_there_is_on_the_way_back(
    call: LiveCall,
) -> None:
    await call.remember(Memo("c1", "talking", "main", "wait", queue="sales", joined_at=3.0))
    talking = await call.recall("talking")
    assert talking is not None
    back = await call.recall("transferring")
    assert back == replace(talking, state="transferring", to=NOWHERE, joined_at=0.0)


async def test_a_memo_stays_below_what_asterisk_hands_out(
    call: LiveCall, session: ScriptedSession
) -> None:
    variables = json.dumps({"short": "y", "long": "x" * VARIABLES_MAX, "n": 7})
    with capture_logs() as logs:
        await call.remember(Memo("c1", "waiting", variables=variables))
    recalled = await call.recall("waiting")
    assert recalled is not None
    assert json.loads(recalled.variables) == {"short": "y", "n": 7}
    assert [each["variable"] for each in logs] == ["long"]
    ways = [["f" * 40, "n" * 40, {"short": 1, f"long_{at}": "x" * 300}] for at in range(10)]
    await call.remember(Memo("c1", "serving", frames=json.dumps(ways)))
    recalled = await call.recall("serving")
    assert recalled is not None
    assert [frame[:2] for frame in json.loads(recalled.frames)] == [frame[:2] for frame in ways]
    assert len(recalled.frames) <= VARIABLES_MAX
    long_names = Memo(*["x" * 40] * 5, agent="x" * 40, leg="leg-abcdef-123456")
    await call.remember(long_names)
    assert len(session.variables["IVR_MEMO"]) < 1023


async def test_keys_pressed_for_something_else_are_forgotten(call: LiveCall) -> None:
    call.key_pressed("1")
    call.forget_keys()
    call.key_pressed("2")
    assert await call.next_key() == "2"


async def test_a_key_that_answered_a_menu_does_not_count_in_line(
    call: LiveCall, session: ScriptedSession
) -> None:
    session.results["WAIT FOR DIGIT"] = str(ord("1"))
    await call.wait_key(5)
    call.forget_keys()
    call.key_pressed("1")  # AMI is a little late
    call.key_pressed("1")  # pressed in line
    call.key_pressed("2")
    assert [await call.next_key(), await call.next_key()] == ["1", "2"]


async def test_a_key_pressed_while_one_is_awaited_is_the_next(call: LiveCall) -> None:
    awaited = asyncio.create_task(call.next_key())
    await asyncio.sleep(0)
    call.key_pressed("7")
    call.key_pressed("8")
    async with asyncio.timeout(5):
        assert await awaited == "7"
        assert await call.next_key() == "8"


async def test_a_key_reported_before_its_answer_takes_none_after_it(
    call: LiveCall, session: ScriptedSession
) -> None:
    session.results["WAIT FOR DIGIT"] = str(ord("1"))
    session.meanwhile = lambda: call.key_pressed("1")
    await call.wait_key(5)
    call.forget_keys()
    call.key_pressed("1")
    assert await call.next_key() == "1"


async def test_a_key_pressed_between_two_commands_is_the_answer(
    call: LiveCall, session: ScriptedSession
) -> None:
    await call.answer()
    call.key_pressed("4")
    call.key_pressed("2")
    assert await call.play([Spoken("Press a key.")], keys="123") == "2", "4 is no answer"
    call.key_pressed("7")
    assert await call.wait_key(5) == "7"
    assert session.said == [("ANSWER",)]


@pytest.mark.parametrize("keys", ["", "3"])
async def test_a_key_that_a_prompt_does_not_take_answers_nothing_later(
    call: LiveCall, session: ScriptedSession, keys: str
) -> None:
    session.meanwhile = lambda: call.key_pressed("4")
    assert await call.play([Spoken("a")], keys=keys) == ""
    session.meanwhile = lambda: None
    assert await call.wait_key(5) == ""


async def test_the_key_that_ends_a_message_answers_no_question(
    call: LiveCall, session: ScriptedSession
) -> None:
    session.recorded_s, session.results["RECORD FILE"] = 1, str(ord("#"))
    session.data["RECORD FILE"] = "dtmf"
    await call.record_message("sales", seconds_max=60, silence_s=4, finish_keys="#")
    call.key_pressed("#")
    assert await call.wait_key(5) == ""


@pytest.mark.parametrize("milliseconds", ["0", "53", "12345"])
async def test_a_message_that_ends_in_silence_is_kept(
    call: LiveCall, session: ScriptedSession, milliseconds: str
) -> None:
    session.recorded_s, session.results["RECORD FILE"] = 1, milliseconds
    session.data["RECORD FILE"] = "timeout"
    message = await call.record_message("sales", seconds_max=60, silence_s=4, finish_keys="#")
    assert message.seconds == 1
    assert await call.wait_key(5) == ""


@pytest.mark.parametrize(
    ("verb", "asked", "woken"),
    [
        ("WAIT FOR DIGIT", lambda call: call.wait_key(60), str(ord(WAKE_UP_KEY))),
        ("STREAM FILE", lambda call: call.play([Spoken("long")], keys="19"), "0"),
    ],
)
async def test_a_key_pressed_before_the_question_ends_it_when_its_report_is_late(
    call: LiveCall,
    session: ScriptedSession,
    interrupter: Interrupter,
    verb: str,
    asked: Callable[[LiveCall], Coroutine[Any, Any, str]],
    woken: str,
) -> None:
    await call.answer()
    session.results[verb] = woken
    session.meanwhile = lambda: call.key_pressed("9")
    session.lasts = 2
    async with asyncio.timeout(5):
        assert await asked(call) == "9"
    assert len(interrupter.orders) == 2, "the first one came too early"
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.mark.parametrize(
    ("result", "data", "reports", "typed"),
    [
        ("2345", "", "2345", "2345"),
        ("2455", "", "2455", "2455"),
        ("55", "timeout", "55", "55"),
        ("23", "", "23#", "23"),  # ended by its key
        ("23", "timeout", "23", "23"),
        ("", "", "#", ""),
        ("", "timeout", "", ""),
    ],
)
@pytest.mark.parametrize("early", [True, False])
async def test_asterisk_collects_a_number_by_itself(
    call: LiveCall,
    session: ScriptedSession,
    result: str,
    data: str,
    reports: str,
    typed: str,
    early: bool,
) -> None:
    def report() -> None:
        for key in reports:
            call.key_pressed(key)

    session.results["GET DATA"], session.data["GET DATA"] = result, data
    if early:
        session.meanwhile = report
    assert await call.wait_keys(4, 2.5) == typed
    assert session.said == [("GET DATA", "", "2500", "4")]
    if not early:
        report()
    call.key_pressed("8")
    assert await call.wait_key(5) == "8", "none of it counts twice"


async def test_keys_typed_ahead_of_a_number_are_a_part_of_it(
    call: LiveCall, session: ScriptedSession
) -> None:
    for key in "12":
        call.key_pressed(key)
    session.results["GET DATA"] = "34"
    assert await call.wait_keys(4, 2) == "1234"
    assert session.said == [("GET DATA", "", "2000", "2")]
    for key in "345#6":
        call.key_pressed(key)
    assert await call.wait_keys(4, 2) == "5"
    assert await call.wait_key(2) == "6"
    assert len(session.said) == 1


async def test_a_number_that_was_whole_before_asterisk_was_asked_is_not_waited_for(
    call: LiveCall, session: ScriptedSession, interrupter: Interrupter
) -> None:
    def report() -> None:
        for key in "7531":
            call.key_pressed(key)

    session.meanwhile, session.lasts = report, 1
    session.results["GET DATA"] = ""
    async with asyncio.timeout(5):
        assert await call.wait_keys(4, 60) == "7531"
    assert interrupter.orders == ["end PJSIP/2001-1"]
    session.meanwhile = lambda: None
    call.key_pressed("#")  # ours
    assert await call.wait_key(5) == ""


async def test_no_number_of_keys_cuts_what_is_to_be_heard_out(
    call: LiveCall,
    session: ScriptedSession,
    interrupter: Interrupter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ivr.asterisk.call.UNANSWERED_S", 0.0)

    def hammer() -> None:
        for _ in range(3 * KEYS_MAX):
            call.key_pressed("1")

    await call.answer()
    session.meanwhile, session.lasts = hammer, 1
    playing = asyncio.create_task(call.play([Spoken("This call is recorded.")]))
    passed = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_later(0.01, passed.set_result, None)
    await passed  # the time after which a key would end what plays
    assert interrupter.orders == []
    session.stopped.set()
    assert await playing == ""


async def test_what_is_typed_on_means_nothing_until_a_pause(
    call: LiveCall, session: ScriptedSession
) -> None:
    for key in "4111":
        call.key_pressed(key)
    session.results["GET DATA"], session.data["GET DATA"] = "22", "timeout"
    await call.pass_over_keys(1.0)
    assert session.said == [("GET DATA", "", "1000", str(KEYS_MAX - 4))]
    for key in "22":
        call.key_pressed(key)  # AMI is a little late
    assert await call.wait_key(5) == ""


async def test_what_asterisk_answers_when_asked_for_keys_is_quoted_nowhere(
    call: LiveCall, session: ScriptedSession
) -> None:
    session.results["GET DATA"] = "4111x"
    with pytest.raises(TelephonyError) as raised:
        await call.wait_keys(9, 2)
    assert "4111" not in str(raised.value)
    session.results["GET DATA"] = f"41{WAKE_UP_KEY}1"
    assert await call.wait_keys(4, 2) == "411"


async def test_waking_up_is_no_answer(call: LiveCall, session: ScriptedSession) -> None:
    """The order to end the question before came a moment too late."""

    def wake_up() -> None:
        call.key_pressed(WAKE_UP_KEY)
        session.results["WAIT FOR DIGIT"] = str(ord("8" if len(session.said) > 1 else WAKE_UP_KEY))

    session.meanwhile = wake_up
    assert await call.wait_key(5) == "8"
    assert len(session.said) == 2


@pytest.mark.parametrize(
    ("begun", "order"),
    [
        (lambda call: call.play([Spoken("long")]), "stop PJSIP/2001-1"),
        (lambda call: call.wait_key(60), "wake up PJSIP/2001-1"),
        (lambda call: call.wait_keys(9, 60), "end PJSIP/2001-1"),
    ],
)
async def test_what_plays_or_asks_is_cut_also_when_the_first_order_came_too_early(
    call: LiveCall,
    interrupter: Interrupter,
    session: ScriptedSession,
    begun: Callable[[LiveCall], Coroutine[Any, Any, str]],
    order: str,
) -> None:
    await call.answer()
    session.lasts = 2
    playing = asyncio.create_task(begun(call))
    await asyncio.sleep(0)
    playing.cancel()
    await call.cut()
    assert interrupter.orders == [order, order]
    await call.cut()
    assert len(interrupter.orders) == 2, "nothing plays any more"


async def test_a_cut_that_cannot_be_ordered_ends_all_the_same(
    call: LiveCall, interrupter: Interrupter, session: ScriptedSession
) -> None:
    await call.answer()
    session.lasts = 1
    playing = asyncio.create_task(call.play([Spoken("long")]))
    await asyncio.sleep(0)
    playing.cancel()
    interrupter.down = True
    with capture_logs() as logs:
        await call.cut()
    assert logs[0]["event"] == "playback not cut"


async def test_a_flood_of_keys_takes_no_memory(call: LiveCall) -> None:
    for _ in range(1000):
        call.key_pressed("1")
    for _ in range(KEYS_MAX):
        await call.next_key()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await call.next_key()


def test_an_unknown_name_is_no_name(call: LiveCall) -> None:
    assert (call.caller, call.caller_name) == ("2001", "")


@pytest.mark.parametrize("withheld", ["unknown", "anonymous", "Anonymous", "Restricted"])
def test_a_withheld_number_is_no_number(
    withheld: str, session: ScriptedSession, interrupter: Interrupter, tmp_path: Path
) -> None:
    session.env["callerid"] = withheld
    agi = cast(AgiSession, session)
    assert LiveCall(agi, "c1", "600", Sounds(), tmp_path, interrupter).caller == ""


async def test_a_second_recording_waits_until_the_first_is_forgotten(
    call: LiveCall, session: ScriptedSession
) -> None:
    await call.start_recording("/r/one.raw")
    await call.stop_recording()
    await call.start_recording("/r/two.raw")
    assert [words[1] for words in session.said if words[0] == "EXEC"] == [
        "MixMonitor",
        "StopMixMonitor",
        "Wait",
        "MixMonitor",
    ]


async def test_who_is_brought_in_joins_the_bridge_the_others_are_in(
    call: LiveCall, session: ScriptedSession
) -> None:
    await call.join_others("leg-a-00000001")
    assert ("EXEC", "BridgeAdd", "leg-a-00000001") in session.said


async def test_who_is_turned_away_is_left_to_the_dialplan_with_what_it_needs(
    call: LiveCall, session: ScriptedSession
) -> None:
    await call.turn_away(Farewell(Spoken("busy"), busy=False, answered=False))
    assert session.said == [
        ("SET VARIABLE", "IVR_SAY", "/prompts/busy"),
        ("SET VARIABLE", "IVR_CAUSE", "42"),
        ("SET VARIABLE", "IVR_STATE", "full"),
    ]


@pytest.mark.parametrize(
    ("target", "resource"),
    [
        (DialTarget(extension="2009"), "PJSIP/2009"),
        (DialTarget(number="+15550100"), "PJSIP/+15550100@trunk"),
    ],
)
async def test_who_is_turned_away_may_be_sent_on_answered_or_not(
    call: LiveCall, session: ScriptedSession, target: DialTarget, resource: str
) -> None:
    await call.turn_away(Farewell(Spoken("busy"), busy=True, answered=True, overflow=target))
    assert session.variables == {
        "IVR_SAY": "/prompts/busy",
        "IVR_CAUSE": "17",
        "IVR_ANSWER": "1",
        "IVR_OVERFLOW": resource,
        "IVR_STATE": "full",
    }
