"""What is open to anybody who reaches the port: health and metrics."""

from collections.abc import Callable

from ivr.model.access import Permission
from ivr.web.answers import HealthNow
from ivr.web.health import Health, health_resource
from ivr.web.metrics import Scrape, metrics_resource
from ivr.web.routes import Route


def open_routes(scrape: Scrape, read_health: Callable[[], Health]) -> list[Route]:
    return [
        Route(
            "GET",
            "/metrics",
            Permission.ANYBODY,
            metrics_resource(scrape),
            summary="What Prometheus scrapes",
            media="text/plain",
        ),
        Route(
            "GET",
            "/health",
            Permission.ANYBODY,
            health_resource(read_health),
            summary="Can this server take calls? If not, the same comes with status 503",
            answer=HealthNow,
        ),
    ]
