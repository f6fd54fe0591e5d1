"""One migration per file, in order of their numbers.

Invariant: each runs on SQLite and on PostgreSQL, and changes nothing but the tables of
`ivr/accounts/tables.py`.
"""
