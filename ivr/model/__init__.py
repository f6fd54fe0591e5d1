"""What everything else speaks about: identifiers, agents, queues, events, errors.

Invariant: plain immutable data; no I/O, no clock, no randomness; imports nothing of this project.
"""
