"""Asterisk: FastAGI sessions and the AMI link, and what they mean in the field's words.

Invariant: whatever a peer sends, in whatever pieces, costs at most its own connection; no order is
ever sent twice; every wait, buffer and queue has a limit; nothing outlives `close()`.
"""
