"""One event on its way to one webhook: what is sent of it, and what proves who sent it. Pure."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime

from ivr.journal.entry import Entry

INTERNAL = frozenset({"variables", "frames"})
"""Fields that only a restart needs: another system has no use for a flow's variables."""


@dataclass(frozen=True, slots=True)
class Letter:
    """`taken_at` is when it was taken out of the journal (UTC epoch seconds)."""

    entry: Entry
    taken_at: float
    attempts: int = 0
    """Made so far."""

    @property
    def id(self) -> int:
        return self.entry.id

    @property
    def lane(self) -> str:
        """Letters of the same lane are told in order: those of a call, else of an agent."""
        return self.entry.call or f"agent {self.entry.agent or ''}"


def body_of(entry: Entry) -> bytes:
    """The JSON that is sent. What was keyed in under `sensitive` is masked in the journal, too."""
    told = {
        "id": entry.id,
        "type": entry.type,
        "call": entry.call,
        "seq": entry.seq,
        "at": datetime.fromtimestamp(entry.at, UTC).isoformat(timespec="milliseconds"),
        "data": {name: value for name, value in entry.fields().items() if name not in INTERNAL},
    }
    return json.dumps(told).encode()


def signature(secret: str, body: bytes, now: float) -> str:
    """The value of `X-Ivr-Signature`: HMAC-SHA256 of `EPOCH.BODY`, after the scheme of Stripe
    (https://docs.stripe.com/webhooks, "Verify webhook signatures manually")."""
    moment = str(int(now))
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256)
    return f"t={moment},v1={digest.hexdigest()}"
