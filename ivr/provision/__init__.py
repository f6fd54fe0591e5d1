"""Provides what the server stands on: packages, an Asterisk, secrets, its configuration, phones.

Invariant: everything is safe to repeat. A step that is already done costs milliseconds, a step that
was cut short leaves nothing half-made behind, and two runs at the same time do not collide.
"""
