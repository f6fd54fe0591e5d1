"""`/health`: can this server take calls? 200 when it can, 503 while Asterisk is out of reach."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field

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
    calls: int = 0
    """In the house."""
    calls_max: int | None = None
    """As the site allows; None: no limit."""
    turning_away: tuple[str, ...] = ()
    """Why whoever calls now is not taken: `calls`, `lag`, `descriptors`, `sessions`."""
    turned_away: int = 0
    """Callers, since the start."""
    used: Mapping[str, float] = field(default_factory=dict)
    """Share in use of what is allowed before callers are turned away, by the same reasons."""

    @property
    def status(self) -> str:
        """`ok`, `overloaded` (new callers are turned away), `degraded` (calls are served, the
        journal waits) or `down`."""
        if not self.ami:
            return "down"
        if self.turning_away:
            return "overloaded"
        return "ok" if self.journal else "degraded"


def health_resource(read: Callable[[], Health]) -> Handler:
    async def get(_request: web.Request) -> web.Response:
        health = read()
        body = {"status": health.status, **asdict(health), "uptime_s": round(health.uptime_s, 1)}
        return web.json_response(body, status=200 if health.ami else 503)

    return get
