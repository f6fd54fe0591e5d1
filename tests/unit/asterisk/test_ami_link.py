import asyncio
import time
from collections.abc import Mapping

import pytest
from structlog.testing import capture_logs

from ivr.asterisk.ami import AmiDownError
from tests.unit.asterisk.ami_house import AmiHouse, event, list_of_two
from tests.unit.asterisk.peers import AmiPeer, until, within

pytestmark = pytest.mark.usefixtures("no_task_left_behind")


# --- events


async def test_events_come_in_order_however_they_are_split(house: AmiHouse, peer: AmiPeer) -> None:
    await house.ready_link()
    stream = "".join(event("X", f"N: {n}", "Name: Zoë ☎ \U0001f600") for n in range(5)).encode()
    for byte in stream:
        peer.send(bytes([byte]))
        await asyncio.sleep(0)
    got = [await within(house.events.get()) for _ in range(5)]
    assert [e["N"] for e in got] == list("01234")
    assert {e["Name"] for e in got} == {"Zoë ☎ \U0001f600"}


async def test_an_error_in_the_event_handler_stops_nothing(house: AmiHouse, peer: AmiPeer) -> None:
    """In panoramisk it kills the link."""

    def fragile(event: Mapping[str, str]) -> None:
        if event.get("N") == "bad":
            raise RuntimeError("boom")
        house.on_event(event)

    link = await house.ready_link(on_event=fragile)
    with capture_logs() as logs:
        peer.send(event("X", "N: bad") + event("X", "N: good"))
        assert (await within(house.events.get()))["N"] == "good"
    assert link.connected
    assert [entry["ami_event"] for entry in logs] == ["X"]


async def test_events_during_the_snapshot_wait_for_its_end(house: AmiHouse, peer: AmiPeer) -> None:
    peer.answers["CoreShowChannels"] = lambda a: event("X", "N: meanwhile") + list_of_two(a)

    async def snapshot() -> None:
        entries = await link.collect("CoreShowChannels", {}, until="CoreShowChannelsComplete")
        house.story.append(f"snapshot of {len(entries)}")

    house.snapshot = snapshot
    link = await house.start()
    await within(house.events.get())
    await within(house.events.get())
    assert house.story == ["login", "snapshot of 2", "meanwhile", "between"]


async def test_the_snapshot_waits_until_asterisk_has_booted(house: AmiHouse, peer: AmiPeer) -> None:
    peer.booted = ""
    await house.start()
    await within(peer.logins.get())
    peer.send(event("X", "N: early"))
    await asyncio.wait((asyncio.create_task(house.ready.wait()),), timeout=0.05)
    assert house.story == []
    peer.send(event("FullyBooted"))
    await within(house.events.get())
    assert house.story == ["login", "early"]


async def test_an_asterisk_that_never_says_it_booted_is_used_all_the_same(
    house: AmiHouse, peer: AmiPeer
) -> None:
    peer.booted = ""
    await house.ready_link(limits={"booted_s": 0.01})


async def test_the_event_mask_is_chosen_at_login(house: AmiHouse, peer: AmiPeer) -> None:
    await house.ready_link(events="call,user")
    assert (await within(peer.logins.get()))["Events"] == "call,user"


async def test_an_overflow_drops_the_link_and_reads_everything_anew(
    house: AmiHouse, peer: AmiPeer
) -> None:
    link = await house.ready_link(limits={"events_max": 10})
    peer.send(event("X", "N: lost") * 50)
    await within(house.lost.wait())
    await within(house.ready.wait())
    assert (link.overflows, link.logins) == (1, 2)
    assert house.story[-2:] == ["lost", "login"]


async def test_a_flood_waits_in_asterisk_and_nothing_of_it_is_lost(
    house: AmiHouse, peer: AmiPeer
) -> None:
    link = await house.ready_link(limits={"events_max": 20_000})
    peer.send("".join(event("X", f"N: {number}") for number in range(60_000)))
    for number in range(60_000):
        assert (await within(house.events.get()))["N"] == str(number)
    assert (await within(link.action("Getvar", {"Variable": "X"}))).ok
    assert (link.overflows, link.logins) == (0, 1)


