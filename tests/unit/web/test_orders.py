"""Orders to the core over real HTTP: agents' states, a call's priority."""

from asyncio import to_thread
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ivr.model.agents import AgentState
from ivr.model.errors import UserError
from ivr.model.events import OrderGiven
from ivr.model.site import Site
from ivr.service.orders import Orders
from ivr.testing.clock import VirtualClock
from ivr.web import Gate, Health, WebServer, make_app
from ivr.web.client import NotLiveError, ask, order
from ivr.web.live import live_routes
from ivr.web.orders import order_routes
from tests.unit.acd.centre import Centre, site
from tests.unit.service.fakes import Events

TOKEN = "0123456789abcdef"
WELL = Health(ami=True, journal=True, journal_backlog=0, uptime_s=1.0)


def with_reasons(plain: Site) -> Site:
    return plain.model_copy(update={"pause_reasons": {"1": "lunch", "2": "training"}})


class House:
    """A core behind a server; Ann is logged in, two calls ask for somebody who is not there."""

    def __init__(self, tmp_path: Path) -> None:
        whole = with_reasons(site({"ann": {"billing": 5}, "bob": {"tech": 3}}))
        self.centre = Centre(whole)
        self.centre.log_in(0.0, "ann")
        self.centre.enter(10.0, "c1", "french >= 1")
        self.centre.enter(20.0, "c2", "french >= 1")
        self.events = Events()
        self.token_file = tmp_path / "api"
        self.token_file.write_text(TOKEN)
        routes = [
            *live_routes(self.centre.engine, VirtualClock(100.0)),
            *order_routes(
                Orders(
                    lambda message: self.centre.at(100.0, message) and None,
                    self.events,
                    VirtualClock(100.0),
                ),
                lambda: whole,
            ),
        ]
        self.server = WebServer(
            make_app(lambda: b"", lambda: WELL, routes, Gate(TOKEN)), "127.0.0.1", 0
        )

    async def order(self, path: str) -> None:
        address = f"127.0.0.1:{self.server.port}"
        assert await to_thread(order, address, self.token_file, path, 5.0) == {"done": True}

    def on_record(self) -> list[tuple[str, str, str, str]]:
        """(by, order, agent or call, refusal)"""
        return [
            (one.by, one.order, one.agent or one.call, one.refusal)
            for one in self.events.of(OrderGiven)
        ]

    def state(self, agent: str) -> tuple[AgentState, str]:
        view = self.centre.engine.agent(agent)
        return view.state, view.reason


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    house = House(tmp_path)
    await house.server.start()
    yield house
    await house.server.close()


async def test_an_agent_is_logged_in_paused_and_ready_again(house: House) -> None:
    await house.order("agents/bob/log-in")
    assert house.state("bob")[0] is AgentState.AVAILABLE
    await house.order("agents/bob/pause?reason=lunch")
    assert house.state("bob") == (AgentState.PAUSED, "lunch")
    await house.order("agents/bob/ready")
    assert house.state("bob")[0] is AgentState.AVAILABLE
    await house.order("agents/bob/log-out")
    assert house.state("bob")[0] is AgentState.LOGGED_OUT


async def test_a_call_of_more_priority_goes_first(house: House) -> None:
    await house.order("calls/c2/priority?points=1")
    assert [view.call for view in house.centre.engine.calls()] == ["c2", "c1"]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("agents/ann/pause?reason=tea", "no pause reason 'tea'; give one of lunch, training"),
        ("agents/ann/pause", "no pause reason ''"),
        ("agents/ann/extend-wrap-up?seconds=many", "a whole number from 1 to 3600"),
        ("agents/bob/ready", "agent bob is logged_out: ready is not possible now"),
        ("calls/c1/priority?points=101", "a whole number from -100 to 100"),
    ],
)
async def test_an_order_that_cannot_be_is_refused_in_words(
    house: House, path: str, said: str
) -> None:
    with pytest.raises(UserError, match=said):
        await house.order(path)


@pytest.mark.parametrize("path", ["agents/eve/ready", "calls/c9/priority?points=1"])
async def test_nobody_there_is_said(house: House, path: str) -> None:
    with pytest.raises(NotLiveError):
        await house.order(path)


async def test_the_agents_are_listed_in_the_order_of_the_site(house: House) -> None:
    address = f"127.0.0.1:{house.server.port}"
    answer = await to_thread(ask, address, house.token_file, "agents")
    assert [(one["agent"], one["state"]) for one in answer["agents"]] == [
        ("ann", "available"),
        ("bob", "logged_out"),
    ]


async def test_each_order_is_on_record_with_what_came_of_it(house: House) -> None:
    await house.order("agents/ann/pause?reason=lunch")
    await house.order("calls/c2/priority?points=3")
    assert house.on_record() == [
        ("api", "pause lunch", "ann", ""),
        ("api", "priority 3", "c2", ""),
    ]


@pytest.mark.parametrize(
    ("path", "order", "target", "about", "why"),
    [
        ("agents/bob/ready", "ready", "bob", "bob", "logged_out"),
        ("agents/ann/pause?reason=tea", "pause reason=tea", "ann", "ann", "no pause reason 'tea'"),
        ("agents/eve/pause?reason=tea", "pause reason=tea", "eve", "", "no pause reason 'tea'"),
        ("agents/eve/ready", "ready", "eve", "", "eve"),
        ("calls/c9/priority?points=1", "priority 1", "c9", "", "c9"),
        ("calls/c1/priority?points=x", "priority points=x", "c1", "", "not 'x'"),
    ],
)
async def test_a_refused_order_is_on_record_with_the_reason(
    house: House, path: str, order: str, target: str, about: str, why: str
) -> None:
    with pytest.raises(UserError):
        await house.order(path)
    (given,) = house.events.of(OrderGiven)
    assert (given.order, given.target, given.agent or given.call) == (order, target, about)
    assert why in given.refusal
