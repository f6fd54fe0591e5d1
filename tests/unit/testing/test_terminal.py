"""A flow played at the keyboard."""

from collections.abc import Iterator

from ivr.nodes.base import Visit
from ivr.nodes.walk import walk
from ivr.testing.clock import VirtualClock
from ivr.testing.terminal import (
    Terminal,
    TerminalCall,
    TerminalLookups,
    TerminalQueues,
    TerminalTrace,
)
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

    terminal = Terminal(shown.append, ask)
    clock = VirtualClock()
    call = TerminalCall(clock, terminal=terminal)
    visit = Visit(
        call,
        TerminalQueues(terminal),
        NoCalendars(),
        clock,
        TerminalTrace(shown.append),
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
