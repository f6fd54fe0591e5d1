"""The HTTP side: one file per resource.

Invariant: every answer carries the security headers, every request is bounded, and nothing a
client sends can end the server. No route is without a permission (`routes.py`), and nothing is
handled before the guard has checked it (`guard.py`).
"""

from ivr.web.guard import Gate
from ivr.web.health import Health
from ivr.web.server import WebServer, make_app

__all__ = ["Gate", "Health", "WebServer", "make_app"]
