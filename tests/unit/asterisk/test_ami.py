import asyncio
import random
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import pytest
from structlog.testing import capture_logs

from ivr.asterisk.ami import (
    AmiDownError,
    AmiError,
    AmiLimits,
    AmiLink,
    AmiRefusedError,
    AmiTimeoutError,
)
from tests.unit.asterisk.peers import AmiPeer, message, response, until, within

pytestmark = pytest.mark.usefixtures("no_task_left_behind")

QUICK: dict[str, Any] = {"retry_s_min": 0.001, "retry_s_max": 0.01}


class House:
    """A link and everything it told."""

    def __init__(self, peer: AmiPeer) -> None:
        self.peer = peer
        self.story: list[str] = []
        """Events by their `N` or name, logins and losses, in order."""
        self.events: asyncio.Queue[Mapping[str, str]] = asyncio.Queue()
        self.ready = asyncio.Event()
        self.lost = asyncio.Event()
        self.links: list[AmiLink] = []
        self.snapshot: Callable[[], Any] | None = None

    async def start(self, secret: str = "pw", **options: Any) -> AmiLink:
        limits = AmiLimits(**(QUICK | options.pop("limits", {})))
        link = AmiLink(
            "127.0.0.1",
            self.peer.port,
            "ivr",
            secret,
            on_event=options.pop("on_event", self.on_event),
            on_login=self.on_login,
            on_lost=self.on_lost,
            limits=limits,
            rng=random.Random(1),
            **options,
        )
        self.links.append(link)
        await link.start()
        return link

    async def ready_link(self, **options: Any) -> AmiLink:
        link = await self.start(**options)
        await within(self.ready.wait())
        await until(lambda: link.connected)
        return link

    def on_event(self, event: Mapping[str, str]) -> None:
        if event["Event"] == "FullyBooted":
            return
        self.story.append(event.get("N", event["Event"]))
        self.events.put_nowait(event)

    async def on_login(self) -> None:
        self.story.append("login")
        if self.snapshot is not None:
            await self.snapshot()
        self.ready.set()

    def on_lost(self) -> None:
        self.story.append("lost")
        self.ready.clear()
        self.lost.set()


@pytest.fixture
async def house(peer: AmiPeer) -> AsyncIterator[House]:
    house = House(peer)
    yield house
    for link in house.links:
        await link.close()


def event(name: str, *headers: str) -> str:
    return message(f"Event: {name}", *headers)


# --- actions


async def test_an_action_gets_its_response(house: House, peer: AmiPeer) -> None:
    link = await house.ready_link()
    peer.answers["Getvar"] = lambda a: response(a, "Variable: X", "Value: 1", "Message: fine")
    reply = await within(link.action("Getvar", {"Channel": "PJSIP/1-0", "Variable": "X"}))
    assert (reply.ok, reply.message, reply.headers["Value"]) == (True, "fine", "1")


async def test_an_error_is_a_reply(house: House, peer: AmiPeer) -> None:
    link = await house.ready_link()
    peer.answers["Hangup"] = lambda a: response(a, "Message: No such channel", kind="Error")
    reply = await within(link.action("Hangup", {"Channel": "x"}))
    assert (reply.ok, reply.message) == (False, "No such channel")


async def test_replies_find_their_actions_in_any_order(house: House, peer: AmiPeer) -> None:
    link = await house.ready_link()
    peer.answers["Getvar"] = lambda a: None
    first, second = (
        asyncio.create_task(link.action("Getvar", {"Variable": name})) for name in "AB"
    )
    asked = [await within(peer.actions.get()) for _ in range(2)]
    for action in reversed(asked):
        peer.send(response(action, f"Message: {action['Variable']}"))
    assert (await within(first)).message == "A"
    assert (await within(second)).message == "B"


async def test_a_list_value_is_sent_as_repeated_headers(house: House, peer: AmiPeer) -> None:
    link = await house.ready_link()
    await within(link.action("Originate", {"Channel": "x", "Variable": ["A=1", "B=2"]}))
    assert (await within(peer.actions.get()))["Variables"] == "A=1|B=2"


async def test_originate_is_always_asynchronous(house: House, peer: AmiPeer) -> None:
    """panoramisk fails inside data_received on the reply to a synchronous one."""
    link = await house.ready_link()
    await within(link.action("Originate", {"Channel": "PJSIP/1001"}))
    assert (await within(peer.actions.get()))["Async"] == "true"
    with pytest.raises(ValueError, match="Async"):
        await link.action("Originate", {"Channel": "PJSIP/1001", "Async": "false"})


