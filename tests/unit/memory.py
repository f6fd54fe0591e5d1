"""How much memory something may take."""

import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager

MB = 1_000_000


@contextmanager
def memory_within(bytes_max: float) -> Iterator[None]:
    """Fails when more than this was in use at any time, on top of what was before."""
    tracemalloc.start()
    try:
        yield
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak <= bytes_max, f"{peak / MB:.1f} MB were in use, {bytes_max / MB:g} MB are allowed"
