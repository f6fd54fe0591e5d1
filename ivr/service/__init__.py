"""Calls, queues, supervision, recording: what the product does, in terms of ports.

Invariant: the dispatcher alone talks to the routing core; every task is named and has an owner.
"""
