import asyncio

import pytest

from ivr.asterisk.agi import AgiCommandError, AgiHungUpError, AgiReply, AgiSession
from tests.unit.asterisk.agi_house import AgiHouse
from tests.unit.asterisk.peers import until, within

pytestmark = pytest.mark.usefixtures("no_task_left_behind")


# --- a session


async def test_a_session_knows_its_call(front: AgiHouse) -> None:
    await front.open()
    session, _ = await front.call("100", "c-1", network_script="ivr/call?x=1")
    assert session.path == "call"
    assert session.args == ("100", "c-1")
    assert session.env["channel"] == "PJSIP/1001-00000001"
    assert session.env["calleridname"] == "Ada"
    assert front.server.sessions_active == 1


async def test_the_environment_may_come_in_any_pieces_and_any_bytes(front: AgiHouse) -> None:
    await front.open()
    client = await front.connect()
    text = b"agi_calleridname: \xff\xfe\nagi_network_script: feature\nagi_arg_1: s3cret\n\n"
    for byte in text:
        client.writer.write(bytes([byte]))
        await client.writer.drain()
    session = await within(front.sessions.get())
    assert (session.path, session.env["calleridname"]) == ("feature", "\ufffd\ufffd")


async def test_a_command_gets_its_reply(front: AgiHouse) -> None:
    await front.open()
    session, client = await front.call()
    command = asyncio.create_task(session.command("STREAM FILE", 'a "b" \\', "12#", 5))
    assert await client.command() == r'STREAM FILE "a \"b\" \\" "12#" "5"'
    client.send("100 result=0 Trying...", "200 result=49 endpos=800")
    assert await within(command) == AgiReply(200, "49", endpos=800)


async def test_concurrent_commands_take_turns_and_get_their_own_replies(front: AgiHouse) -> None:
    await front.open()
    session, client = await front.call()
    commands = [asyncio.create_task(session.command("NOOP", i)) for i in range(3)]
    for i in range(3):
        assert await client.command() == f'NOOP "{i}"'
        client.send(f"200 result={i}")
    assert [reply.result for reply in await within(asyncio.gather(*commands))] == ["0", "1", "2"]


async def test_a_cancelled_command_does_not_shift_the_replies(front: AgiHouse) -> None:
    await front.open()
    session, client = await front.call()
    first = asyncio.create_task(session.command("WAIT FOR DIGIT", 5000))
    assert await client.command() == 'WAIT FOR DIGIT "5000"'
    first.cancel()
    second = asyncio.create_task(session.command("NOOP"))
    await until(first.done)
    client.send("200 result=55")
    assert await client.command() == "NOOP"
    client.send("200 result=0")
    assert (await within(second)).result == "0"


async def test_a_refused_command_is_told_and_the_session_goes_on(front: AgiHouse) -> None:
    await front.open()
    session, client = await front.call()
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


async def test_nothing_is_sent_for_a_value_with_control_characters(front: AgiHouse) -> None:
    await front.open()
    session, client = await front.call()
    with pytest.raises(ValueError, match="control"):
        await session.command("SET VARIABLE", "X", "a\nHANGUP")
    command = asyncio.create_task(session.command("NOOP"))
    assert await client.command() == "NOOP"
    client.send("200 result=0")
    await within(command)


async def test_a_variable_whose_text_is_hangup_is_no_hangup(front: AgiHouse) -> None:
    await front.open()
    session, client = await front.call()
    command = asyncio.create_task(session.command("GET VARIABLE", "X"))
    await client.command()
    client.send("200 result=1 (hangup)")
    assert (await within(command)).data == "hangup"
    assert session.gone == ""


# --- hang-up


async def test_minus_one_alone_is_no_hangup(front: AgiHouse) -> None:
    await front.open()
    session, client = await front.call()
    command = asyncio.create_task(session.command("STREAM FILE", "missing", ""))
    await client.command()
    client.send("200 result=-1 endpos=0")
    assert (await within(command)).result == "-1"
    assert session.gone == ""