async def test_the_outcome_of_an_originate_is_an_event_even_before_its_response(
    house: House, peer: AmiPeer
) -> None:
    link = await house.ready_link()
    outcome = ("Response: Failure", "Reason: 5", "N: outcome")
    peer.answers["Originate"] = lambda a: (
        event("OriginateResponse", f"ActionID: {a['ActionID']}", *outcome)
        + response(a, "Message: Originate successfully queued")
        + event("OriginateResponse", f"ActionID: {a['ActionID']}", *outcome)
    )
    reply = await within(link.action("Originate", {"Channel": "x", "ActionID": "leg-1"}))
    assert (reply.ok, reply.message) == (True, "Originate successfully queued")
    for _ in range(2):
        assert (await within(house.events.get()))["ActionID"] == "leg-1"


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("QueueAdd", "Message: Added interface to queue"),
        ("AGI", "Message: AGI command successfully queued"),
        ("Command", "Message: Command output will follow"),
        ("Status", "EventList: start"),
    ],
)
async def test_an_action_is_complete_at_its_response_whatever_it_says(
    house: House, peer: AmiPeer, name: str, answer: str
) -> None:
    """panoramisk waits for ever after these."""
    link = await house.ready_link()
    peer.answers[name] = lambda a: response(a, answer)
    assert (await within(link.action(name, {"Command": "x"}))).ok


@pytest.mark.parametrize("text", ["1\r\nAction: Originate", "a\nb", "\0"])
async def test_control_characters_are_refused_and_nothing_is_sent(
    house: House, peer: AmiPeer, text: str
) -> None:
    link = await house.ready_link()
    with pytest.raises(ValueError, match="control"):
        await link.action("Hangup", {"Channel": text})
    with pytest.raises(ValueError, match="control"):
        await link.collect("Status", {"Variables": ["A", text]}, until="StatusComplete")
    await within(link.action("Hangup", {"Channel": "next"}))
    assert (await within(peer.actions.get()))["Channel"] == "next"
    assert peer.actions.empty()


async def test_text_that_is_no_unicode_is_refused(house: House) -> None:
    link = await house.ready_link()
    with pytest.raises(ValueError, match="surrogates"):
        await link.action("Hangup", {"Channel": "\udcff"})


async def test_an_action_id_is_used_once_at_a_time(house: House, peer: AmiPeer) -> None:
    link = await house.ready_link()
    peer.answers["Originate"] = lambda a: None
    first = asyncio.create_task(link.action("Originate", {"ActionID": "leg-1"}))
    await within(peer.actions.get())
    with pytest.raises(ValueError, match="still in use"):
        await link.action("Originate", {"ActionID": "leg-1"})
    await link.close()
    with pytest.raises(AmiDownError):
        await within(first)


async def test_without_a_link_an_action_fails_at_once(peer: AmiPeer) -> None:
    house = House(peer)
    link = await house.start()
    assert not link.connected
    with pytest.raises(AmiDownError, match="no link to Asterisk"):
        await link.action("Ping", {})
    await link.close()


# --- time-outs


async def test_no_answer_in_time_is_an_error_and_leaves_nothing_behind(
    house: House, peer: AmiPeer
) -> None:
    """panoramisk keeps the entry for ever."""
    link = await house.ready_link()
    peer.answers["Getvar"] = lambda a: None
    for _ in range(3):
        with pytest.raises(AmiTimeoutError, match=r"Getvar within 0.01 s"):
            await link.action("Getvar", {"Variable": "X"}, timeout_s=0.01)
    assert link._connection is not None
    assert link._connection.protocol.responses == {}


async def test_a_late_response_is_nobodys_and_the_next_one_is_right(
    house: House, peer: AmiPeer
) -> None:
    link = await house.ready_link()
    peer.answers["Getvar"] = lambda a: None
    with pytest.raises(AmiTimeoutError):
        await link.action("Getvar", {"Variable": "X"}, timeout_s=0.01)
    late = await within(peer.actions.get())
    peer.answers["Getvar"] = lambda a: (
        response(late, "Message: late") + response(a, "Message: mine")
    )
    assert (await within(link.action("Getvar", {"Variable": "Y"}))).message == "mine"
    assert house.events.empty()


