"""An agent sends the caller on; whatever fails, the caller keeps agent or place."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from ivr.model import events
from ivr.model.agents import AgentState, QueueOutcome
from ivr.model.errors import CallerGoneError
from ivr.ports import DialResult, Memo, QueueRequest, QueueResult
from ivr.service.handovers import NOWHERE, target_dialled
from ivr.service.legs import Exchanged, LegAnswered, LegFailed, LegGone, OneCall, Referred
from ivr.service.parking import PARK_LIMIT_S
from ivr.service.queues import LineQueues
from tests.unit.service.fakes import FakeLine, House, settle
from tests.unit.service.features import features

EXTENSION = {"ada": "1001", "bob": "1002"}


class Scene:
    """One caller in the queue `sales`, whom Bob has, and Ada who is free."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.line = FakeLine()
        self.served: asyncio.Task[QueueResult]
        self.features: list[asyncio.Task[None]] = []

    async def begin(self, resumed: Memo | None = None) -> None:
        memo = Memo("c1", "serving", "main", "line")
        queues = LineQueues(self.house.desk, self.line, lambda: memo, resumed, lambda: None)
        self.served = asyncio.create_task(queues.serve(self.line, QueueRequest("sales")))
        await settle()

    async def answered(self) -> None:
        """Whoever rings last picks up."""
        leg, _ = self.house.telephony.rung[-1]
        self.house.dispatcher.on_leg_event(LegAnswered(leg))
        await settle()

    async def dials(self, agent: str, code: str, line: FakeLine | None = None) -> FakeLine:
        """A whole feature call; the caller's join ends when the agent's leg is taken down."""
        feature = line or FakeLine("f1", "feature")
        served = asyncio.create_task(features(self.house).serve(feature, EXTENSION[agent], code))
        self.features.append(served)
        await settle()
        if self.house.telephony.ended:
            self.line.agent_left.set()
        await settle()
        self.line.agent_left.clear()
        if line is None:
            await served
        return feature

    def state(self, agent: str) -> AgentState:
        return self.house.engine.agent(agent).state

    def rung(self) -> list[str]:
        return [extension for _, extension in self.house.telephony.rung]

    def last(self, kind: type) -> events.Event:
        return self.house.events.of(kind)[-1]


@pytest.fixture
async def scene(house: House) -> AsyncIterator[Scene]:
    scene = Scene(house)
    house.log_in("bob")
    await scene.begin()
    await scene.answered()
    house.log_in("ada")
    yield scene
    for task in (scene.served, *scene.features):
        task.cancel()
    await asyncio.gather(scene.served, *scene.features, return_exceptions=True)


async def test_blind_to_an_agent_makes_a_second_segment(scene: Scene) -> None:
    feature = await scene.dials("bob", "*21001")
    assert "being transferred" in feature.log[-2]
    assert scene.rung() == ["1002", "1001"]
    assert scene.line.memos[-1].state == "transferring"
    assert scene.line.memos[-1].to == "1001"
    await scene.answered()
    assert [e.agent for e in scene.house.events.of(events.ConversationStarted)] == ["bob", "ada"]
    assert scene.house.events.of(events.ConversationEnded)[0].ended_by == "transfer"
    assert (scene.state("bob"), scene.state("ada")) == (AgentState.AVAILABLE, AgentState.ON_CALL)
    scene.line.agent_left.set()
    assert await scene.served == QueueResult(QueueOutcome.ANSWERED)
    (transferred,) = scene.house.events.of(events.Transferred)
    assert (transferred.kind, transferred.target, transferred.to) == ("blind", "agent", "ada")
    recorded = scene.house.events.of(events.RecordingStarted)
    assert [e.agent for e in recorded] == ["bob", "ada"]


async def test_who_does_not_answer_costs_neither_the_place_nor_the_agent(scene: Scene) -> None:
    since = scene.house.events.of(events.QueueEntered)[0].entered_at
    scene.house.clock.advance(60.0)
    await scene.dials("bob", "*21001")
    leg, _ = scene.house.telephony.rung[-1]
    scene.house.dispatcher.on_leg_event(LegFailed(leg, "no_answer"))
    await settle()
    entered = scene.house.events.of(events.QueueEntered)[1]
    assert (entered.queue, entered.entered_at, entered.kept) == ("sales", since, "transfer")
    assert scene.state("ada") in (AgentState.AVAILABLE, AgentState.RESERVED)


async def test_blind_to_a_queue_stands_there_with_the_time_already_waited(scene: Scene) -> None:
    since = scene.house.events.of(events.QueueEntered)[0].entered_at
    scene.house.clock.advance(60.0)
    await scene.dials("bob", "*2820")
    entered = scene.house.events.of(events.QueueEntered)[1]
    assert (entered.queue, entered.entered_at, entered.kept) == ("support", since, "transfer")
    assert scene.rung()[-1] == "1001"
    assert (scene.line.memos[-1].queue, scene.line.memos[-1].to) == ("support", "support")
    await scene.answered()
    assert scene.last(events.ConversationStarted).queue == "support"


