"""Flows as pictures: everything is in them, nothing lies upon another, and they never change."""

from pathlib import Path
from random import Random
from xml.etree import ElementTree as Xml

from ivr.cli.dialplans import load_dialplans
from ivr.flow import Flow, load_flows
from ivr.nodes import NODE_TYPES
from ivr.picture import chart_of, mermaid, svg
from ivr.picture.layers import arrange
from ivr.picture.places import place
from ivr.site import load_site
from tests.unit.flow.mistakes import SITE, BigFlow

DIALPLANS = Path(__file__).parents[3] / "dialplans"
SVG = "{http://www.w3.org/2000/svg}"
LOOKS = ("box", "asks", "ends")


def company() -> Flow:
    return load_dialplans(DIALPLANS).flows["company"]


def big_flow(seed: int, size: int) -> Flow:
    site = load_site(SITE, "site.yaml")
    return load_flows({"big.yaml": BigFlow(Random(seed), size).text}, site, NODE_TYPES)["big"]


def boxes(picture: str) -> list[tuple[float, float, float, float]]:
    """Left, top, right, bottom of every node."""
    found = [one for one in Xml.fromstring(picture).iter(f"{SVG}rect") if one.get("class") in LOOKS]
    sides = [[float(one.attrib[key]) for key in ("x", "y", "width", "height")] for one in found]
    return [(x, y, x + width, y + height) for x, y, width, height in sides]


def words(picture: str) -> list[str]:
    return [one.text or "" for one in Xml.fromstring(picture).iter(f"{SVG}text")]


def test_each_node_and_each_exit_is_in_the_picture() -> None:
    flow = company()
    shown = words(svg(chart_of(flow)))
    assert set(flow.nodes) <= set(shown)
    assert {"open", "closed", "holiday", "no_match", "no_input, 0", "case 1"} <= set(shown)


def test_no_box_lies_upon_another_and_all_lie_inside() -> None:
    for flow in (company(), *(big_flow(seed, 60) for seed in range(5))):
        picture = svg(chart_of(flow))
        root = Xml.fromstring(picture)
        width, height = float(root.attrib["width"]), float(root.attrib["height"])
        found = boxes(picture)
        assert len(found) == len(flow.nodes)
        for at, (left, top, right, bottom) in enumerate(found):
            assert 0 <= left < right <= width
            assert 0 <= top < bottom <= height
            for other in found[at + 1 :]:
                apart = right <= other[0] or other[2] <= left or bottom <= other[1]
                assert apart or other[3] <= top


def test_what_closes_a_circle_is_told_by_name_instead_of_by_a_line() -> None:
    layers = arrange("a", {"a": ["b"], "b": ["c"], "c": ["a"]})
    assert layers.rows == [["a"], ["b"], ["c"]]
    assert ("c", "a") not in layers.lines
    assert "→ main" in words(svg(chart_of(company())))


def test_a_long_way_has_a_place_in_each_row_it_passes() -> None:
    layers = arrange("a", {"a": ["b", "c"], "b": ["c"], "c": []})
    assert len(layers.bends["a", "c"]) == 1
    middle = place(layers, dict.fromkeys([one for row in layers.rows for one in row], 10.0), 2.0)
    assert abs(middle["b"] - middle[layers.bends["a", "c"][0]]) >= 12.0 - 1e-6


def test_the_same_flow_gives_the_same_picture() -> None:
    assert svg(chart_of(company())) == svg(chart_of(company()))


def test_numbers_stand_at_the_exits_callers_took() -> None:
    counts = {("main", "choices:1"): 41, ("main", "choices:2"): 1, ("main", "hangup"): 7}
    chart = chart_of(company(), counts)
    main = next(box for box in chart.boxes if box.name == "main")
    assert main.count == 49
    assert {way.label: way.count for way in main.ways}["1"] == 41
    assert {"41", "menu · 49"} <= set(words(svg(chart)))
    assert "main<br/>menu · 49" in mermaid(chart)


def test_mermaid_names_every_node_and_quotes_every_label() -> None:
    text = mermaid(chart_of(company()))
    assert text.startswith("flowchart TD\n")
    assert 'node_main{{"main<br/>menu"}}' in text
    assert 'node_thanks(["thanks<br/>hangup"])' in text
    assert 'node_main -->|"no_input, 0"| node_operator' in text
    assert 'node_closed -->|"next"| node_message' in text
