"""The HTTP side: one file per resource.

Invariant: every answer carries the security headers, every request is bounded, and nothing a
client sends can end the server.
"""

from ivr.web.health import Health
from ivr.web.server import WebServer, make_app

__all__ = ["Health", "WebServer", "make_app"]
