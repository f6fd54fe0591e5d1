"""Asking the running server of the instance, if there is one."""

from typing import Any

from ivr.settings import Settings
from ivr.web.client import NotLiveError, NotRunningError, ask, order


def ask_live(settings: Settings, *path: str) -> dict[str, Any] | None:
    """The server's answer; None when none runs, or when it knows the call no more."""
    try:
        return ask(f"{settings.bind}:{settings.http_port}", settings.secrets_dir / "api", *path)
    except (NotLiveError, NotRunningError):
        return None


def give_order(settings: Settings, path: str, timeout_s: float = 5.0) -> dict[str, Any]:
    """What the server says after `POST /api/PATH`; UserError says why it did nothing."""
    address, token = f"{settings.bind}:{settings.http_port}", settings.secrets_dir / "api"
    return order(address, token, path, timeout_s)
