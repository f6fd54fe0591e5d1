"""A flow played at the keyboard."""

from collections.abc import Iterator

from ivr.nodes.base import Visit
from ivr.nodes.walk import walk
from ivr.testing.clock import VirtualClock
from ivr.testing.console import Terminal
from ivr.testing.story import Story
from ivr.testing.terminal import TerminalCall, TerminalLookups, TerminalQueues
from tests.unit.nodes.support import NoCalendars, flows, site

FLOWS = flows(
    main="""
    start: ask
    nodes:
      ask:
        type: menu
        prompt: Choose.
        choices: {"1": line, "2": ring, "3": message, "4": patience}
        no_input: bye
        no_match: bye
        no_input_retries: 1
      line: {type: queue, queue: sales, keys: {"9": ask}, next: bye, otherwise: message}
      patience:
        type: queue
        queue: sales
        prompt: Please hold.
        announce:
          - {after: 20s, every: 60s, position: true}
          - {after: 90s, say: Nearly there.}
        self_service: {"7": news}
        next: bye
        otherwise: bye
      news: {type: say, prompt: No news., next: patience}
      ring: {type: dial, extension: "1001", next: bye, no_answer: message}
      message: {type: voicemail, mailbox: office, prompt: Speak., next: bye}
      bye: {type: hangup, prompt: Goodbye.}
    """
)


async def type_in(*lines: str) -> tuple[str, list[str]]:
    """(result, what was shown) when somebody types these lines and then closes the terminal."""
    shown: list[str] = []
    typed: Iterator[str] = iter(lines)

    def ask(question: str) -> str:
        for line in typed:
            return line
        raise EOFError

    story = Story(shown.append, 0.0)
    terminal = Terminal(shown.append, ask, {"trace": ("what happened so far", story.lines)})
    clock = VirtualClock()
    call = TerminalCall(clock, terminal=terminal)
    visit = Visit(
        call,
        TerminalQueues(terminal, {"sales": 100.0}),
        NoCalendars(),
        clock,
        story,
        site(),
        TerminalLookups(call),
    )
    return (await walk(FLOWS, "main", visit)).result, shown


async def test_keys_choose_and_the_queue_is_answered_by_enter() -> None:
    result, shown = await type_in("1", "")
    assert result == "completed"
    assert shown == [
        "[ask]",
        "🔊 Choose.",
        "[line]",
        "🎵 queue sales, priority +0",
        "[bye]",
        "🔊 Goodbye.",
    ]


async def test_the_queue_may_end_otherwise_or_by_key() -> None:
    assert "[message]" in (await type_in("1", "timeout", ""))[1]
    assert (await type_in("1", "9", "hangup"))[1].count("[ask]") == 2


async def test_what_is_told_in_line_is_shown_and_a_key_leads_away_and_back() -> None:
    result, shown = await type_in("4", "7", "")
    assert result == "completed"
    assert shown[2:] == [
        "[patience]",
        "🎵 queue sales, priority +0",
        "🔊 Please hold.",
        "  after 20 s, then every 60 s: the position",
        "  after 90 s: Nearly there.",
        "[news]",
        "🔊 No news.",
        "[patience]",
        "🎵 back in the line of sales, the place was kept",
        "[bye]",
        "🔊 Goodbye.",
    ]


async def test_dialling_may_end_otherwise() -> None:
    result, shown = await type_in("2", "maybe", "busy", "")
    assert "  'maybe' means nothing here" in shown
    assert "  please type one of: answered, no_answer, busy" in "\n".join(shown)
    assert "[message]" in shown
    assert result == "completed"


async def test_an_empty_line_and_wait_are_silence() -> None:
    result, shown = await type_in("", "wait")
    assert shown.count("🔊 Choose.") == 2
    assert result == "completed"


async def test_hanging_up_and_the_end_of_input_end_the_call() -> None:
    for lines in (["hangup"], [], ["what?"], ["1", "hangup"], ["2", "hangup"], ["3", "hangup"]):
        assert (await type_in(*lines))[0] == "hangup"


async def test_a_wait_goes_on_over_several_questions_and_leaves_time_to_press() -> None:
    result, shown = await type_in("wait 8s", "3", "")
    assert result == "completed"
    assert shown == [
        "[ask]",
        "🔊 Choose.",
        "   (5 s of silence)",
        "🔊 Choose.",
        "   (2.5 s of silence)",
        "[message]",
        "🔊 Speak.",
        "⏺  beep; recording for mailbox office",
        "[bye]",
        "🔊 Goodbye.",
    ]


async def test_announcements_are_told_when_due_and_the_longest_wait_ends_the_wait() -> None:
    _, shown = await type_in("4", "wait 30s", "wait 60s", "wait", "hangup")
    told = [one for one in shown if "in line:" in one or "longest" in one]
    assert told == [
        "  🔊 20 s in line: the position",
        "  🔊 80 s in line: the position",
        "  🔊 90 s in line: Nearly there.",
        "  the longest wait of 100 s is over",
    ]
    assert "[bye]" in shown


async def test_the_trace_so_far_is_told_at_every_question() -> None:
    for lines in (["trace", "1"], ["1", "trace"], ["2", "trace"], ["3", "trace"]):
        _, shown = await type_in(*lines)
        assert any(one.endswith("(now here)") for one in shown), lines
    _, shown = await type_in("1", "9", "trace")
    assert shown[-3].endswith("ask  1 (match)  -> choices:1")
    assert shown[-2].endswith("line  -> keys:9")
    assert shown[-1].endswith("ask  (now here)")


async def test_what_means_nothing_is_told_with_what_was_probably_meant() -> None:
    _, shown = await type_in("hangpu", "wait soon", "hangup")
    assert shown[2:] == [
        "  'hangpu' means nothing here; did you mean 'hangup'?",
        "  please type one of: keys (0-9 * #), wait, wait 10s, hangup, trace, help",
        "  'soon' is not a duration; write for example 20s, 1m30s or 2h",
    ]


async def test_help_tells_what_may_be_typed_at_this_question() -> None:
    _, shown = await type_in("help")
    assert [one.split("  ")[1] for one in shown[2:]] == [
        "0-9 * #", "wait", "wait 10s", "hangup", "trace", "help"
    ]  # fmt: skip
    _, shown = await type_in("1", "help")
    assert "  9         press that key in line" in shown
