"""Identifiers: distinct types for the type checker, plain strings for everybody else."""

from typing import NewType

CallId = NewType("CallId", str)
"""One caller's visit, from ring to goodbye; ours, never Asterisk's."""

AgentId = NewType("AgentId", str)
"""The agent's key in the site file."""

QueueId = NewType("QueueId", str)
OfferId = NewType("OfferId", str)
