"""What tests of several kinds share."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.postgresql import PostgreSQL, running


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    # The path of a socket is short by nature; pytest's directories are long.
    with TemporaryDirectory(prefix="ivr-pg-") as name, running(Path(name)) as server:
        yield server
