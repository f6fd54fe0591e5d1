"""Fixtures that the fast tests have, too."""

from tests.unit.journal.conftest import disk as disk
