"""Identifiers: distinct types for the type checker, plain strings for everybody else."""

from typing import NewType

CallId = NewType("CallId", str)
"""One caller's visit, from ring to goodbye; ours, never Asterisk's."""

AgentId = NewType("AgentId", str)
"""The agent's key in the site file."""

QueueId = NewType("QueueId", str)
OfferId = NewType("OfferId", str)

LEG_PREFIX = "leg-"
"""Unique ids of the channels we originate begin with it; Asterisk's own begin with a digit."""
CUSTOMER_PREFIX = "back-"
"""Unique ids of the channels on which customers are called back begin with it."""
