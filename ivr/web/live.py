"""`/api/calls`, `/api/calls/{id}/explain`, `/api/agents`, `/api/agents/{agent}/why-not/{call}`,
`/api/queues`."""

from collections.abc import Callable
from dataclasses import replace

from aiohttp import web
from aiohttp.typedefs import Handler

from ivr.acd.engine import Engine
from ivr.acd.errors import UnknownAgentError, UnknownCallError
from ivr.acd.views import CallView
from ivr.model.access import Permission
from ivr.ports import Clock
from ivr.service.console.viewpoint import masked
from ivr.web.answers import Agents, Answer, Calls, Explanation, Queues, WhyNot
from ivr.web.caller import Caller, caller_of
from ivr.web.routes import Route, Scope

NOT_HERE = {404: "the call waits in no queue (any more), or there is no such agent"}


def live_routes(core: Engine, clock: Clock) -> list[Route]:
    """Read-only views of the routing core; 404 for a call that waits nowhere (any more).

    Every waiting call is shown, agents only as far as the caller's sight reaches.
    """

    def calls(request: web.Request) -> Answer:
        return Calls(calls=[seen_by(caller_of(request), call) for call in core.calls()])

    def agents(request: web.Request) -> Answer:
        reaches = caller_of(request).reaches
        return Agents(agents=[view for view in core.agents() if reaches(view.agent)])

    def explain(request: web.Request) -> Answer:
        call, who = request.match_info["call"], caller_of(request)
        view = core.call(call)
        now = clock.now()
        return Explanation(
            call=seen_by(who, view),
            position=core.position(call),
            waited_s=now - view.entered_at,
            estimate=core.estimate(call, now, promise=False),
            relaxation=core.relaxation(call),
            candidates=[one for one in core.explain(call) if who.reaches(one.agent)],
        )

    def why_not(request: web.Request) -> Answer:
        agent, call = request.match_info["agent"], request.match_info["call"]
        return WhyNot(
            agent=core.agent(agent),
            call=seen_by(caller_of(request), core.call(call)),
            excluded=core.why_not(agent, call),
        )

    def get(
        path: str,
        answer: Callable[[web.Request], Answer],
        model: type[Answer],
        summary: str,
        scope: Scope = Scope.HOUSE,
    ) -> Route:
        return Route(
            "GET",
            path,
            Permission.WATCH,
            _resource(answer),
            scope,
            summary=summary,
            answer=model,
            errors=NOT_HERE if "{call}" in path else {},
        )

    return [
        get("/api/calls", calls, Calls, "Calls in a queue, first in line first"),
        get("/api/agents", agents, Agents, "Agents within sight, in the order of the site"),
        get(
            "/api/queues",
            lambda _request: Queues(queues=core.queues()),
            Queues,
            "Callers, and agents by state",
        ),
        get("/api/calls/{call}/explain", explain, Explanation, "Why a call is where it is"),
        get(
            "/api/agents/{agent}/why-not/{call}",
            why_not,
            WhyNot,
            "What stands between an agent and a call",
            Scope.AGENT,
        ),
    ]


def seen_by(who: Caller, call: CallView) -> CallView:
    """Without agents who are out of their sight; the number only if it is theirs to see."""
    return replace(
        call,
        caller=call.caller if who.sees_numbers else masked(call.caller),
        agent=call.agent if call.agent and who.reaches(call.agent) else None,
        agents=tuple(one for one in call.agents if who.reaches(one)),
        wanted=call.wanted if call.wanted and who.reaches(call.wanted) else None,
        spared=frozenset(one for one in call.spared if who.reaches(one)),
    )


def _resource(answer: Callable[[web.Request], Answer]) -> Handler:
    async def get(request: web.Request) -> web.Response:
        try:
            text = answer(request).model_dump_json()
        except (UnknownCallError, UnknownAgentError) as error:
            return web.json_response({"error": str(error)}, status=404)
        return web.Response(text=text, content_type="application/json")

    return get
