"""`/api/calls`, `/api/calls/{id}/explain`, `/api/agents`, `/api/agents/{agent}/why-not/{call}`,
`/api/queues`."""

from collections.abc import Callable

from aiohttp import web
from aiohttp.typedefs import Handler

from ivr.acd.errors import UnknownAgentError, UnknownCallError
from ivr.acd.state import State
from ivr.ports import Clock
from ivr.web.answers import Agents, Answer, Calls, Explanation, Queues, WhyNot


def live_routes(core: State, clock: Clock) -> list[web.RouteDef]:
    """Read-only views of the routing core; 404 for a call that waits nowhere (any more)."""

    def explain(request: web.Request) -> Answer:
        call = request.match_info["call"]
        view = core.call(call)
        now = clock.now()
        return Explanation(
            call=view,
            position=core.position(call),
            waited_s=now - view.entered_at,
            estimate=core.estimate(call, now, promise=False),
            relaxation=core.relaxation(call),
            candidates=core.explain(call),
        )

    def why_not(request: web.Request) -> Answer:
        agent, call = request.match_info["agent"], request.match_info["call"]
        return WhyNot(
            agent=core.agent(agent), call=core.call(call), excluded=core.why_not(agent, call)
        )

    return [
        web.get("/api/calls", _resource(lambda _request: Calls(calls=core.calls()))),
        web.get("/api/agents", _resource(lambda _request: Agents(agents=core.agents()))),
        web.get("/api/queues", _resource(lambda _request: Queues(queues=core.queues()))),
        web.get("/api/calls/{call}/explain", _resource(explain)),
        web.get("/api/agents/{agent}/why-not/{call}", _resource(why_not)),
    ]


def _resource(answer: Callable[[web.Request], Answer]) -> Handler:
    async def get(request: web.Request) -> web.Response:
        try:
            text = answer(request).model_dump_json()
        except (UnknownCallError, UnknownAgentError) as error:
            return web.json_response({"error": str(error)}, status=404)
        return web.Response(text=text, content_type="application/json")

    return get
