"""The routing core: a reducer that knows who waits and who is free.

Invariant: `handle(message, now)` returns commands; it never awaits, reads no clock, rolls no dice.
The dispatcher, the property tests and the benchmark drive the very same code.
"""
