"""`/health`: can this server take calls? 200 when it can, 503 while Asterisk is out of reach."""

from collections.abc import Callable
from dataclasses import asdict, dataclass

from aiohttp import web
from aiohttp.typedefs import Handler


@dataclass(frozen=True)
class Health:
    """What the server knows of itself at this moment."""

    ami: bool
    """Logged in to Asterisk's manager interface."""
    journal: bool
    """The database takes events; while it does not, they wait on the disk and calls go on."""
    journal_backlog: int
    uptime_s: float

    @property
    def status(self) -> str:
        """`ok`, `degraded` (calls are served, the journal waits) or `down`."""
        if not self.ami:
            return "down"
        return "ok" if self.journal else "degraded"


def health_resource(read: Callable[[], Health]) -> Handler:
    async def get(_request: web.Request) -> web.Response:
        health = read()
        body = {"status": health.status, **asdict(health), "uptime_s": round(health.uptime_s, 1)}
        return web.json_response(body, status=200 if health.ami else 503)

    return get