async def test_blind_to_a_phone_is_over_when_that_talk_is(scene: Scene) -> None:
    await scene.dials("bob", "*22009")
    assert await scene.served == QueueResult(QueueOutcome.ANSWERED)
    assert "dial 2009" in scene.line.log
    assert scene.last(events.Dialled).outcome == "answered"


async def test_a_phone_that_does_not_answer_gives_the_place_back(scene: Scene) -> None:
    scene.line.dialled_result = DialResult("no_answer")
    await scene.dials("bob", "*22009")
    assert scene.house.events.of(events.QueueEntered)[1].queue == "sales"
    assert scene.line.memos[-1].state == "waiting"


@pytest.mark.parametrize(
    ("agent", "code", "said"),
    [
        ("bob", "*27777", "nobody at this number"),
        ("bob", "*2", "nobody at this number"),
        ("bob", "*2+4930123456", "nobody at this number"),
        ("bob", "*21002", "nobody at this number"),
        ("bob", "*3820", "nobody at this number"),
        ("ada", "*21002", "not talking to a caller"),
        ("ada", "*31002", "not talking to a caller"),
        ("ada", "*8", "not talking to a caller"),
        ("ada", "*87", "Nobody is parked"),
        ("bob", "*21009", "not free"),
        ("bob", "*31009", "not free"),
    ],
)
async def test_what_cannot_be_is_told_and_the_caller_stays(
    scene: Scene, agent: str, code: str, said: str
) -> None:
    feature = await scene.dials(agent, code)
    assert said in feature.log[-2]
    assert scene.house.desk.conversations.of_agent("bob") is not None
    assert scene.house.telephony.ended == []


async def test_hanging_up_the_consultation_hands_the_caller_over(scene: Scene) -> None:
    feature = await scene.dials("bob", "*31001", FakeLine("f1", "feature"))
    assert scene.state("ada") is AgentState.ON_CALL  # nobody else's caller may reach her now
    await scene.answered()
    leg, _ = scene.house.telephony.rung[-1]
    assert feature.log[-1] == f"join {leg}"
    feature.hung_up.set()
    await settle()
    scene.line.agent_left.set()
    await settle()
    assert f"join {leg}" in scene.line.log
    await scene.served
    assert scene.last(events.Transferred).kind == "attended"
    assert [e.agent for e in scene.house.events.of(events.ConversationEnded)] == ["bob", "ada"]
    assert scene.state("ada") is AgentState.AVAILABLE


async def test_a_key_ends_the_consultation_and_the_caller_stays(scene: Scene) -> None:
    feature = await scene.dials("bob", "*31001", FakeLine("f1", "feature"))
    await scene.answered()
    leg, _ = scene.house.telephony.rung[-1]
    feature.keys.put_nowait("*")
    await settle()
    assert leg in scene.house.telephony.ended
    feature.agent_left.set()
    await settle()
    assert scene.state("ada") is AgentState.AVAILABLE
    assert scene.house.desk.conversations.of_agent("bob") is not None


async def brought_in(scene: Scene) -> tuple[FakeLine, str]:
    """Bob consults Ada and brings the caller in; his second line, and Ada's leg."""
    feature = await scene.dials("bob", "*31001", FakeLine("f1", "feature"))
    await scene.answered()
    leg, _ = scene.house.telephony.rung[-1]
    feature.keys.put_nowait("#")
    await settle()
    scene.line.parts()
    await settle()
    assert scene.line.log[-1] == f"join with {leg}"
    return feature, leg


async def test_the_agent_who_leaves_a_talk_of_three_hands_the_caller_on(scene: Scene) -> None:
    feature, leg = await brought_in(scene)
    feature.hung_up.set()
    scene.house.desk.conversations.channel_gone("feature")
    await settle()
    assert scene.house.telephony.kept == [leg]
    scene.line.agent_left.set()
    await settle()
    assert f"join {leg}" in scene.line.log
    await scene.served
    transferred = scene.last(events.Transferred)
    assert (transferred.kind, transferred.to) == ("conference", "ada")
    ended = scene.house.events.of(events.ConversationEnded)
    assert [(e.agent, e.ended_by) for e in ended] == [("bob", "transfer"), ("ada", "agent")]


async def test_when_the_target_leaves_a_talk_of_three_the_agent_goes_on(scene: Scene) -> None:
    _feature, leg = await brought_in(scene)
    assert scene.house.desk.conversations.of_agent("bob").shared
    scene.house.desk.conversations.channel_gone(leg)
    await settle()
    assert scene.house.telephony.kept == ["feature"]
    scene.line.parts()
    await settle()
    assert scene.state("ada") is AgentState.AVAILABLE
    assert "join feature" in scene.line.log
    assert len(scene.house.events.of(events.ConversationStarted)) == 1


