"""What a console sees: the house as items that change, told as one snapshot and then as deltas.

Invariant: whoever looks on costs nobody anything. Readers hold a number and no queue; what is read
of the core is what changed, and while nobody reads, nothing is read at all.
"""
