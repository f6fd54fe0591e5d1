"""Whatever fails and whoever is asked: each lane in order, none skipped, none twice at once."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ivr.journal.entry import Entry
from ivr.webhooks.lanes import Lanes
from ivr.webhooks.letters import Letter


def letter(number: int, call: str) -> Letter:
    return Letter(Entry(number, call, number, 0, "call.ended", None, "{}"), float(number))


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.sampled_from("abc")),
        st.tuples(st.just("next"), st.just("")),
        st.tuples(st.just("done"), st.integers(0, 5)),
        st.tuples(st.just("later"), st.integers(0, 5)),
    ),
    max_size=80,
)


@given(STEPS)
def test_each_lane_is_told_in_order_by_one_at_a_time(steps: list[tuple[str, object]]) -> None:
    lanes, out, now = Lanes(), list[Letter](), 0.0
    added: dict[str, list[int]] = {lane: [] for lane in "abc"}
    told: dict[str, list[int]] = {lane: [] for lane in "abc"}
    for number, (step, value) in enumerate(steps, 1):
        now += 1.0
        if step == "add":
            lanes.add(letter(number, str(value)))
            added[str(value)].append(number)
        elif step == "next":
            found = lanes.next(now)
            if found is not None:
                assert found.lane not in [one.lane for one in out]
                out.append(found)
        elif out:
            one = out.pop(int(str(value)) % len(out))
            if step == "done":
                told[one.lane].append(one.id)
                lanes.done(one)
            else:
                lanes.later(replace(one, attempts=one.attempts + 1), now + 3)
    for one in out:
        lanes.later(one, now)
    while (found := lanes.next(now + 9)) is not None:
        told[found.lane].append(found.id)
        lanes.done(found)
    assert told == added
    assert (len(lanes), lanes.oldest_at(), lanes.due_in(now)) == (0, None, None)


def test_who_failed_waits_until_the_time_given() -> None:
    lanes = Lanes()
    lanes.add(letter(1, "a"))
    first = lanes.next(0.0)
    assert first is not None
    assert (lanes.next(0.0), lanes.due_in(0.0)) == (None, None)
    lanes.later(first, 5.0)
    assert (lanes.next(4.9), lanes.due_in(4.0), lanes.next(5.0)) == (None, 1.0, first)
