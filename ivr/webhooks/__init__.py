"""Telling other systems of what happens: signed, at least once, in order within each call.

Invariant: an event a webhook wants is delivered or on its list of dead letters, whatever dies in
between; and nothing here makes a call wait.
"""

from ivr.webhooks.webhooks import Webhooks

__all__ = ["Webhooks"]