async def test_nobody_hands_a_caller_on_out_of_a_talk_of_three(scene: Scene) -> None:
    await brought_in(scene)
    refused = FakeLine("f2", "third")
    for code in ("*22009", "*8"):
        await scene.dials("bob", code, refused)
        assert "talking to somebody else" in refused.log[-2]


async def test_a_caller_who_leaves_a_talk_of_three_frees_whom_the_agent_brought_in(
    scene: Scene,
) -> None:
    _feature, leg = await brought_in(scene)
    scene.line.hung_up.set()
    with pytest.raises(CallerGoneError):
        await scene.served
    await settle()
    assert leg in scene.house.telephony.ended
    assert (scene.state("bob"), scene.state("ada")) == (AgentState.AVAILABLE, AgentState.AVAILABLE)


def joined_by_phone(first: tuple[str, str], second: tuple[str, str]) -> Exchanged:
    """The phone ordered it on the first of its calls; each is its own channel and the other's."""
    (own, other), (own_2, other_2) = first, second
    return Exchanged(
        (OneCall(own, other, f"name of {other}", ""), OneCall(own_2, other_2, other_2, "1001"))
    )


@pytest.mark.parametrize("gone_first", [True, False], ids=["line gone first", "told first"])
async def test_joined_by_the_phone_during_a_consultation_the_caller_is_the_agents(
    scene: Scene, *, gone_first: bool
) -> None:
    feature = await scene.dials("bob", "*31001", FakeLine("f1", "feature"))
    await scene.answered()
    leg, _ = scene.house.telephony.rung[-1]

    async def line_gone() -> None:
        feature.hung_up.set()
        await settle()

    if gone_first:  # two connections bring the news: the session's, and that of the events
        await line_gone()
    exchanged = joined_by_phone(("leg-1", "ch1"), ("feature", leg))
    assert scene.house.desk.conversations.exchanged(exchanged) == leg
    if not gone_first:
        await line_gone()
    scene.line.agent_left.set()
    await scene.served
    assert f"join {leg}" in scene.line.log
    transferred = scene.last(events.Transferred)
    assert (transferred.kind, transferred.target, transferred.to) == ("attended", "agent", "ada")
    assert [e.agent for e in scene.house.events.of(events.ConversationEnded)] == ["bob", "ada"]
    assert (scene.state("bob"), scene.state("ada")) == (AgentState.AVAILABLE, AgentState.AVAILABLE)


@pytest.mark.parametrize("on_third", [True, False], ids=["on the third line", "on the second"])
async def test_the_phone_joins_also_who_has_the_caller_on_a_line_the_agent_dialled(
    scene: Scene, *, on_third: bool
) -> None:
    _feature, leg = await brought_in(scene)
    scene.house.desk.conversations.channel_gone(leg)
    await settle()
    scene.line.parts()
    await settle()
    assert scene.line.log[-1] == "join feature"
    calls = (("feature", "ch1"), ("third", "door"))
    told = joined_by_phone(*reversed(calls)) if on_third else joined_by_phone(*calls)
    target = scene.house.desk.conversations.exchanged(told)
    assert target == ("name of door" if on_third else "door")
    scene.line.agent_left.set()
    await scene.served
    assert f"join {target}" in scene.line.log
    assert scene.last(events.Transferred).target == "number"
    (ended,) = scene.house.events.of(events.ConversationEnded)
    assert (ended.agent, ended.ended_by) == ("bob", "transfer")


async def test_two_calls_joined_that_are_no_callers_are_no_affair_of_ours(scene: Scene) -> None:
    told = joined_by_phone(("x", "y"), ("leg-1", "somebody"))
    assert not scene.house.desk.conversations.exchanged(told)


async def test_a_consultation_nobody_answers_frees_whom_it_reserved(scene: Scene) -> None:
    feature = await scene.dials("bob", "*31001", FakeLine("f1", "feature"))
    leg, _ = scene.house.telephony.rung[-1]
    scene.house.dispatcher.on_leg_event(LegFailed(leg, "no_answer"))
    await settle()
    assert "Nobody answered" in feature.log[-2]
    assert scene.state("ada") is AgentState.AVAILABLE


async def test_an_agent_who_hangs_up_while_it_rings_ends_the_ringing(scene: Scene) -> None:
    feature = await scene.dials("bob", "*31001", FakeLine("f1", "feature"))
    feature.hung_up.set()
    await settle()
    assert scene.house.telephony.rung[-1][0] in scene.house.telephony.ended
    assert scene.state("ada") is AgentState.AVAILABLE


