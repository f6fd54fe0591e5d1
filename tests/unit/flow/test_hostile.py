"""No document and no expression takes more than little memory, whatever it was made for."""

import subprocess
import sys

from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.flow import read_flows
from ivr.nodes import NODE_TYPES
from tests.unit.flow import hostile
from tests.unit.memory import MB, memory_within

DOCUMENT_MB = 80
"""Enough for a thousand nodes and all that is said of them."""


def test_hostile_documents_are_read_by_a_process_that_gets_little_memory() -> None:
    command = [sys.executable, "-m", hostile.__name__, str(DOCUMENT_MB * MB)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout.endswith("all read\n"), done.stdout + done.stderr
    assert "MemoryError" in done.stderr, "the process had more memory than it was given"


FRAGMENTS = st.text("[]{}:,-?&*!|>'\"%@` \n\tab01#\\~<.é\x85", min_size=1, max_size=8)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(FRAGMENTS, st.integers(1, 400)), min_size=1, max_size=4))
def test_pieces_of_yaml_again_and_again_take_little_memory(pieces: list[tuple[str, int]]) -> None:
    text = "".join(piece * times for piece, times in pieces)
    with memory_within(20 * MB):
        assert read_flows({"main.yaml": text}, None, NODE_TYPES).problems
