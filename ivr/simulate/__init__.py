"""A centre's day in seconds: the routing core that serves live calls, driven by a virtual clock.

Invariant: a scenario and a seed give the same result, byte for byte; chance comes from seeded
streams, one per queue and purpose, so that two policies are tried on the very same callers.
"""