async def test_a_link_whose_answers_wait_behind_a_flood_is_alive(
    house: AmiHouse, peer: AmiPeer
) -> None:
    slow: set[str] = set()

    def handle(event: Mapping[str, str]) -> None:
        if event["Event"] == "X":
            slow.add(event["N"])
        deadline = time.perf_counter() + 0.0001
        while time.perf_counter() < deadline:
            pass

    limits = {"ping_s": 0.02, "ping_timeout_s": 0.1, "unanswered_max": 1000}
    link = await house.ready_link(limits=limits, on_event=handle)
    peer.send("".join(event("X", f"N: {number}") for number in range(5_000)))
    await until(lambda: len(slow) == 5_000)
    assert (await within(link.action("Getvar", {"Variable": "X"}))).ok
    assert link.logins == 1


# --- loss and return


async def test_a_waiting_action_fails_at_the_loss_and_is_never_sent_again(
    house: AmiHouse, peer: AmiPeer
) -> None:
    """panoramisk sends it again after reconnecting: the agent's phone rings twice."""
    link = await house.ready_link()
    peer.answers["Originate"] = lambda a: None
    action = asyncio.create_task(link.action("Originate", {"Channel": "PJSIP/1001"}))
    await within(peer.actions.get())
    peer.drop()
    with pytest.raises(AmiDownError, match="before Asterisk answered Originate"):
        await within(action)
    await until(lambda: link.logins == 2)
    await within(link.action("Getvar", {"Variable": "X"}))
    assert [(await within(peer.actions.get()))["Action"]] == ["Getvar"]
    assert peer.actions.empty()


async def test_what_was_received_before_the_loss_is_delivered_before_it_is_told(
    house: AmiHouse, peer: AmiPeer
) -> None:
    enough = asyncio.Event()
    house.snapshot = enough.wait
    link = await house.start()
    await until(lambda: link.connected)
    peer.send("".join(event("X", f"N: {n}") for n in range(3)) + event("Shutdown"))
    peer.hang_up()
    await until(lambda: not link.connected)
    enough.set()
    await within(house.lost.wait())
    assert house.story[:6] == ["login", "0", "1", "2", "Shutdown", "lost"]


async def test_the_link_comes_back_after_asterisk_was_away(house: AmiHouse, peer: AmiPeer) -> None:
    link = await house.ready_link()
    await peer.stop()
    await within(house.lost.wait())
    assert not link.connected
    await peer.listen()
    await within(house.ready.wait())
    assert (link.connected, link.logins) == (True, 2)


async def test_attempts_to_reconnect_grow_apart(house: AmiHouse, peer: AmiPeer) -> None:
    await peer.stop()
    with capture_logs() as logs:
        loop = asyncio.get_running_loop()
        began = loop.time()
        await house.start(limits={"retry_s_min": 0.01, "retry_s_max": 10.0})
        await until(lambda: len(logs) == 5)
    assert loop.time() - began > (0.01 + 0.02 + 0.04 + 0.08) / 2
    assert {entry["event"] for entry in logs} == {"ami.unreachable"}
    await peer.listen()


async def test_a_ping_without_answer_drops_the_link(house: AmiHouse, peer: AmiPeer) -> None:
    """panoramisk sends pings and never looks at the answers."""
    link = await house.ready_link(limits={"ping_s": 0.01, "ping_timeout_s": 0.02})
    await within(peer.pings.get())
    await within(peer.pings.get())
    assert link.logins == 1
    alive = peer.answers.pop("Ping")
    peer.answers["Ping"] = lambda a: None
    await within(house.lost.wait())
    peer.answers["Ping"] = alive
    await until(lambda: link.logins >= 2)


async def test_a_refused_password_is_told_and_tried_again_slowly(
    house: AmiHouse, peer: AmiPeer
) -> None:
    with capture_logs() as logs:
        link = await house.start(secret="wrong", limits={"refused_retry_s": 30.0})
        await until(lambda: bool(logs))
        await asyncio.wait((asyncio.create_task(house.ready.wait()),), timeout=0.05)
    assert [entry["log_level"] for entry in logs] == ["error"]
    assert "refuses the AMI user 'ivr': Authentication failed" in logs[0]["error"]
    assert "wrong" not in str(logs)
    assert (link.connected, peer.logins.qsize(), house.story) == (False, 1, [])


