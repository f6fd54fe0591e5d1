"""The board: only what differs is news, and whoever was away is told what they missed."""

from ivr.service.console.board import Board

ANN, BOB = ("agent", "ann"), ("agent", "bob")


def test_only_what_differs_is_news() -> None:
    board = Board()
    assert board.apply({ANN: {"state": "paused"}, BOB: {"state": "paused"}})
    assert board.apply({ANN: {"state": "paused"}, BOB: {"state": "available"}})
    assert board.since(1) == {BOB: {"state": "available"}}
    assert not board.apply({ANN: {"state": "paused"}})
    assert board.number == 2


def test_what_is_gone_is_told_once() -> None:
    board = Board()
    board.apply({ANN: {}, BOB: {}})
    assert board.apply({ANN: None})
    assert board.since(1) == {ANN: None}
    assert board.names("agent") == ["bob"]
    assert not board.apply({ANN: None})


def test_several_changes_are_told_as_one_the_last_word_counts() -> None:
    board = Board()
    for state in ("available", "ringing", "on_call"):
        board.apply({ANN: {"state": state}})
    board.apply({BOB: {"state": "paused"}})
    assert board.since(0) == {ANN: {"state": "on_call"}, BOB: {"state": "paused"}}
    assert board.since(3) == {BOB: {"state": "paused"}}
    assert board.since(4) == {}


def test_who_was_away_for_too_long_has_to_see_everything_anew() -> None:
    board = Board(deltas_max=3)
    for n in range(10):
        board.apply({ANN: {"n": n}})
    assert board.since(7) == {ANN: {"n": 9}}
    assert board.since(6) is None


def test_numbers_there_never_were_mean_nothing() -> None:
    board = Board()
    board.apply({ANN: {}})
    assert board.since(2) is None
    assert board.since(-1) is None
