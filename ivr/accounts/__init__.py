"""People of the web side: users, their sign-ins and tokens, and the audit of what was done.

Invariant: no password, cookie or token is stored in clear; nothing here ever makes a call wait.
"""

from ivr.accounts.accounts import Accounts
from ivr.accounts.chain import Chain
from ivr.accounts.store import Store
from ivr.accounts.trail import Trail
from ivr.accounts.users import User

__all__ = ["Accounts", "Chain", "Store", "Trail", "User"]
