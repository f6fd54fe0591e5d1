"""Webhooks over a real journal and real HTTP: in order, at least once, or on record as dead."""

import asyncio
import json

import pytest

from ivr.model import events
from ivr.webhooks.outbox import Dead, Outbox
from tests.unit.lookup.systems import peer
from tests.unit.webhooks.conftest import Came, World, until


async def refuses(_came: Came) -> int:
    return 500


def dead_of(world: World) -> list[Dead]:
    outbox = Outbox(world.directory / "webhooks.db")
    try:
        return outbox.dead("crm_calls")
    finally:
        outbox.close()


async def test_what_is_wanted_is_told_once_in_order_and_the_rest_is_not(world: World) -> None:
    async with world.webhooks():
        world.journal.record(events.NodeEntered(at=1e9, call="a", flow="f", node="n"))
        world.happens("a", 1, 2, 3)
        await until(lambda: world.counts.told_of.total() == 3)
    assert world.shop.order("a") == [1, 2, 3]
    assert len(world.shop.came) == 3
    first = world.shop.came[0].body
    assert first == {
        "id": 2,
        "type": "call.ended",
        "call": "a",
        "seq": 2,
        "at": "2001-09-09T01:46:40.000+00:00",
        "data": {"flow": "f", "result": "hangup", "duration_s": 1, "node": "n"},
    }
    assert world.counts.told_of == {"delivered": 3}


async def test_variables_of_a_flow_are_not_told(world: World) -> None:
    requested = events.CallbackRequested(
        at=1e9,
        call="a",
        queue="q",
        number="1",
        skills="",
        priority=0,
        entered_at=1,
        expires_at=2,
        flow="f",
        node="n",
        variables='{"iban": "secret"}',
    )
    async with world.webhooks(world.site(events=["callback.*"])):
        world.journal.record(requested)
        await world.shop.has_taken(1)
    data = world.shop.came[0].body["data"]
    assert data["number"] == "1"
    assert "secret" not in json.dumps(data)


async def test_a_new_webhook_is_told_only_of_what_is_to_come(world: World) -> None:
    world.happens("a", 1)
    await world.journal.settled()
    async with world.webhooks():
        world.happens("a", 2)
        await world.shop.has_taken(1)
    assert world.shop.order("a") == [2]


async def test_500_is_tried_again_and_the_call_waits_but_no_other(world: World) -> None:
    async def answer(came: Came) -> int:
        return 500 if came.key == ("a", 1) and len(b_taken()) < 3 else 200

    def b_taken() -> list[int]:
        return world.shop.order("b")

    world.shop.answer = answer
    async with world.webhooks():
        world.happens("a", 1, 2)
        world.happens("b", 1, 2, 3)
        await world.shop.has_taken(5)
        await until(lambda: world.counts.backlogs()["crm_calls"].events == 0)
    assert world.shop.order("a") == [1, 2]
    assert world.shop.order("b") == [1, 2, 3]
    tries = {came.id for came in world.shop.came if came.key == ("a", 1)}
    assert len(tries) == 1
    assert world.counts.told_of["failed"] >= 1
    assert dead_of(world) == []


async def test_one_that_hangs_delays_its_own_call_alone(world: World) -> None:
    forever = asyncio.Event()

    async def answer(came: Came) -> int:
        if came.key[0] == "a" and len(world.shop.order("b")) < 20:
            await forever.wait()
        return 200

    world.shop.answer = answer
    async with world.webhooks(timeout_s=0.15):
        world.happens("a", 1, 2)
        world.happens("b", *range(20))
        await world.shop.has_taken(22)
        assert world.counts.backlogs()["crm_calls"].events <= 1
    assert world.shop.order("b") == list(range(20))
    assert world.shop.order("a") == [1, 2]
    assert world.counts.told_of["timeout"] >= 1


@pytest.mark.parametrize("says", [b"", b"\x00\xff garbage\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n"])
async def test_what_is_no_http_counts_as_nobody_there(world: World, says: bytes) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(says)

    async with peer(talk) as url, world.webhooks(world.site(url), age_s_max=0.0):
        world.happens("a", 1)
        await world.counts.has_buried(1)
    (dead,) = dead_of(world)
    assert (dead.reason, dead.letter.entry.call) == ("unreachable", "a")


async def test_gone_is_final_at_once(world: World) -> None:
    async def answer(came: Came) -> int:
        return 410 if came.key == ("a", 1) else 200

    world.shop.answer = answer
    async with world.webhooks():
        world.happens("a", 1, 2)
        await world.shop.has_taken(1)
    assert world.shop.order("a") == [2]
    (dead,) = dead_of(world)
    assert (dead.reason, dead.letter.attempts) == ("gone", 1)
    assert world.counts.dead == {"gone": 1}


