"""Every key a caller presses counts once, whichever way Asterisk tells of it."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from ivr.asterisk.keys import KEYS_MAX, REPORT_S, PressedKeys


@dataclass(frozen=True)
class Press:
    key: str
    answers: bool
    """A command was there to be answered; otherwise only the report tells of it."""
    report_first: bool


PRESSES = st.lists(
    st.builds(Press, st.sampled_from("0123456789*#"), st.booleans(), st.booleans()),
    max_size=KEYS_MAX,
)


def told(presses: list[Press], keys: PressedKeys) -> str:
    """All of them, as they are taken by one question after another."""
    typed = ""
    for press in presses:
        if press.report_first or not press.answers:
            keys.reported(press.key, 0.0)
        if press.answers:
            keys.answered(press.key, 0.0)
            typed += keys.typed()
        if press.answers and not press.report_first:
            keys.reported(press.key, 0.0)
    while key := keys.typed():
        typed += key
    return typed


@given(PRESSES)
def test_each_key_is_typed_once_in_the_order_of_pressing(presses: list[Press]) -> None:
    assert told(presses, PressedKeys()) == "".join(press.key for press in presses)


@given(PRESSES)
def test_nothing_is_left_of_them_in_line(presses: list[Press]) -> None:
    keys = PressedKeys()
    told(presses, keys)
    assert keys.first() == ""
    assert keys.reported("1", 0.0)
    assert keys.first() == "1"


@given(st.lists(st.sampled_from("0123456789*#"), max_size=KEYS_MAX))
def test_reports_that_all_come_late_lose_and_double_nothing(pressed: list[str]) -> None:
    """Asterisk was asked after every second key, and AMI lags behind."""
    keys = PressedKeys()
    typed = ""
    for key in pressed[::2]:
        keys.answered(key, 0.0)
        typed += keys.typed()
    for key in pressed:
        keys.reported(key, 0.0)
    while key := keys.typed():
        typed += key
    assert sorted(typed) == sorted(pressed)


@given(st.text("0123456789", max_size=20), st.integers(0, 20))
def test_a_number_is_typed_as_it_was_answered(number: str, reported: int) -> None:
    """So much of it was reported before the answer, the rest after it."""
    keys = PressedKeys()
    for key in number[:reported]:
        keys.reported(key, 0.0)
    keys.answered(number, 0.0)
    assert keys.typed_until("#", 30) == number
    for key in number[reported:]:
        assert not keys.reported(key, 0.0)


def test_a_report_that_never_came_costs_no_later_key() -> None:
    keys = PressedKeys()
    keys.answered("5", 0.0)
    assert keys.typed() == "5"
    assert keys.reported("5", REPORT_S + 0.1)


def test_a_key_of_ours_that_came_too_late_for_its_command_answers_no_other() -> None:
    keys = PressedKeys()
    for _ in range(2):  # the first one was not answered soon enough
        keys.pressed_by_us("#", 0.0)
    keys.answered("12#", 0.0)
    assert keys.typed_until("#", 5) == "12"
    keys.answered("#", 0.0)
    assert keys.typed() == ""
    assert not keys.reported("#", 0.0)
    assert not keys.reported("#", 0.0)
    keys.answered("#", 0.0)
    assert keys.typed() == "#", "this one is the caller's"


def test_keys_pressed_while_nothing_was_asked_count_in_line_only() -> None:
    keys = PressedKeys()
    keys.reported("1", 0.0)
    keys.ignore()
    assert keys.first() == "1"
    keys.reported("1", 0.0)
    keys.ignore()
    keys.reported("2", 0.0)
    assert (keys.typed(), keys.typed()) == ("2", "")


def test_a_question_answered_with_its_own_key_passes_over_others() -> None:
    keys = PressedKeys()
    for key in "4713":
        keys.reported(key, 0.0)
    assert (keys.typed("12"), keys.typed()) == ("1", "3")


def test_old_keys_that_answer_nothing_make_room_for_new_ones() -> None:
    keys = PressedKeys()
    for _ in range(KEYS_MAX):
        keys.reported("1", 0.0)
    keys.ignore()
    for _ in range(KEYS_MAX + 1):
        keys.reported("2", 0.0)
    assert [keys.typed() for _ in range(KEYS_MAX + 1)] == ["2"] * KEYS_MAX + [""]
