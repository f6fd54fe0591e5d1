"""What Asterisk is told to report and what is understood of it are one list."""

from ivr.asterisk.translate import TRANSLATORS
from ivr.provision.render import AMI_EVENTS

LINK_EVENTS = {"FullyBooted", "Shutdown"}
"""The link's own."""


def test_asterisk_reports_exactly_what_is_understood() -> None:
    assert set(AMI_EVENTS) - LINK_EVENTS == set(TRANSLATORS)
