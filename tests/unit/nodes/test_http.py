"""http: what is asked, what is taken from the answer, and where the caller goes on."""

import asyncio
import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.document import DocumentError
from ivr.model.events import LookedUp
from ivr.nodes.base import FlowError, Visit
from ivr.nodes.http import _part
from ivr.nodes.walk import walk
from ivr.ports import Audio, LookupAnswer, LookupRequest
from ivr.testing.call import FakeCall
from ivr.testing.clock import VirtualClock
from ivr.testing.lookups import FakeLookups, GivenAnswer
from ivr.testing.queues import FakeQueues
from ivr.testing.steps import Press
from ivr.testing.trace import EventList
from tests.unit.nodes.support import NoCalendars, Told, flow_of_node, site, tell

VARIABLES = (
    "{tier: {type: text, default: none}, balance: {type: number}, vip: {type: flag}, "
    "status: {type: number}, pin: {type: digits}}"
)


def answer(**fields: object) -> GivenAnswer:
    return GivenAnswer.model_validate(fields)


async def ask(fields: str, *http: GivenAnswer) -> Told:
    """A look-up with these further fields."""
    plan = flow_of_node(
        f"type: http\ntarget: crm\n{fields}\nnext: yes\nnot_found: no\nerror: wrong", VARIABLES
    )
    return await tell(plan, http=http)


async def test_values_of_the_answer_become_variables() -> None:
    fields = """extract:
  tier: customer.tier
  balance: customer.accounts.1
  vip: {path: customer.vip, default: "true"}
status: status"""
    told = await ask(
        fields, answer(json='{"customer": {"tier": "gold", "accounts": [1, 12.5], "vip": null}}')
    )
    assert told.path == ["first", "yes"]
    wanted = {"tier": "gold", "balance": 12.5, "vip": True, "status": 200}
    assert {name: told.visit.variables[name] for name in wanted} == wanted


async def test_what_the_caller_gave_goes_out_encoded() -> None:
    told = await ask(
        'method: POST\npath: /c/{caller}/x\nquery: {q: "dialled"}\nbody: {n: "1 + 1"}',
        answer(json="{}"),
    )
    assert told.asked == ['POST crm /c/%2B15550100/x?q=600 {"n": 2}']


@pytest.mark.parametrize(
    ("given_answer", "leads_to"),
    [
        (answer(), "wrong"),  # nothing in it
        (answer(json='{"t": 1}'), "wrong"),
        (answer(json='{"customer": {"tier": ["gold"]}}'), "wrong"),
        (answer(json='{"customer": {"tier": "%s"}}' % ("x" * 251)), "wrong"),
        (answer(json="[]"), "wrong"),
        (answer(json='{"customer": {"tier": "two\\nlines"}}'), "wrong"),
        (answer(json='{"customer": {"tier": "half \\ud800"}}'), "wrong"),
        (answer(status=404), "no"),
        (answer(status=401), "wrong"),
        (answer(status=503), "wrong"),
        (answer(fails="timeout"), "wrong"),
        (answer(fails="suspended"), "wrong"),
        (answer(takes="5s"), "wrong"),
    ],
)
async def test_every_answer_has_its_exit(given_answer: GivenAnswer, leads_to: str) -> None:
    told = await ask("extract: {tier: customer.tier}", given_answer)
    assert told.path == ["first", leads_to]
    assert told.visit.variables["tier"] == "none"


async def test_of_an_answer_that_fits_in_part_nothing_is_taken() -> None:
    told = await ask("extract: {tier: a, balance: b}", answer(json='{"a": "gold", "b": "much"}'))
    assert told.path == ["first", "wrong"]
    assert told.visit.variables["tier"] == "none"


async def test_not_found_is_an_error_where_nobody_cares() -> None:
    plan = flow_of_node("type: http\ntarget: crm\nnext: yes\nerror: wrong")
    assert (await tell(plan, http=[answer(status=404)])).path == ["first", "wrong"]


