import asyncio

import pytest

from ivr.asterisk.ami import AmiDownError, AmiError, AmiRefusedError, AmiTimeoutError
from tests.unit.asterisk.ami_house import AmiHouse, event, list_of_two
from tests.unit.asterisk.peers import AmiPeer, response, within

pytestmark = pytest.mark.usefixtures("no_task_left_behind")


# --- actions


async def test_an_action_gets_its_response(house: AmiHouse, peer: AmiPeer) -> None:
    link = await house.ready_link()
    peer.answers["Getvar"] = lambda a: response(a, "Variable: X", "Value: 1", "Message: fine")
    reply = await within(link.action("Getvar", {"Channel": "PJSIP/1-0", "Variable": "X"}))
    assert (reply.ok, reply.message, reply.headers["Value"]) == (True, "fine", "1")


async def test_an_error_is_a_reply(house: AmiHouse, peer: AmiPeer) -> None:
    link = await house.ready_link()
    peer.answers["Hangup"] = lambda a: response(a, "Message: No such channel", kind="Error")
    reply = await within(link.action("Hangup", {"Channel": "x"}))
    assert (reply.ok, reply.message) == (False, "No such channel")


async def test_replies_find_their_actions_in_any_order(house: AmiHouse, peer: AmiPeer) -> None:
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


async def test_a_list_value_is_sent_as_repeated_headers(house: AmiHouse, peer: AmiPeer) -> None:
    link = await house.ready_link()
    await within(link.action("Originate", {"Channel": "x", "Variable": ["A=1", "B=2"]}))
    assert (await within(peer.actions.get()))["Variables"] == "A=1|B=2"


async def test_originate_is_always_asynchronous(house: AmiHouse, peer: AmiPeer) -> None:
    """panoramisk fails inside data_received on the reply to a synchronous one."""
    link = await house.ready_link()
    await within(link.action("Originate", {"Channel": "PJSIP/1001"}))
    assert (await within(peer.actions.get()))["Async"] == "true"
    with pytest.raises(ValueError, match="Async"):
        await link.action("Originate", {"Channel": "PJSIP/1001", "Async": "false"})


async def test_the_outcome_of_an_originate_is_an_event_even_before_its_response(
    house: AmiHouse, peer: AmiPeer
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
    house: AmiHouse, peer: AmiPeer, name: str, answer: str
) -> None:
    """panoramisk waits for ever after these."""
    link = await house.ready_link()
    peer.answers[name] = lambda a: response(a, answer)
    assert (await within(link.action(name, {"Command": "x"}))).ok


@pytest.mark.parametrize("text", ["1\r\nAction: Originate", "a\nb", "\0"])
async def test_control_characters_are_refused_and_nothing_is_sent(
    house: AmiHouse, peer: AmiPeer, text: str
) -> None:
    link = await house.ready_link()
    with pytest.raises(ValueError, match="control"):
        await link.action("Hangup", {"Channel": text})
    with pytest.raises(ValueError, match="control"):
        await link.collect("Status", {"Variables": ["A", text]}, until="StatusComplete")
    await within(link.action("Hangup", {"Channel": "next"}))
    assert (await within(peer.actions.get()))["Channel"] == "next"
    assert peer.actions.empty()


async def test_text_that_is_no_unicode_is_refused(house: AmiHouse) -> None:
    link = await house.ready_link()
    with pytest.raises(ValueError, match="surrogates"):
        await link.action("Hangup", {"Channel": "\udcff"})


async def test_an_action_id_is_used_once_at_a_time(house: AmiHouse, peer: AmiPeer) -> None:
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
    house = AmiHouse(peer)
    link = await house.start()
    assert not link.connected
    with pytest.raises(AmiDownError, match="no link to Asterisk"):
        await link.action("Ping", {})
    await link.close()


# --- time-outs


async def test_no_answer_in_time_is_an_error_and_leaves_nothing_behind(
    house: AmiHouse, peer: AmiPeer
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
    house: AmiHouse, peer: AmiPeer
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


async def test_late_entries_of_a_list_are_no_events(house: AmiHouse, peer: AmiPeer) -> None:
    link = await house.ready_link()
    peer.answers["CoreShowChannels"] = lambda a: None
    with pytest.raises(AmiTimeoutError):
        await link.collect("CoreShowChannels", {}, until="CoreShowChannelsComplete", timeout_s=0.01)
    late = await within(peer.actions.get())
    peer.send(event("CoreShowChannel", f"ActionID: {late['ActionID']}") + event("X", "N: after"))
    assert (await within(house.events.get()))["N"] == "after"


async def test_a_cancelled_action_leaves_nothing_behind(house: AmiHouse, peer: AmiPeer) -> None:
    link = await house.ready_link()
    peer.answers["Getvar"] = lambda a: None
    task = asyncio.create_task(link.action("Getvar", {"Variable": "X"}))
    await within(peer.actions.get())
    task.cancel()
    await asyncio.wait((task,))
    assert link._connection is not None
    assert link._connection.protocol.responses == {}


# --- lists


async def test_a_list_is_collected_and_kept_apart_from_events(
    house: AmiHouse, peer: AmiPeer
) -> None:
    link = await house.ready_link()
    peer.answers["CoreShowChannels"] = list_of_two
    entries = await within(link.collect("CoreShowChannels", {}, until="CoreShowChannelsComplete"))
    assert [entry["Channel"] for entry in entries] == ["A", "B"]
    assert (await within(house.events.get()))["N"] == "between"
    assert house.events.empty()


async def test_a_refused_list_is_an_error(house: AmiHouse, peer: AmiPeer) -> None:
    link = await house.ready_link()
    peer.answers["Status"] = lambda a: response(a, "Message: Permission denied", kind="Error")
    with pytest.raises(AmiRefusedError, match="Permission denied"):
        await within(link.collect("Status", {}, until="StatusComplete"))


async def test_a_list_without_end_is_an_error(house: AmiHouse, peer: AmiPeer) -> None:
    link = await house.ready_link(limits={"entries_max": 3})
    entry = "ActionID: {ActionID}\r\nChannel: A"
    peer.answers["Status"] = lambda a: response(a) + event("Status", entry.format(**a)) * 10
    with pytest.raises(AmiError, match="too many"):
        await within(link.collect("Status", {}, until="StatusComplete"))
