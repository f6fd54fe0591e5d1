"""Who hung up while waiting, for a server that starts and keeps places for those who redial."""

from ivr.journal import Journal
from ivr.model.agents import QueueOutcome
from ivr.model.events import CallStarted, QueueEntered, QueueLeft


def waits(journal: Journal, call: str, caller: str, at: float) -> None:
    journal.record(
        CallStarted(
            at=at, call=call, caller=caller, caller_name="", dialled="600", flow="f", channel=call
        )
    )
    journal.record(
        QueueEntered(at=at, call=call, queue="billing", skills="", priority=0, entered_at=at)
    )


def leaves(journal: Journal, call: str, at: float, outcome: QueueOutcome, wait_s: float) -> None:
    journal.record(QueueLeft(at=at, call=call, queue="billing", outcome=outcome, wait_s=wait_s))


async def test_only_those_who_abandoned_lately_and_did_not_come_back(journal: Journal) -> None:
    callers = {"old": "201", "lately": "202", "back": "203", "served": "204", "nobody": ""}
    for call, caller in callers.items():
        waits(journal, call, caller, 1000.0)
    leaves(journal, "old", 1010.0, QueueOutcome.ABANDONED, 10.0)
    leaves(journal, "lately", 1060.0, QueueOutcome.ABANDONED, 60.0)
    leaves(journal, "back", 1060.0, QueueOutcome.ABANDONED, 60.0)
    leaves(journal, "served", 1060.0, QueueOutcome.ANSWERED, 60.0)
    leaves(journal, "nobody", 1060.0, QueueOutcome.ABANDONED, 60.0)
    waits(journal, "again", "203", 1070.0)
    (kept,) = await journal.abandons_since(1050.0)
    assert (kept.queue, kept.caller, kept.entered_at, kept.at) == ("billing", "202", 1000.0, 1060.0)
