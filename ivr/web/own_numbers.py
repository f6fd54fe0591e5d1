"""`GET /api/desk/numbers`: one's own figures of today."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Protocol

from aiohttp import web

from ivr.model.access import Permission
from ivr.model.errors import JournalAwayError
from ivr.model.site import Site
from ivr.service.own_numbers import Numbers
from ivr.web.answers import Answer
from ivr.web.caller import caller_of
from ivr.web.desk import NOBODY_OF_THE_SITE
from ivr.web.routes import Route


class OwnNumbersShown(Answer):
    """From midnight in the site's time zone until now; null: there is nothing to divide by."""

    since: float
    """UTC epoch seconds."""
    conversations: int
    """That have ended."""
    talk_mean_s: float | None
    """Holds included."""
    wrap_up_mean_s: float | None
    aht_s: float | None
    occupancy: float | None
    """0 to 1; formulas are those of `ivr report agents`."""
    missed: int
    """Offers that were not answered."""
    transferred: int
    logged_in_s: float
    paused_s: float


class Counting(Protocol):
    async def today(self, agent: str) -> Numbers:
        """JournalAwayError."""


def own_number_routes(counting: Counting, site: Callable[[], Site]) -> list[Route]:
    async def today(request: web.Request) -> web.Response:
        agent = caller_of(request).agent
        if agent not in site().agents:
            return web.json_response({"error": NOBODY_OF_THE_SITE}, status=409)
        try:
            found = await counting.today(agent)
        except JournalAwayError:
            error = "the journal is out of reach; try again"
            return web.json_response({"error": error}, status=503)
        shown = OwnNumbersShown(**asdict(found))
        return web.Response(text=shown.model_dump_json(), content_type="application/json")

    return [
        Route(
            "GET",
            "/api/desk/numbers",
            Permission.WORK,
            today,
            summary="One's own figures of today",
            answer=OwnNumbersShown,
            errors={
                409: "who is signed in is no agent of the site",
                503: "the journal is out of reach",
            },
        )
    ]
