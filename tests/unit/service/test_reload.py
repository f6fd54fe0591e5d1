"""What a reload would do, before anything is touched."""

from typing import Any

from ivr.flow import Flow
from ivr.model.site import Site
from ivr.nodes.hangup import Hangup
from ivr.service.reload import Plan, make_plan
from ivr.site.changes import succeed
from tests.unit.acd.centre import QUEUES, site

PEOPLE = {"ann": {"billing": 5}, "bob": {"tech": 3}}


def flow(name: str, **prompts: str) -> Flow:
    nodes = {node: Hangup(prompt=prompt) for node, prompt in prompts.items()}  # type: ignore[arg-type]
    return Flow(name=name, start=next(iter(nodes)), nodes=nodes)


def with_fields(before: Site, **fields: Any) -> Site:
    return Site.model_validate({**before.model_dump(), **fields})


def plan(before: Site, after: Site) -> Plan:
    return make_plan(before, {}, after, {})


def test_nothing_has_changed() -> None:
    flows = {"main": flow("main", bye="Goodbye.")}
    assert make_plan(site(PEOPLE), flows, site(PEOPLE), dict(flows)).empty


def test_skills_are_the_servers_own_affair() -> None:
    found = plan(site(PEOPLE), site({**PEOPLE, "bob": {"tech": 9}}))
    assert [str(change) for change in found.changes] == ["~ agents.bob.skills.tech: 3 -> 9"]
    assert not found.for_telephony


def test_somebody_new_needs_a_phone() -> None:
    assert plan(site(PEOPLE), site({**PEOPLE, "cem": {}})).for_telephony


def test_a_number_needs_the_telephony_system() -> None:
    before = site(PEOPLE)
    assert plan(before, with_fields(before, numbers={"100": "main", "200": "main"})).for_telephony


def test_flows_that_are_new_different_or_gone_are_named() -> None:
    before = {
        "a": flow("a", bye="Bye."),
        "b": flow("b", bye="Bye.", old="Old."),
        "c": flow("c", bye="Bye."),
    }
    after = {
        "a": flow("a", bye="Bye."),
        "b": flow("b", bye="Goodbye.", late="Too late."),
        "d": flow("d", bye="Bye."),
    }
    found = make_plan(site(PEOPLE), before, site(PEOPLE), after)
    assert found.flows == ("~ b: ~ bye, - old, + late", "- c", "+ d: 1 nodes")


def test_a_queue_and_a_number_that_are_gone_stay_known_to_calls_that_are_in_or_on_them() -> None:
    before = site(PEOPLE)
    after = with_fields(
        site(PEOPLE, {"support": {**QUEUES["support"], "ring_timeout_s": 40}}),
        numbers={"200": "main"},
    )
    known = succeed(before, after)
    assert set(known.queues) == {"support", "sales"}
    assert set(known.numbers) == {"100", "200"}
    assert known.queues["support"].ring_timeout_s == 40