async def test_late_entries_of_a_list_are_no_events(house: House, peer: AmiPeer) -> None:
    link = await house.ready_link()
    peer.answers["CoreShowChannels"] = lambda a: None
    with pytest.raises(AmiTimeoutError):
        await link.collect("CoreShowChannels", {}, until="CoreShowChannelsComplete", timeout_s=0.01)
    late = await within(peer.actions.get())
    peer.send(event("CoreShowChannel", f"ActionID: {late['ActionID']}") + event("X", "N: after"))
    assert (await within(house.events.get()))["N"] == "after"


async def test_a_cancelled_action_leaves_nothing_behind(house: House, peer: AmiPeer) -> None:
    link = await house.ready_link()
    peer.answers["Getvar"] = lambda a: None
    task = asyncio.create_task(link.action("Getvar", {"Variable": "X"}))
    await within(peer.actions.get())
    task.cancel()
    await asyncio.wait((task,))
    assert link._connection is not None
    assert link._connection.protocol.responses == {}


# --- lists


def channels(action: Mapping[str, str]) -> str:
    tag = f"ActionID: {action['ActionID']}"
    return (
        response(action, "EventList: start", "Message: Channels will follow")
        + event("CoreShowChannel", tag, "Channel: A")
        + event("Hangup", "N: between")
        + event("CoreShowChannel", tag, "Channel: B")
        + event("CoreShowChannelsComplete", tag, "EventList: Complete", "ListItems: 2")
    )


async def test_a_list_is_collected_and_kept_apart_from_events(house: House, peer: AmiPeer) -> None:
    link = await house.ready_link()
    peer.answers["CoreShowChannels"] = channels
    entries = await within(link.collect("CoreShowChannels", {}, until="CoreShowChannelsComplete"))
    assert [entry["Channel"] for entry in entries] == ["A", "B"]
    assert (await within(house.events.get()))["N"] == "between"
    assert house.events.empty()


async def test_a_refused_list_is_an_error(house: House, peer: AmiPeer) -> None:
    link = await house.ready_link()
    peer.answers["Status"] = lambda a: response(a, "Message: Permission denied", kind="Error")
    with pytest.raises(AmiRefusedError, match="Permission denied"):
        await within(link.collect("Status", {}, until="StatusComplete"))


async def test_a_list_without_end_is_an_error(house: House, peer: AmiPeer) -> None:
    link = await house.ready_link(limits={"entries_max": 3})
    entry = "ActionID: {ActionID}\r\nChannel: A"
    peer.answers["Status"] = lambda a: response(a) + event("Status", entry.format(**a)) * 10
    with pytest.raises(AmiError, match="too many"):
        await within(link.collect("Status", {}, until="StatusComplete"))


# --- events


async def test_events_come_in_order_however_they_are_split(house: House, peer: AmiPeer) -> None:
    await house.ready_link()
    stream = "".join(event("X", f"N: {n}", "Name: Zoë ☎ \U0001f600") for n in range(5)).encode()
    for byte in stream:
        peer.send(bytes([byte]))
        await asyncio.sleep(0)
    got = [await within(house.events.get()) for _ in range(5)]
    assert [e["N"] for e in got] == list("01234")
    assert {e["Name"] for e in got} == {"Zoë ☎ \U0001f600"}


async def test_an_error_in_the_event_handler_stops_nothing(house: House, peer: AmiPeer) -> None:
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


async def test_events_during_the_snapshot_wait_for_its_end(house: House, peer: AmiPeer) -> None:
    peer.answers["CoreShowChannels"] = lambda a: event("X", "N: meanwhile") + channels(a)

    async def snapshot() -> None:
        entries = await link.collect("CoreShowChannels", {}, until="CoreShowChannelsComplete")
        house.story.append(f"snapshot of {len(entries)}")

    house.snapshot = snapshot
    link = await house.start()
    await within(house.events.get())
    await within(house.events.get())
    assert house.story == ["login", "snapshot of 2", "meanwhile", "between"]


async def test_the_snapshot_waits_until_asterisk_has_booted(house: House, peer: AmiPeer) -> None:
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
    house: House, peer: AmiPeer
) -> None:
    peer.booted = ""
    await house.ready_link(limits={"booted_s": 0.01})


