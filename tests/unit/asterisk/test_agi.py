import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from ivr.asterisk.agi import (
    ERROR_REASONS,
    AgiCommandError,
    AgiHungUpError,
    AgiLimits,
    AgiReply,
    AgiServer,
    AgiSession,
    AgiTimeoutError,
)
from tests.unit.asterisk.peers import TOKEN, AgiClient, until, within

pytestmark = pytest.mark.usefixtures("no_task_left_behind")

Handler = Callable[[AgiSession], Awaitable[None]]


class House:
    """A server whose sessions the test takes over, and the errors it counted."""

    def __init__(self) -> None:
        self.sessions: asyncio.Queue[AgiSession] = asyncio.Queue()
        self.errors: list[str] = []
        self.leave = asyncio.Event()
        self.handler: Handler = self.stay
        self.server: AgiServer
        self.clients: list[AgiClient] = []

    async def open(self, limits: AgiLimits | None = None) -> None:
        async def handle(session: AgiSession) -> None:
            await self.handler(session)

        self.server = AgiServer(handle, token=TOKEN, limits=limits, on_error=self.errors.append)
        await self.server.start("127.0.0.1", 0)

    async def stay(self, session: AgiSession) -> None:
        self.sessions.put_nowait(session)
        await self.leave.wait()

    async def connect(self) -> AgiClient:
        client = await AgiClient.connect(self.server.port)
        self.clients.append(client)
        return client

    async def call(self, *arguments: str, **environment: str) -> tuple[AgiSession, AgiClient]:
        client = await self.connect()
        client.introduce(TOKEN, *arguments, **environment)
        return await within(self.sessions.get()), client

    async def fails(self, reason: str) -> None:
        await until(lambda: bool(self.errors))
        assert self.errors == [reason]
        assert reason in ERROR_REASONS


@pytest.fixture
async def house() -> AsyncIterator[House]:
    house = House()
    yield house
    await house.server.close()
    assert house.server.sessions_active == 0
    for client in house.clients:
        await client.close()


# --- a session


async def test_a_session_knows_its_call(house: House) -> None:
    await house.open()
    session, _ = await house.call("100", "c-1", network_script="ivr/call?x=1")
    assert session.path == "call"
    assert session.args == ("100", "c-1")
    assert session.env["channel"] == "PJSIP/1001-00000001"
    assert session.env["calleridname"] == "Ada"
    assert house.server.sessions_active == 1


async def test_the_environment_may_come_in_any_pieces_and_any_bytes(house: House) -> None:
    await house.open()
    client = await house.connect()
    text = b"agi_calleridname: \xff\xfe\nagi_network_script: feature\nagi_arg_1: s3cret\n\n"
    for byte in text:
        client.writer.write(bytes([byte]))
        await client.writer.drain()
    session = await within(house.sessions.get())
    assert (session.path, session.env["calleridname"]) == ("feature", "\ufffd\ufffd")


async def test_a_command_gets_its_reply(house: House) -> None:
    await house.open()
    session, client = await house.call()
    command = asyncio.create_task(session.command("STREAM FILE", 'a "b" \\', "12#", 5))
    assert await client.command() == r'STREAM FILE "a \"b\" \\" "12#" "5"'
    client.send("100 result=0 Trying...", "200 result=49 endpos=800")
    assert await within(command) == AgiReply(200, "49", endpos=800)


async def test_concurrent_commands_take_turns_and_get_their_own_replies(house: House) -> None:
    await house.open()
    session, client = await house.call()
    commands = [asyncio.create_task(session.command("NOOP", i)) for i in range(3)]
    for i in range(3):
        assert await client.command() == f'NOOP "{i}"'
        client.send(f"200 result={i}")
    assert [reply.result for reply in await within(asyncio.gather(*commands))] == ["0", "1", "2"]


async def test_a_cancelled_command_does_not_shift_the_replies(house: House) -> None:
    await house.open()
    session, client = await house.call()
    first = asyncio.create_task(session.command("WAIT FOR DIGIT", 5000))
    assert await client.command() == 'WAIT FOR DIGIT "5000"'
    first.cancel()
    second = asyncio.create_task(session.command("NOOP"))
    await until(first.done)
    client.send("200 result=55")
    assert await client.command() == "NOOP"
    client.send("200 result=0")
    assert (await within(second)).result == "0"


async def test_a_refused_command_is_told_and_the_session_goes_on(house: House) -> None:
    await house.open()
    session, client = await house.call()
    command = asyncio.create_task(session.command("FOO"))
    await client.command()
    client.send("520-Invalid command syntax.  Proper usage follows:", "Usage: x", "520 End")
    with pytest.raises(AgiCommandError, match="520 Invalid command syntax"):
        await within(command)
    command = asyncio.create_task(session.command("FOO"))
    await client.command()
    client.send("510 Invalid or unknown command")
    with pytest.raises(AgiCommandError, match="510"):
        await within(command)
    assert session.gone == ""