async def test_a_corrected_password_is_accepted_at_the_next_attempt(
    house: AmiHouse, peer: AmiPeer
) -> None:
    peer.secret = "other"
    await house.start(limits={"refused_retry_s": 0.01})
    await within(peer.logins.get())
    peer.secret = "pw"
    await within(house.ready.wait())


async def test_not_connected_before_the_login_is_accepted(house: AmiHouse, peer: AmiPeer) -> None:
    """panoramisk's connect() is complete before it."""
    peer.banner = ""
    link = await house.start()
    await until(lambda: peer.connections == 1)
    assert not link.connected
    with pytest.raises(AmiDownError):
        await link.action("Originate", {})
    peer.send("Asterisk Call Manager/11.0.0\r\n")
    await within(house.ready.wait())
    assert link.connected


@pytest.mark.parametrize(
    ("banner", "why", "connect_s"),
    [("SSH-2.0-OpenSSH\r\n", "check host and port", 5.0), ("", "does not answer", 0.05)],
)
async def test_a_peer_that_is_no_manager_is_told(
    house: AmiHouse, peer: AmiPeer, banner: str, why: str, connect_s: float
) -> None:
    peer.banner = banner
    with capture_logs() as logs:
        await house.start(limits={"connect_s": connect_s})
        await until(lambda: bool(logs))
    assert why in logs[0]["error"]


async def test_a_message_without_end_drops_the_link(house: AmiHouse, peer: AmiPeer) -> None:
    link = await house.ready_link()
    peer.send(b"Event: X\r\nY: " + b"y" * 1_100_000)
    await within(house.lost.wait())
    await until(lambda: link.logins == 2)


async def test_garbage_between_messages_harms_nobody(house: AmiHouse, peer: AmiPeer) -> None:
    link = await house.ready_link()
    peer.send(b"\xff\xfe\0 : \r\n:\r\n\r\n\r\n\r\n" + event("X", "N: good").encode())
    assert (await within(house.events.get()))["N"] == "good"
    assert link.connected


async def test_a_failing_snapshot_is_told_and_tried_again(house: AmiHouse, peer: AmiPeer) -> None:
    attempts: list[int] = []

    async def snapshot() -> None:
        attempts.append(1)
        if len(attempts) == 1:
            raise RuntimeError("boom")

    house.snapshot = snapshot
    with capture_logs() as logs:
        link = await house.start()
        await within(house.ready.wait())
    assert link.logins == 2
    assert "ami.on_login_failed" in {entry["event"] for entry in logs}


async def test_a_loss_during_the_snapshot_ends_it(house: AmiHouse, peer: AmiPeer) -> None:
    peer.answers["Getvar"] = lambda a: None

    async def snapshot() -> None:
        await link.action("Getvar", {"Variable": "X"})

    house.snapshot = snapshot
    link = await house.start()
    await within(peer.actions.get())
    del peer.answers["Getvar"]
    peer.drop()
    await within(house.ready.wait())
    assert link.logins == 2


async def test_close_fails_what_waits_and_never_reconnects(house: AmiHouse, peer: AmiPeer) -> None:
    """panoramisk's close() leaves its reconnect scheduled."""
    link = await house.ready_link()
    peer.answers["Getvar"] = lambda a: None
    action = asyncio.create_task(link.action("Getvar", {"Variable": "X"}))
    await within(peer.actions.get())
    await within(link.close())
    with pytest.raises(AmiDownError):
        await within(action)
    await asyncio.wait((asyncio.create_task(house.lost.wait()),), timeout=0.05)
    assert (peer.connections, link.connected, house.story) == (1, False, ["login"])


@pytest.mark.parametrize("turns", range(8))
async def test_close_at_any_moment_of_connecting_leaves_nothing(
    house: AmiHouse, peer: AmiPeer, turns: int
) -> None:
    link = await house.start()
    for _ in range(turns):
        await asyncio.sleep(0)
    await within(link.close())
    assert not link.connected
