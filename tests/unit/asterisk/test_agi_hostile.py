import asyncio

import pytest

from ivr.asterisk.agi import AgiHungUpError, AgiLimits, AgiTimeoutError
from tests.unit.asterisk.agi_house import AgiHouse
from tests.unit.asterisk.peers import until, within

pytestmark = pytest.mark.usefixtures("no_task_left_behind")


async def test_a_wrong_or_missing_token_never_reaches_the_handler(front: AgiHouse) -> None:
    await front.open()
    for token in ("wrong", "", "s3cre", "s3cret2", "\ufffd"):
        client = await front.connect()
        client.introduce(token)
        assert await client.closed()
    client = await front.connect()
    client.send("agi_channel: x", "")
    assert await client.closed()
    assert front.errors == ["bad_token"] * 6
    assert front.sessions.empty()


async def test_connect_and_close_costs_nothing(front: AgiHouse) -> None:
    """panoramisk's server spins at 100 % after this and serves nobody any more."""
    await front.open()
    for _ in range(20):
        await (await front.connect()).close()
    await until(lambda: len(front.errors) == 20)
    assert set(front.errors) == {"closed_early"}
    await front.call()


async def test_half_an_environment_then_close(front: AgiHouse) -> None:
    await front.open()
    client = await front.connect()
    client.send("agi_channel: x")
    client.writer.write_eof()
    assert await client.closed()
    await front.fails("closed_early")


async def test_a_silent_connection_is_closed_in_time(front: AgiHouse) -> None:
    await front.open(AgiLimits(environment_s=0.05))
    client = await front.connect()
    assert await client.closed()
    await front.fails("environment_timeout")


async def test_an_endless_line_is_closed(front: AgiHouse) -> None:
    await front.open()
    client = await front.connect()
    client.writer.write(b"agi_calleridname: " + b"x" * 1_000_000)
    assert await client.closed()
    await front.fails("line_too_long")


async def test_an_endless_environment_is_closed(front: AgiHouse) -> None:
    await front.open()
    client = await front.connect()
    client.send(*(f"agi_x{i}: {'x' * 100}" for i in range(1000)))
    assert await client.closed()
    await front.fails("environment_too_long")


async def test_garbage_instead_of_a_reply_is_closed(front: AgiHouse) -> None:
    await front.open()
    session, client = await front.call()
    command = asyncio.create_task(session.command("NOOP"))
    await client.command()
    client.send(b"\x00\xff GET / HTTP/1.1")
    with pytest.raises(AgiHungUpError, match="garbage"):
        await within(command)
    assert await client.closed()
    await front.fails("garbage")


@pytest.mark.parametrize(
    ("line", "reason"), [("200 result=0", "unexpected_reply"), ("100 x", "too_many_lines")]
)
async def test_a_flood_is_closed_and_disturbs_nobody(
    front: AgiHouse, line: str, reason: str
) -> None:
    await front.open()
    session, client = await front.call()
    _, flooder = await front.call()
    flooder.send(*[line] * 20_000)
    command = asyncio.create_task(session.command("NOOP"))
    await client.command()
    client.send("200 result=0")
    await within(command)
    assert await flooder.closed()
    await front.fails(reason)


async def test_a_command_without_reply_ends_the_session(front: AgiHouse) -> None:
    await front.open()
    session, _ = await front.call()
    with pytest.raises(AgiTimeoutError, match=r"NOOP within 0.05 s"):
        await within(session.command("NOOP", timeout_s=0.05))
    with pytest.raises(AgiHungUpError, match="reply_timeout"):
        await within(session.command("NOOP"))
    await front.fails("reply_timeout")


async def test_an_idle_session_is_closed_in_time(front: AgiHouse) -> None:
    await front.open(AgiLimits(idle_s=0.05))
    session, client = await front.call()
    assert await within(session.wait_gone()) == "idle"
    assert await client.closed()
    await front.fails("idle")


async def test_a_running_command_is_not_idle(front: AgiHouse) -> None:
    await front.open(AgiLimits(idle_s=0.02))
    session, client = await front.call()
    command = asyncio.create_task(session.command("EXEC", "Bridge", "PJSIP/1"))
    await client.command()
    await asyncio.wait((command,), timeout=0.1)
    client.send("200 result=0")
    assert (await within(command)).result == "0"


async def test_beyond_the_limit_sessions_are_refused(front: AgiHouse) -> None:
    await front.open(AgiLimits(sessions_max=1))
    await front.call()
    client = await front.connect()
    client.introduce()
    assert await client.closed()
    await front.fails("too_many_sessions")


async def test_a_crowd_of_silent_connections_does_not_keep_a_caller_out(front: AgiHouse) -> None:
    await front.open(AgiLimits(handshakes_max=3))
    crowd = [await front.connect() for _ in range(8)]
    await front.call()
    assert await crowd[0].closed()
    await until(lambda: len(front.errors) >= 5)
    assert set(front.errors) == {"too_many_handshakes"}


async def test_a_peer_that_reads_nothing_does_not_hold_up_close(front: AgiHouse) -> None:
    await front.open()
    _, client = await front.call()
    client.writer.transport.pause_reading()
    await within(front.server.close())
