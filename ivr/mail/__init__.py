"""E-mail out of the house, by SMTP.

Invariant: a letter that may have been taken is never handed over again.
"""

from ivr.mail.smtp import Smtp

__all__ = ["Smtp"]
