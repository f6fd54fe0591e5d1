"""Alembic's scripts, shipped in the package and run whenever the journal starts.

Invariant: a script that was released is never edited; a change is a new script.
"""
