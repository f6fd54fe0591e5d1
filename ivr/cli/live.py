"""Asking the running server of the instance, if there is one."""

from typing import Any

from ivr.settings import Settings
from ivr.web.client import NotLiveError, NotRunningError, ask


def ask_live(settings: Settings, *path: str) -> dict[str, Any] | None:
    """The server's answer; None when none runs, or when it knows the call no more."""
    try:
        return ask(f"{settings.bind}:{settings.http_port}", settings.secrets_dir / "api", *path)
    except (NotLiveError, NotRunningError):
        return None
