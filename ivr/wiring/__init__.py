"""The one place where the server's objects are constructed and joined.

Invariant: nothing here decides; each file joins one group of objects, `server.py` the groups.
"""

from ivr.wiring.given import Given, Reading
from ivr.wiring.server import Server

__all__ = ["Given", "Reading", "Server"]
