"""A telephone world without a telephone: a scripted caller, queues that answer as told, a clock.

Invariant: nothing sleeps, nothing is random, and the nodes and the walk are the ones that serve
real calls. Shipped, so that flow authors use it too.
"""