async def test_nothing_is_sent_for_a_value_with_control_characters(house: House) -> None:
    await house.open()
    session, client = await house.call()
    with pytest.raises(ValueError, match="control"):
        await session.command("SET VARIABLE", "X", "a\nHANGUP")
    command = asyncio.create_task(session.command("NOOP"))
    assert await client.command() == "NOOP"
    client.send("200 result=0")
    await within(command)


async def test_a_variable_whose_text_is_hangup_is_no_hangup(house: House) -> None:
    await house.open()
    session, client = await house.call()
    command = asyncio.create_task(session.command("GET VARIABLE", "X"))
    await client.command()
    client.send("200 result=1 (hangup)")
    assert (await within(command)).data == "hangup"
    assert session.gone == ""


# --- hang-up


async def test_minus_one_alone_is_no_hangup(house: House) -> None:
    await house.open()
    session, client = await house.call()
    command = asyncio.create_task(session.command("STREAM FILE", "missing", ""))
    await client.command()
    client.send("200 result=-1 endpos=0")
    assert (await within(command)).result == "-1"
    assert session.gone == ""


async def test_hangup_after_minus_one_ends_the_session(house: House) -> None:
    await house.open()
    session, client = await house.call()
    command = asyncio.create_task(session.command("STREAM FILE", "long", ""))
    await client.command()
    client.send("200 result=-1 endpos=800", "HANGUP")
    assert (await within(command)).result == "-1"
    assert await within(session.wait_gone()) == "hangup"
    with pytest.raises(AgiHungUpError):
        await within(session.command("NOOP"))


async def test_hangup_while_idle_wakes_whoever_waits_for_it(house: House) -> None:
    await house.open()
    session, client = await house.call()
    waiting = asyncio.create_task(session.wait_gone())
    client.send("HANGUP")
    assert await within(waiting) == "hangup"


async def test_hangup_straight_after_the_environment_is_not_missed(house: House) -> None:
    await house.open()
    client = await house.connect()
    client.writer.write(b"agi_channel: x\nagi_arg_1: s3cret\n\nHANGUP\n")
    session = await within(house.sessions.get())
    assert await within(session.wait_gone()) == "hangup"


async def test_hangup_while_a_command_runs_raises_there(house: House) -> None:
    await house.open()
    session, client = await house.call()
    command = asyncio.create_task(session.command("EXEC", "Bridge", "PJSIP/1"))
    await client.command()
    client.send("HANGUP")
    with pytest.raises(AgiHungUpError, match=r"EXEC .*hangup"):
        await within(command)


async def test_a_closed_connection_is_a_hangup(house: House) -> None:
    await house.open()
    session, client = await house.call()
    command = asyncio.create_task(session.command("NOOP"))
    await client.command()
    await client.close()
    with pytest.raises(AgiHungUpError, match="eof"):
        await within(command)
    assert house.errors == []


async def test_a_half_closed_connection_is_a_hangup(house: House) -> None:
    await house.open()
    session, client = await house.call()
    client.writer.write_eof()
    assert await within(session.wait_gone()) == "eof"


async def test_a_dead_channel_is_a_hangup(house: House) -> None:
    await house.open()
    session, client = await house.call()
    command = asyncio.create_task(session.command("ANSWER"))
    await client.command()
    client.send("511 Command Not Permitted on a dead channel or intercept routine")
    with pytest.raises(AgiHungUpError, match="dead"):
        await within(command)
    assert session.gone == "dead"


async def test_the_connection_stays_until_the_handler_returns_as_a_redirect_needs(
    house: House,
) -> None:
    await house.open()
    session, client = await house.call()
    client.send("HANGUP")
    await within(session.wait_gone())
    closed = asyncio.create_task(client.closed())
    await asyncio.wait((closed,), timeout=0.05)
    assert not closed.done()
    house.leave.set()
    assert await closed


# --- handlers


async def test_a_failing_handler_costs_its_session_only(house: House) -> None:
    await house.open()
    await house.call()

    async def fail(session: AgiSession) -> None:
        raise RuntimeError("boom")

    house.handler = fail
    client = await house.connect()
    client.introduce()
    assert await client.closed()
    assert house.errors == ["handler_failed"]
    house.handler = house.stay
    await house.call()
    assert house.server.sessions_active == 2


async def test_a_handler_that_ends_by_hangup_is_no_error(house: House) -> None:
    await house.open()

    async def play(session: AgiSession) -> None:
        await session.command("STREAM FILE", "x", "")

    house.handler = play
    client = await house.connect()
    client.introduce()
    await client.command()
    client.send("HANGUP")
    assert await client.closed()
    assert house.errors == []