async def test_a_caller_who_goes_during_the_handover_leaves_nobody_waiting(scene: Scene) -> None:
    feature = await scene.dials("bob", "*31001", FakeLine("f1", "feature"))
    await scene.answered()
    scene.line.hung_up.set()
    feature.hung_up.set()
    with pytest.raises(CallerGoneError):
        await scene.served
    await settle()
    assert scene.house.telephony.rung[-1][0] in scene.house.telephony.ended
    assert scene.state("ada") is AgentState.AVAILABLE


async def test_parked_and_retrieved_by_somebody_else(scene: Scene) -> None:
    feature = await scene.dials("bob", "*8")
    assert feature.log[-2].startswith("play Your caller is parked")
    assert scene.line.memos[-1].to == "*81"
    assert scene.last(events.Parked).slot == "1"
    await scene.dials("ada", "*81")
    assert scene.rung()[-1] == "1001"
    await scene.answered()
    unparked = scene.last(events.Unparked)
    assert (unparked.result, unparked.by) == ("retrieved", "ada")
    assert scene.last(events.ConversationStarted).agent == "ada"


async def test_the_transfer_code_parks_too(scene: Scene) -> None:
    await scene.dials("bob", "*2*8")
    assert scene.last(events.Parked).agent == "bob"


async def test_a_caller_parked_at_a_former_server_keeps_slot_and_limit(house: House) -> None:
    scene = Scene(house)
    now = house.clock.now()
    memo = Memo(
        "c1",
        "transferring",
        "main",
        "line",
        queue="sales",
        entered_at=now - 500,
        joined_at=now - PARK_LIMIT_S,
        to="*83",
        agent="bob",
    )
    await scene.begin(memo)
    unparked = scene.last(events.Unparked)
    assert (unparked.slot, unparked.result, unparked.seconds) == ("3", "returned", PARK_LIMIT_S)
    assert scene.last(events.QueueEntered).entered_at == now - 500
    assert house.events.of(events.Parked) == []
    scene.served.cancel()
    await asyncio.gather(scene.served, return_exceptions=True)


async def test_a_transfer_ordered_at_a_former_server_is_carried_out(house: House) -> None:
    scene = Scene(house)
    house.log_in("ada")
    memo = Memo(
        "c1", "transferring", "main", "line", queue="sales", entered_at=5.0, to="1001", agent="bob"
    )
    await scene.begin(memo)
    assert scene.rung() == ["1001"]
    await scene.answered()
    house.dispatcher.on_leg_event(LegGone("leg-1"))
    scene.line.agent_left.set()
    assert await scene.served == QueueResult(QueueOutcome.ANSWERED)


async def test_a_caller_who_goes_before_being_parked_takes_no_slot(scene: Scene) -> None:
    scene.line.hung_up.set()
    await scene.dials("bob", "*8")
    with pytest.raises(CallerGoneError):
        await scene.served
    assert scene.house.desk.parking.reserve() == "1"


async def test_a_caller_parked_who_hangs_up_frees_the_slot(scene: Scene) -> None:
    await scene.dials("bob", "*8")
    scene.line.hung_up.set()
    with pytest.raises(CallerGoneError):
        await scene.served
    assert scene.last(events.Unparked).result == "hangup"
    assert scene.house.desk.parking.reserve() == "1"


@pytest.mark.parametrize(
    ("dialled", "wanted"),
    [
        ("1001", "1001"),
        ("*21001", "1001"),
        ("*3+4930123456", "+4930123456"),
        ("*151001", NOWHERE),
        ("*8", NOWHERE),
        ("*2*8", NOWHERE),
        ("*10", NOWHERE),
    ],
)
def test_a_phones_own_transfer_leads_to_targets_and_into_no_code(dialled: str, wanted: str) -> None:
    assert target_dialled(dialled) == wanted


async def test_a_phones_own_transfer_to_a_code_takes_up_the_place_and_no_slot(scene: Scene) -> None:
    since = scene.house.events.of(events.QueueEntered)[0].entered_at
    conversations = scene.house.desk.conversations
    conversations.referred(Referred("leg-1", "ch1", "*87"))
    assert conversations.will_return("ch1")
    order = conversations.handed_on("ch1")
    assert order is not None
    memo = Memo(
        "c1",
        "transferring",
        "main",
        "line",
        queue="sales",
        entered_at=since,
        to=order.dialled,
        agent="bob",
    )
    again = Scene(scene.house)
    scene.served.cancel()
    await asyncio.gather(scene.served, return_exceptions=True)
    await again.begin(memo)
    assert scene.last(events.QueueEntered).kept == "transfer"
    assert scene.house.events.of(events.Parked) == []
    again.served.cancel()
    await asyncio.gather(again.served, return_exceptions=True)
