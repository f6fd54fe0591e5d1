"""Memory that stays costs no collection, and what nobody refers to is not kept."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from ivr.wiring.memory import keep_what_is_there


class Thing:
    """Refers to itself: only a collection finds it."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_what_is_there_is_looked_at_no_more() -> None:
    there = [[number] for number in range(1000)]
    keep_what_is_there(cleaned=False)
    assert gc.get_freeze_count() > len(there)
    assert len(gc.get_objects()) < len(there)


@pytest.mark.parametrize("cleaned", [True, False])
def test_garbage_goes_first_when_there_is_time(cleaned: bool) -> None:
    gc.disable()
    try:
        gone = weakref.ref(Thing())
        keep_what_is_there(cleaned=cleaned)
    finally:
        gc.enable()
    assert (gone() is None) is cleaned


def test_without_references_it_still_goes() -> None:
    thing = Thing()
    keep_what_is_there(cleaned=False)
    gone = weakref.ref(thing)
    del thing.me, thing
    assert gone() is None
