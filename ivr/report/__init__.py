"""Reports over a period of history: tables whose every figure tells the name of its formula.

Invariant: pure. Events come in from outside, texts go out: a page, CSV, JSON. A figure of which
there is none is empty or a dash, never 0.
"""
