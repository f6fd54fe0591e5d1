"""Fixtures that the fast tests have, too."""

from tests.unit.journal.conftest import disk as disk
from tests.unit.journal.conftest import postgresql_disk as postgresql_disk
from tests.unit.journal.conftest import sqlite_disk as sqlite_disk