async def test_however_many_are_given_up_the_next_is_told(world: World) -> None:
    async def answer(came: Came) -> int:
        return 410 if came.key[0] == "a" else 200

    world.shop.answer = answer
    async with world.webhooks():
        world.happens("a", *range(20))
        await world.counts.has_buried(20)
        world.happens("b", 1)
        await world.shop.has_taken(1)
    assert len(dead_of(world)) == 20


async def test_a_redirection_leads_nowhere(world: World) -> None:
    async def answer(_came: Came) -> int:
        return 307

    world.shop.answer = answer
    async with world.webhooks(age_s_max=0.0):
        world.happens("a", 1)
        await world.counts.has_buried(1)
    assert len(world.shop.came) == 1  # and /elsewhere would have failed the receiver's own checks
    assert dead_of(world)[0].reason == "refused"


async def test_the_next_server_goes_on_where_the_former_was(world: World) -> None:
    async def answer(came: Came) -> int:
        return 500 if came.key == ("a", 2) else 200

    world.shop.answer = answer
    async with world.webhooks():
        world.happens("a", 1, 2, 3)
        world.happens("b", 1)
        await world.shop.has_taken(2)
        await until(lambda: world.counts.told_of["failed"] > 0)
    world.happens("a", 4)  # while nobody is there
    await world.journal.settled()
    world.shop.answer = world.shop.accepts
    async with world.webhooks():
        await world.shop.has_taken(5)
    assert world.shop.order("a") == [1, 2, 3, 4]
    assert world.shop.order("b") == [1]


async def test_what_has_no_room_is_dead_and_counted(world: World) -> None:
    world.shop.answer = refuses
    async with world.webhooks(waiting_max=2):
        world.happens("a", 1, 2, 3, 4, 5)
        await world.counts.has_buried(3)
        world.shop.answer = world.shop.accepts
        await world.shop.has_taken(2)
    assert world.shop.order("a") == [1, 2]
    assert [one.letter.entry.fields()["duration_s"] for one in dead_of(world)] == [3, 4, 5]
    assert world.counts.dead == {"overflow": 3}


async def test_dead_letters_are_tried_again_when_asked_for(world: World) -> None:
    async def gone(_came: Came) -> int:
        return 410

    world.shop.answer = gone
    async with world.webhooks():
        world.happens("a", 1, 2, 3)
        await world.counts.has_buried(3)
        world.shop.answer = world.shop.accepts
        second = dead_of(world)[1].letter.id
        outbox = Outbox(world.directory / "webhooks.db")
        assert outbox.ask_again("crm_calls", [second, 99]) == 1
        await world.shop.has_taken(1)
        assert world.shop.order("a") == [2]
        assert outbox.ask_again("crm_calls", []) == 2
        outbox.close()
        await world.shop.has_taken(3)
        await until(lambda: world.counts.backlogs()["crm_calls"].events == 0)
    assert world.shop.order("a") == [2, 1, 3]
    assert dead_of(world) == []


async def test_one_taken_out_of_the_site_leaves_dead_letters_and_begins_anew(world: World) -> None:
    world.shop.answer = refuses
    async with world.webhooks() as hooks:
        world.happens("a", 1)
        await until(lambda: bool(world.shop.came))
        await hooks.use({})
        assert [one.reason for one in dead_of(world)] == ["removed"]
        world.happens("a", 2)
        await world.journal.settled()
        world.shop.answer = world.shop.accepts
        await hooks.use(hooks.read(world.site()))
        world.happens("a", 3)
        await world.shop.has_taken(1)
    assert world.shop.order("a") == [3]


async def test_another_secret_holds_after_a_reload_and_what_waits_is_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IVR_SECRET_SIGNING", "wrong")  # the receiver fails what it did not sign
    async with world.webhooks() as hooks:
        world.happens("a", 1)
        await until(lambda: world.counts.told_of["failed"] > 0)
        assert world.shop.came == []
        monkeypatch.undo()
        monkeypatch.setenv("IVR_SECRET_SIGNING", "a-secret-of-both")
        await hooks.use(hooks.read(world.site()))
        await world.shop.has_taken(1)
    assert world.shop.order("a") == [1]


async def test_a_journal_begun_anew_does_not_silence_a_webhook(world: World) -> None:
    outbox = Outbox(world.directory / "webhooks.db")
    outbox.take("crm_calls", 5000, (), ())
    outbox.close()
    async with world.webhooks():
        world.happens("a", 1)
        await world.shop.has_taken(1)
    assert world.shop.order("a") == [1]


async def test_a_site_without_webhooks_leaves_no_file(world: World) -> None:
    site = world.site().model_copy(update={"webhooks": {}})
    async with world.webhooks(site):
        world.happens("a", 1)
    assert not (world.directory / "webhooks.db").exists()