async def test_only_wanted_events_are_delivered(house: House, peer: AmiPeer) -> None:
    link = await house.ready_link(wanted={"Hangup"})
    peer.send(event("Newexten", "N: 1") + event("Hangup", "N: 2") + event("VarSet", "N: 3"))
    assert (await within(house.events.get()))["N"] == "2"
    assert (await within(link.action("Getvar", {"Variable": "X"}))).ok
    assert house.events.empty()


async def test_the_event_mask_is_chosen_at_login(house: House, peer: AmiPeer) -> None:
    await house.ready_link(events="call,user")
    assert (await within(peer.logins.get()))["Events"] == "call,user"


async def test_an_overflow_drops_the_link_and_reads_everything_anew(
    house: House, peer: AmiPeer
) -> None:
    link = await house.ready_link(limits={"events_max": 10})
    peer.send(event("X", "N: lost") * 50)
    await within(house.lost.wait())
    await within(house.ready.wait())
    assert (link.overflows, link.logins) == (1, 2)
    assert house.story[-2:] == ["lost", "login"]


# --- loss and return


async def test_a_waiting_action_fails_at_the_loss_and_is_never_sent_again(
    house: House, peer: AmiPeer
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
    house: House, peer: AmiPeer
) -> None:
    await house.ready_link()
    peer.send("".join(event("X", f"N: {n}") for n in range(3)) + event("Shutdown"))
    await until(lambda: len(house.story) == 5)
    peer.drop()
    await within(house.lost.wait())
    assert house.story == ["login", "0", "1", "2", "Shutdown", "lost"]


async def test_the_link_comes_back_after_asterisk_was_away(house: House, peer: AmiPeer) -> None:
    link = await house.ready_link()
    await peer.stop()
    await within(house.lost.wait())
    assert not link.connected
    await peer.listen()
    await within(house.ready.wait())
    assert (link.connected, link.logins) == (True, 2)


async def test_attempts_to_reconnect_grow_apart(house: House, peer: AmiPeer) -> None:
    await peer.stop()
    with capture_logs() as logs:
        loop = asyncio.get_running_loop()
        began = loop.time()
        await house.start(limits={"retry_s_min": 0.01, "retry_s_max": 10.0})
        await until(lambda: len(logs) == 5)
    assert loop.time() - began > (0.01 + 0.02 + 0.04 + 0.08) / 2
    assert {entry["event"] for entry in logs} == {"ami.unreachable"}
    await peer.listen()


async def test_a_ping_without_answer_drops_the_link(house: House, peer: AmiPeer) -> None:
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
    house: House, peer: AmiPeer
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
    house: House, peer: AmiPeer
) -> None:
    peer.secret = "other"
    await house.start(limits={"refused_retry_s": 0.01})
    await within(peer.logins.get())
    peer.secret = "pw"
    await within(house.ready.wait())


async def test_not_connected_before_the_login_is_accepted(house: House, peer: AmiPeer) -> None:
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
    ("banner", "why"),
    [("SSH-2.0-OpenSSH\r\n", "check host and port"), ("", "does not answer")],
)
async def test_a_peer_that_is_no_manager_is_told(
    house: House, peer: AmiPeer, banner: str, why: str
) -> None:
    peer.banner = banner
    with capture_logs() as logs:
        await house.start(limits={"connect_s": 0.05})
        await until(lambda: bool(logs))
    assert why in logs[0]["error"]


async def test_a_message_without_end_drops_the_link(house: House, peer: AmiPeer) -> None:
    link = await house.ready_link()
    peer.send(b"Event: X\r\nY: " + b"y" * 1_100_000)
    await within(house.lost.wait())
    await until(lambda: link.logins == 2)


async def test_garbage_between_messages_harms_nobody(house: House, peer: AmiPeer) -> None:
    link = await house.ready_link()
    peer.send(b"\xff\xfe\0 : \r\n:\r\n\r\n\r\n\r\n" + event("X", "N: good").encode())
    assert (await within(house.events.get()))["N"] == "good"
    assert link.connected


async def test_a_failing_snapshot_is_told_and_tried_again(house: House, peer: AmiPeer) -> None:
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


async def test_a_loss_during_the_snapshot_ends_it(house: House, peer: AmiPeer) -> None:
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


async def test_close_fails_what_waits_and_never_reconnects(house: House, peer: AmiPeer) -> None:
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
    house: House, peer: AmiPeer, turns: int
) -> None:
    link = await house.start()
    for _ in range(turns):
        await asyncio.sleep(0)
    await within(link.close())
    assert not link.connected