async def test_the_journal_is_told_how_it_went_and_nothing_of_what_was_said() -> None:
    told = await ask("path: /c/{caller}\nextract: {tier: t}", answer(json='{"t": "gold"}'))
    (event,) = [one for one in told.trace.events if isinstance(one, LookedUp)]
    assert (event.target, event.outcome, event.status, event.attempts) == (
        "crm",
        "answered",
        200,
        1,
    )
    assert "gold" not in repr(event)
    assert "5550100" not in repr(event)


async def test_the_caller_hears_something_meanwhile() -> None:
    assert (await ask("hold: One moment.", answer())).call.heard == ["One moment.", "went to yes"]


async def test_a_sensitive_value_is_kept_out_of_what_survives() -> None:
    told = await ask(
        "extract: {tier: {path: t, sensitive: 'true'}}", answer(json='{"t": "secret word"}')
    )
    assert "tier" not in told.visit.lasting_variables
    assert told.visit.mask("it is secret word") == "it is ***********"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ("path: customers", "path"),
        ("path: /c/{nobody}", "there is no variable 'nobody'"),
        ("path: /c/{caller", "a brace alone"),
        ("method: POST\nretries: 1", "a second POST could do it twice"),
        ("body: {n: caller}", "a GET has none"),
        ("query: {n: nobody}", "nobody"),
        ("extract: {nobody: a}", "there is no variable 'nobody'"),
        ("extract: {caller: a}", "cannot be set"),
        ("timeout_s: 1m", "30"),
    ],
)
def test_the_check_names_what_cannot_work(fields: str, message: str) -> None:
    with pytest.raises(DocumentError, match=message):
        flow_of_node(f"type: http\ntarget: crm\n{fields}\nnext: yes\nerror: wrong", VARIABLES)


def test_a_system_nobody_declared_is_named() -> None:
    with pytest.raises(DocumentError, match=r"there is no http target 'cmr' .*'crm'"):
        flow_of_node("type: http\ntarget: cmr\nnext: yes\nerror: wrong")


AWKWARD = ("", "..", ".", "a/b", "%2e%2e", "?x", "#y", "{caller}", "é", "x" * 201)


@given(st.text(max_size=20) | st.sampled_from(AWKWARD))
def test_a_value_stays_one_part_of_the_path(text: str) -> None:
    try:
        part = _part(text)
    except FlowError:
        assert not text.strip(".") or len(text) > 200
    else:
        assert re.fullmatch(r"[A-Za-z0-9%._~-]+", part)
        assert part.strip(".")


async def test_what_cannot_stand_in_a_path_is_not_sent() -> None:
    plan = flow_of_node(
        "type: http\ntarget: crm\npath: /c/{pin}\nnext: yes\nerror: wrong", VARIABLES
    )
    told = await tell(plan, Press("1"), http=[answer()])
    assert told.asked == []
    assert told.path == ["first", "wrong"]


class Leaving(FakeCall):
    """Hears the prompt once, if there is one, and then hangs up in silence."""

    async def play(self, audio: Sequence[Audio], *, keys: str = "") -> str:
        if self.heard:
            await asyncio.get_running_loop().create_future()
        return await super().play(audio, keys=keys)

    async def wait_gone(self) -> None:
        self.gone = True


class Endless(FakeLookups):
    """Never answers; knows whether anybody still waits."""

    cancelled = False

    async def ask(self, request: LookupRequest) -> LookupAnswer:
        try:
            return await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError:
            self.cancelled = True
            raise


async def test_who_hangs_up_in_silence_ends_the_asking() -> None:
    clock, trace = VirtualClock(0.0), EventList()
    lookups = Endless(clock)
    plan = flow_of_node("type: http\ntarget: crm\nnext: yes\nerror: wrong")
    visit = Visit(Leaving(clock), FakeQueues(), NoCalendars(), clock, trace, site(), lookups)
    async with asyncio.timeout(5):
        assert (await walk(plan, "main", visit)).result == "hangup"
    assert lookups.cancelled


async def test_attempts_count_in_flow_tests_as_they_do_on_the_phone() -> None:
    told = await ask("retries: 1", answer(status=503), answer())
    assert told.path == ["first", "yes"]
    (event,) = [one for one in told.trace.events if isinstance(one, LookedUp)]
    assert event.attempts == 2
