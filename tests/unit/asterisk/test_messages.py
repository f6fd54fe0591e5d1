"""How much is said to Asterisk during a call, counted: each message costs both sides."""

import itertools
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from ivr.asterisk.agi import AgiReply, AgiSession
from ivr.asterisk.call import LiveCall
from ivr.nodes.base import Visit
from ivr.nodes.walk import walk
from ivr.ports import Memo
from ivr.testing.clock import VirtualClock
from ivr.testing.lookups import FakeLookups
from ivr.testing.queues import FakeQueues, FixedCalendars
from ivr.testing.trace import EventList
from tests.unit.asterisk.test_call import Interrupter, ScriptedSession, Sounds
from tests.unit.nodes.support import NoCalendars, flows, site

BALANCE = """
start: welcome
variables: {number: {type: digits}}
nodes:
  welcome: {type: say, prompt: Welcome., next: menu}
  menu:
    {type: menu, prompt: Press one., choices: {"1": ask}, no_input: end, no_match: end}
  ask:
    {type: collect, prompt: Your number?, into: number, min: 5, max: 5, next: known,
     no_input: end, no_match: end}
  known: {type: branch, cases: [{when: number == "01234", next: end}], otherwise: end}
  end: {type: hangup}
"""


class Keys(ScriptedSession):
    """A caller who presses these, one whenever one is asked for."""

    def __init__(self, keys: Iterator[str]) -> None:
        super().__init__()
        self._keys = keys

    async def command(self, verb: str, *args: str, timeout_s: float | None = None) -> AgiReply:
        asks = verb == "WAIT FOR DIGIT" or (verb == "STREAM FILE" and args[1])
        self.results[verb] = str(ord(next(self._keys))) if asks else "0"
        if verb == "GET DATA":
            self.results[verb] = "".join(itertools.islice(self._keys, int(args[2])))
        return await super().command(verb, *args, timeout_s=timeout_s)


async def test_a_menu_and_a_question_take_eleven_messages(tmp_path: Path) -> None:
    session = Keys(iter("101234"))
    call = LiveCall(
        cast(AgiSession, session), "c1", "600", Sounds(), tmp_path, Interrupter(session)
    )
    clock, plans = VirtualClock(1000.0), flows(main=BALANCE)

    async def remember() -> None:
        variables = json.dumps(visit.lasting_variables)
        memo = Memo(call.id, "serving", visit.flow_name, visit.node, variables=variables)
        await call.remember(memo)

    visit = Visit(
        call,
        FakeQueues(),
        FixedCalendars(NoCalendars()),
        clock,
        EventList(),
        site(),
        FakeLookups(clock),
        remember=remember,
    )
    await call.answer()
    ending = await walk(plans, "main", visit)
    assert (ending.result, ending.node) == ("completed", "end")
    assert Counter(verb for verb, *_ in session.said) == {
        "ANSWER": 1,
        "SET VARIABLE": 2 + 3,  # state and variables; where the call is, at what takes time
        "STREAM FILE": 3,
        "GET DATA": 1,
        "HANGUP": 1,
    }