async def test_hangup_after_minus_one_ends_the_session(front: AgiHouse) -> None:
    await front.open()
    session, client = await front.call()
    command = asyncio.create_task(session.command("STREAM FILE", "long", ""))
    await client.command()
    client.send("200 result=-1 endpos=800", "HANGUP")
    assert (await within(command)).result == "-1"
    assert await within(session.wait_gone()) == "hangup"
    with pytest.raises(AgiHungUpError):
        await within(session.command("NOOP"))


async def test_hangup_while_idle_wakes_whoever_waits_for_it(front: AgiHouse) -> None:
    await front.open()
    session, client = await front.call()
    waiting = asyncio.create_task(session.wait_gone())
    client.send("HANGUP")
    assert await within(waiting) == "hangup"


async def test_hangup_straight_after_the_environment_is_not_missed(front: AgiHouse) -> None:
    await front.open()
    client = await front.connect()
    client.writer.write(b"agi_channel: x\nagi_arg_1: s3cret\n\nHANGUP\n")
    session = await within(front.sessions.get())
    assert await within(session.wait_gone()) == "hangup"


async def test_hangup_while_a_command_runs_raises_there(front: AgiHouse) -> None:
    await front.open()
    session, client = await front.call()
    command = asyncio.create_task(session.command("EXEC", "Bridge", "PJSIP/1"))
    await client.command()
    client.send("HANGUP")
    with pytest.raises(AgiHungUpError, match=r"EXEC .*hangup"):
        await within(command)


async def test_a_closed_connection_is_a_hangup(front: AgiHouse) -> None:
    await front.open()
    session, client = await front.call()
    command = asyncio.create_task(session.command("NOOP"))
    await client.command()
    await client.close()
    with pytest.raises(AgiHungUpError, match="eof"):
        await within(command)
    assert front.errors == []


async def test_a_half_closed_connection_is_a_hangup(front: AgiHouse) -> None:
    await front.open()
    session, client = await front.call()
    client.writer.write_eof()
    assert await within(session.wait_gone()) == "eof"


async def test_a_dead_channel_is_a_hangup(front: AgiHouse) -> None:
    await front.open()
    session, client = await front.call()
    command = asyncio.create_task(session.command("ANSWER"))
    await client.command()
    client.send("511 Command Not Permitted on a dead channel or intercept routine")
    with pytest.raises(AgiHungUpError, match="dead"):
        await within(command)
    assert session.gone == "dead"


async def test_the_connection_stays_until_the_handler_returns_as_a_redirect_needs(
    front: AgiHouse,
) -> None:
    await front.open()
    session, client = await front.call()
    client.send("HANGUP")
    await within(session.wait_gone())
    closed = asyncio.create_task(client.closed())
    await asyncio.wait((closed,), timeout=0.05)
    assert not closed.done()
    front.leave.set()
    assert await closed


# --- handlers


async def test_a_failing_handler_costs_its_session_only(front: AgiHouse) -> None:
    await front.open()
    await front.call()

    async def fail(session: AgiSession) -> None:
        raise RuntimeError("boom")

    front.handler = fail
    client = await front.connect()
    client.introduce()
    assert await client.closed()
    assert front.errors == ["handler_failed"]
    front.handler = front.stay
    await front.call()
    assert front.server.sessions_active == 2


async def test_a_handler_that_ends_by_hangup_is_no_error(front: AgiHouse) -> None:
    await front.open()

    async def play(session: AgiSession) -> None:
        await session.command("STREAM FILE", "x", "")

    front.handler = play
    client = await front.connect()
    client.introduce()
    await client.command()
    client.send("HANGUP")
    assert await client.closed()
    assert front.errors == []


async def test_close_cancels_handlers_and_waits_for_their_end(front: AgiHouse) -> None:
    await front.open()
    ended = asyncio.Event()

    async def tidy(session: AgiSession) -> None:
        try:
            await front.stay(session)
        finally:
            await asyncio.sleep(0)
            ended.set()

    front.handler = tidy
    _, client = await front.call()
    await within(front.server.close())
    assert ended.is_set()
    assert await client.closed()
