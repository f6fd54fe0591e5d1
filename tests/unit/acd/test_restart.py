"""An engine that begins with what the shell knows serves in the order of the one before it."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.acd.engine import Engine
from ivr.acd.messages import (
    Command,
    ConversationEnded,
    Enter,
    Hold,
    Input,
    LogIn,
    LogOut,
    OfferAnswered,
    Release,
    Resume,
    Ring,
)
from ivr.model.ids import AgentId, CallId, QueueId
from tests.unit.acd.centre import site

SITE = site(
    {"ann": {"billing": 5}, "bob": {"billing": 2, "tech": 4}, "cem": {"tech": 9}},
    {
        "support": {
            "title": "S",
            "prefer": ["tech >= 5"],
            "ring_several": 2,
            "skip_unstaffed": False,
            "relax": [{"after": 30, "lower": {"billing": 1}, "priority": 1}],
        },
        "sales": {"title": "T", "strategy": "best_skilled", "callback": {"active_max": 1}},
    },
    {"bob": {"sales": {"priority": 3}}, "cem": {"support": {"delay_s": 40}}},
)
T = 1000.0

entries = st.builds(
    Enter,
    call=st.just(CallId("")),
    queue=st.sampled_from([QueueId("support"), QueueId("sales")]),
    skills=st.sampled_from(["", "billing >= 4", "tech >= 1", "billing >= 1 or tech >= 8"]),
    priority=st.integers(-1, 2),
    entered_at=st.sampled_from([T - 200, T - 50, T - 10, T]),
    expires_at=st.just(T + 900),
    joined_at=st.sampled_from([T - 40, T]),
    callback=st.booleans(),
    wanted=st.none() | st.sampled_from([AgentId("ann"), AgentId("cem")]),
    wanted_until=st.just(T + 60),
    chosen=st.booleans(),
)


def feed(engine: Engine, *messages: Input, now: float) -> list[Command]:
    return [command for one in messages for command in engine.handle(one, now)]


def begin(
    engine: Engine, held: list[Enter], talks: dict[CallId, AgentId], agents: set[str]
) -> None:
    """What a shell does when it starts: who is there, who talks, who waits; then go."""
    feed(engine, Hold(T + 99), *(LogIn(AgentId(name)) for name in sorted(agents)), now=T + 5)
    queue_of = dict.fromkeys(talks, QueueId("sales"))
    feed(engine, *(Resume(c, a, queue_of[c]) for c, a in talks.items()), now=T + 5)
    feed(engine, *held, Release(), now=T + 5)


def serve(engine: Engine) -> list[tuple[str, str]]:
    """Everybody goes; then one agent after the other comes and serves as long as it rings."""
    feed(engine, *(LogOut(AgentId(name)) for name in SITE.agents), now=T + 6)
    feed(engine, *(ConversationEnded(call) for call in engine.talks()), now=T + 6)
    served: list[tuple[str, str]] = []
    for name in ("bob", "cem", "ann"):
        said = feed(engine, LogIn(AgentId(name)), now=T + 7)
        while rings := [one for one in said if isinstance(one, Ring)]:
            served += [(ring.call, ring.agent) for ring in rings]
            over = ConversationEnded(rings[0].call, wrap_up=False)
            said = feed(engine, OfferAnswered(rings[0].offer), over, now=T + 7)
        feed(engine, LogOut(AgentId(name)), now=T + 7)
    return served


@settings(max_examples=150, deadline=None)
@given(
    made=st.lists(entries, max_size=8),
    agents=st.sets(st.sampled_from(sorted(SITE.agents))),
    answers=st.booleans(),
)
def test_a_rebuilt_engine_serves_in_the_same_order(
    made: list[Enter], agents: set[str], answers: bool
) -> None:
    calls = [
        # No two effective starts are the same: between those the order of coming back decides.
        replace(one, call=CallId(f"c{number}"), entered_at=one.entered_at + number / 8)
        for number, one in enumerate(made)
    ]
    first = Engine(SITE)
    said = feed(first, *(LogIn(AgentId(name)) for name in sorted(agents)), *calls, now=T)
    rings = [one for one in said if isinstance(one, Ring)] * answers
    feed(first, *(OfferAnswered(ring.offer) for ring in rings), now=T + 1)

    second = Engine(SITE)
    waiting = [one for one in calls if first.is_waiting(one.call)]
    begin(second, waiting[::-1], first.talks(), agents)

    assert serve(second) == serve(first)
