"""Whatever happens, the counters say what the journal holds: recomputed here by plain counting."""

from collections import Counter
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.journal import Journal, JournalReader, Limits
from ivr.journal.reading import known_events
from ivr.metrics import Metrics
from ivr.model import events
from ivr.model.agents import AgentState, OfferOutcome, QueueOutcome
from tests.unit.metrics.conftest import FLOWS, SITE, Live, series

QUEUES = sorted(SITE.queues)
SECONDS = st.integers(0, 4000).map(lambda quarter: quarter / 4)
QUEUE = st.sampled_from(QUEUES)
AGENT = st.sampled_from(["mia", "noa"])
NODE = st.sampled_from([(flow, node) for flow, tree in FLOWS.items() for node in tree.nodes])


def happenings(call: str) -> st.SearchStrategy[events.Event]:
    """One event of a call, or of an agent meanwhile."""
    at = 1000.0
    return st.one_of(
        st.builds(
            lambda queue: events.QueueEntered(
                at=at, call=call, queue=queue, skills="", priority=0, entered_at=at
            ),
            QUEUE,
        ),
        st.builds(
            lambda queue, outcome, wait_s: events.QueueLeft(
                at=at, call=call, queue=queue, outcome=outcome, wait_s=wait_s
            ),
            QUEUE,
            st.sampled_from(QueueOutcome),
            SECONDS,
        ),
        st.builds(
            lambda queue, outcome, ring_s: events.OfferEnded(
                at=at,
                call=call,
                offer="o",
                queue=queue,
                agent="mia",
                outcome=outcome,
                ring_s=ring_s,
            ),
            QUEUE,
            st.sampled_from(OfferOutcome),
            SECONDS,
        ),
        st.builds(
            lambda queue, agent, talk_s: events.ConversationEnded(
                at=at,
                call=call,
                queue=queue,
                agent=agent,
                talk_s=talk_s,
                hold_s=0.0,
                ended_by="caller",
            ),
            QUEUE,
            AGENT,
            SECONDS,
        ),
        st.builds(
            lambda place: events.NodeEntered(at=at, call=call, flow=place[0], node=place[1]), NODE
        ),
        st.builds(
            lambda agent, before, after, seconds: events.AgentChanged(
                at=at, agent=agent, before=before, after=after, reason="lunch", seconds=seconds
            ),
            AGENT,
            st.sampled_from(AgentState),
            st.sampled_from(AgentState),
            SECONDS,
        ),
        st.builds(
            lambda result: events.RecordingFinished(
                at=at, call=call, recording="r", result=result, seconds=1.0, bytes=1
            ),
            st.sampled_from(["ok", "empty", "short", "missing"]),
        ),
    )


@st.composite
def histories(draw: st.DrawFn) -> list[events.Event]:
    """Some calls, their events interleaved; each started, most ended."""
    calls = [f"call{number}" for number in range(draw(st.integers(1, 4)))]
    history: list[events.Event] = [
        events.CallStarted(
            at=1000.0,
            call=call,
            caller="2001",
            caller_name="",
            dialled="100",
            flow="company",
            channel="1.1",
        )
        for call in calls
    ]
    history += draw(st.lists(st.sampled_from(calls).flatmap(happenings), max_size=40))
    for call in draw(st.lists(st.sampled_from(calls), unique=True)):
        flow, node = draw(NODE)
        history.append(
            events.CallEnded(
                at=1100.0,
                call=call,
                flow=flow,
                node=node,
                result=draw(st.sampled_from(["completed", "hangup", "error", "lost"])),
                duration_s=draw(SECONDS),
            )
        )
    return history


async def through_the_journal(history: list[events.Event]) -> list[events.Event]:
    """What the journal gives back of it."""
    with TemporaryDirectory() as directory:
        url = f"sqlite:///{directory}/journal.db"
        journal = Journal(url, limits=Limits(gather_s=0.0))
        await journal.start()
        for event in history:
            journal.record(event)
        await journal.close()
        reader = JournalReader.open(url)
        stored = known_events(reader.entries_after())
        reader.close()
    return stored


def counted(stored: list[events.Event]) -> Counter[str]:
    """The counters this history should have led to, as series names."""
    count: Counter[str] = Counter()

    def add(name: str, amount: float = 1, **labels: str) -> None:
        pairs = sorted((label, str(value)) for label, value in labels.items())
        count[f"callcenter_{name}{pairs}"] += amount

    for event in stored:
        match event:
            case events.QueueEntered(queue=queue):
                add("queue_calls_entered_total", queue=queue)
            case events.QueueLeft(queue=queue, outcome=outcome, wait_s=wait_s):
                add("queue_calls_total", queue=queue, outcome=outcome)
                add("queue_wait_seconds_sum", wait_s, queue=queue, outcome=outcome)
                in_time = wait_s <= SITE.queues[queue].service_level_s
                add_in_time = in_time and outcome in ("answered", "abandoned")
                add(f"queue_calls_{outcome}_within_sla_total", int(add_in_time), queue=queue)
            case events.OfferEnded(queue=queue, outcome=outcome):
                add("offers_total", queue=queue, outcome=outcome)
            case events.ConversationEnded(queue=queue, talk_s=talk_s):
                add("queue_talk_seconds_sum", talk_s, queue=queue)
                add("queue_talk_seconds_count", queue=queue)
            case events.NodeEntered(flow=flow, node=node):
                add("ivr_node_entries_total", flow=flow, node=node)
            case events.AgentChanged(before=before, seconds=seconds):
                counts = before is not AgentState.LOGGED_OUT
                add("agent_state_seconds_total", seconds if counts else 0, state=before)
            case events.RecordingFinished(result=result):
                add("recordings_total", result=result)
            case events.CallEnded(flow=flow, result=result, duration_s=duration_s):
                add("calls_total", direction="inbound", flow=flow, result=result)
                add("call_duration_seconds_sum", duration_s)
    return +count


COUNTED = (
    "queue_calls",
    "queue_wait_seconds_sum",
    "offers_total",
    "queue_talk_seconds_sum",
    "queue_talk_seconds_count",
    "ivr_node_entries_total",
    "agent_state_seconds_total",
    "recordings_total",
    "calls_total",
    "call_duration_seconds_sum",
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(histories())
async def test_counters_agree_with_the_journal(history: list[events.Event]) -> None:
    metrics = Metrics(SITE, FLOWS, Live())
    for event in history:
        metrics.record(event)
    stored = await through_the_journal(history)
    scraped = {
        name: value
        for name, value in series(metrics).items()
        if value
        and name.removeprefix("callcenter_").startswith(COUNTED)
        and "short_abandoned" not in name
    }
    assert stored == history
    assert scraped == dict(counted(stored))


@settings(max_examples=60, deadline=None)
@given(histories())
def test_every_session_has_one_outcome_and_every_conversation_is_handled_at_most_once(
    history: list[events.Event],
) -> None:
    metrics = Metrics(SITE, FLOWS, Live())
    for event in history:
        metrics.record(event)
    found = series(metrics)

    def total(name: str) -> float:
        return sum(value for key, value in found.items() if key.startswith("callcenter_" + name))

    assert total("ivr_sessions_total") == total("calls_total")
    assert total("queue_handle_seconds_count") <= total("queue_talk_seconds_count")
    assert total("queue_wrapup_seconds_count") <= total("queue_handle_seconds_count")