async def test_close_cancels_handlers_and_waits_for_their_end(house: House) -> None:
    await house.open()
    ended = asyncio.Event()

    async def tidy(session: AgiSession) -> None:
        try:
            await house.stay(session)
        finally:
            await asyncio.sleep(0)
            ended.set()

    house.handler = tidy
    _, client = await house.call()
    await within(house.server.close())
    assert ended.is_set()
    assert await client.closed()


# --- hostile peers


async def test_a_wrong_or_missing_token_never_reaches_the_handler(house: House) -> None:
    await house.open()
    for token in ("wrong", "", "s3cre", "s3cret2", "\ufffd"):
        client = await house.connect()
        client.introduce(token)
        assert await client.closed()
    client = await house.connect()
    client.send("agi_channel: x", "")
    assert await client.closed()
    assert house.errors == ["bad_token"] * 6
    assert house.sessions.empty()


async def test_connect_and_close_costs_nothing(house: House) -> None:
    """panoramisk's server spins at 100 % after this and serves nobody any more."""
    await house.open()
    for _ in range(20):
        await (await house.connect()).close()
    await until(lambda: len(house.errors) == 20)
    assert set(house.errors) == {"closed_early"}
    await house.call()


async def test_half_an_environment_then_close(house: House) -> None:
    await house.open()
    client = await house.connect()
    client.send("agi_channel: x")
    client.writer.write_eof()
    assert await client.closed()
    await house.fails("closed_early")


async def test_a_silent_connection_is_closed_in_time(house: House) -> None:
    await house.open(AgiLimits(environment_s=0.05))
    client = await house.connect()
    assert await client.closed()
    await house.fails("environment_timeout")


async def test_an_endless_line_is_closed(house: House) -> None:
    await house.open()
    client = await house.connect()
    client.writer.write(b"agi_calleridname: " + b"x" * 1_000_000)
    assert await client.closed()
    await house.fails("line_too_long")


async def test_an_endless_environment_is_closed(house: House) -> None:
    await house.open()
    client = await house.connect()
    client.send(*(f"agi_x{i}: {'x' * 100}" for i in range(1000)))
    assert await client.closed()
    await house.fails("environment_too_long")


async def test_garbage_instead_of_a_reply_is_closed(house: House) -> None:
    await house.open()
    session, client = await house.call()
    command = asyncio.create_task(session.command("NOOP"))
    await client.command()
    client.send(b"\x00\xff GET / HTTP/1.1")
    with pytest.raises(AgiHungUpError, match="garbage"):
        await within(command)
    assert await client.closed()
    await house.fails("garbage")


@pytest.mark.parametrize(
    ("line", "reason"), [("200 result=0", "unexpected_reply"), ("100 x", "too_many_lines")]
)
async def test_a_flood_is_closed_and_disturbs_nobody(house: House, line: str, reason: str) -> None:
    await house.open()
    session, client = await house.call()
    _, flooder = await house.call()
    flooder.send(*[line] * 20_000)
    command = asyncio.create_task(session.command("NOOP"))
    await client.command()
    client.send("200 result=0")
    await within(command)
    assert await flooder.closed()
    await house.fails(reason)


async def test_a_command_without_reply_ends_the_session(house: House) -> None:
    await house.open()
    session, _ = await house.call()
    with pytest.raises(AgiTimeoutError, match=r"NOOP within 0.05 s"):
        await within(session.command("NOOP", timeout_s=0.05))
    with pytest.raises(AgiHungUpError, match="reply_timeout"):
        await within(session.command("NOOP"))
    await house.fails("reply_timeout")


async def test_an_idle_session_is_closed_in_time(house: House) -> None:
    await house.open(AgiLimits(idle_s=0.05))
    session, client = await house.call()
    assert await within(session.wait_gone()) == "idle"
    assert await client.closed()
    await house.fails("idle")


async def test_a_running_command_is_not_idle(house: House) -> None:
    await house.open(AgiLimits(idle_s=0.02))
    session, client = await house.call()
    command = asyncio.create_task(session.command("EXEC", "Bridge", "PJSIP/1"))
    await client.command()
    await asyncio.wait((command,), timeout=0.1)
    client.send("200 result=0")
    assert (await within(command)).result == "0"


async def test_beyond_the_limit_sessions_are_refused(house: House) -> None:
    await house.open(AgiLimits(sessions_max=1))
    await house.call()
    client = await house.connect()
    client.introduce()
    assert await client.closed()
    await house.fails("too_many_sessions")


async def test_a_crowd_of_silent_connections_does_not_keep_a_caller_out(house: House) -> None:
    await house.open(AgiLimits(handshakes_max=3))
    crowd = [await house.connect() for _ in range(8)]
    await house.call()
    assert await crowd[0].closed()
    await until(lambda: len(house.errors) >= 5)
    assert set(house.errors) == {"too_many_handshakes"}


async def test_a_peer_that_reads_nothing_does_not_hold_up_close(house: House) -> None:
    await house.open()
    _, client = await house.call()
    client.writer.transport.pause_reading()
    await within(house.server.close())
