"""The way to the outside, by what is reported of it."""

from ivr.service.legs import ChannelGone, PhoneChanged, Snapshot
from ivr.service.trunk import Trunk


def test_what_was_reported_last_counts() -> None:
    trunk = Trunk()
    assert trunk.reachable is None
    trunk.replace(Snapshot((), frozenset({"1001"})))
    assert trunk.reachable is False
    trunk.report(PhoneChanged("trunk", reachable=True))
    trunk.report(PhoneChanged("1001", reachable=False))
    trunk.report(ChannelGone("trunk"))
    assert trunk.reachable is True
    trunk.replace(Snapshot((), frozenset({"trunk"})))
    assert trunk.reachable is True


def test_nothing_is_known_once_the_link_is_lost() -> None:
    trunk = Trunk()
    trunk.report(PhoneChanged("trunk", reachable=True))
    trunk.forget()
    assert trunk.reachable is None
