"""Alembic's scripts for users, sessions, tokens and audit, run at every start.

They are counted in a table of their own, `accounts_version`: the journal's are another history in
the same database. Invariant: a script that was released is never edited; a change is a new script.
"""
