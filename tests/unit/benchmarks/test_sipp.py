"""The scenarios SIPp is given."""

import xml.etree.ElementTree as ElementTree

from benchmarks.sipp import Press, scenario


def elements(xml: str) -> list[str]:
    return [each.tag for each in ElementTree.fromstring(xml)]


def test_every_key_is_pressed_after_its_pause_and_acknowledged() -> None:
    steps = elements(scenario((Press(500, "1"), Press(200, "2")), limit_ms=1000))
    assert steps[-8:] == ["pause", "send", "recv", "pause", "send", "recv", "recv", "send"]


def test_a_caller_who_is_not_hung_up_on_in_time_has_failed() -> None:
    bye = ElementTree.fromstring(scenario((), limit_ms=1000)).findall("recv")[-1]
    assert (bye.get("request"), bye.get("timeout")) == ("BYE", "1000")


def test_a_caller_who_waits_hangs_up_at_the_end() -> None:
    assert elements(scenario((), limit_ms=1000, hangs_up=True))[-3:] == ["pause", "send", "recv"]


def test_requests_in_the_call_are_numbered_one_after_the_other() -> None:
    xml = scenario((Press(500, "1"), Press(200, "2")), limit_ms=1000, hangs_up=True)
    assert [f"CSeq: {n} " in xml for n in range(1, 5)] == [True] * 4
