"""Tests that take their time: `make test` runs them, `make check` does not."""
