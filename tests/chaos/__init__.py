"""Something breaks while everything goes on that can go on: what was lost, and how long it took.

`make chaos` plays every fault and writes docs/reliability.md; a few are part of `make test`.
Invariant: what a verdict counts was heard on a phone, or stands in the journal.
"""
