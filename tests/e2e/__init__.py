"""Whole calls on a real Asterisk, with real phones, judged by what each party heard.

Invariant: a test waits for something that happens, with a limit; it never sleeps and hopes.
"""
