"""What earlier conversations took, for a server that starts."""

from ivr.journal import Journal
from ivr.model.agents import AgentState
from ivr.model.events import AgentChanged, ConversationEnded


async def test_handle_times_are_talk_hold_and_wrap_up(journal: Journal) -> None:
    for call, talk_s in (("a", 60.0), ("b", 30.0)):
        journal.record(
            ConversationEnded(
                at=1000.0,
                call=call,
                queue="billing",
                agent="mia",
                talk_s=talk_s,
                hold_s=5.0,
                ended_by="caller",
            )
        )
    journal.record(
        AgentChanged(
            at=1010.0,
            agent="mia",
            before=AgentState.WRAP_UP,
            after=AgentState.AVAILABLE,
            reason="wrap_up_over",
            seconds=10.0,
            call="b",
        )
    )
    assert await journal.handle_times() == [("billing", 65.0), ("billing", 45.0)]


async def test_a_new_journal_knows_of_none(journal: Journal) -> None:
    assert await journal.handle_times() == []
