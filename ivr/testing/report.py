"""What a run of flow tests looks like: text for people, JSON for tools, JUnit XML for CI."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from xml.etree import ElementTree as Xml  # written, never parsed

from ivr.document import Problem
from ivr.testing.coverage import Coverage

_MISSED_SHOWN_MAX = 12


@dataclass(frozen=True)
class Result:
    """One test after its run; no problems means passed."""

    file: str
    line: int
    """Where the test begins."""
    name: str
    problems: tuple[Problem, ...]
    seconds: float
    """Real time it took."""


@dataclass(frozen=True)
class Report:
    """A whole run."""

    results: tuple[Result, ...]
    coverage: tuple[Coverage, ...]
    coverage_min: float = 0.0
    """Percent of the nodes, and of the exits, that every flow's tests must reach."""

    @property
    def failed(self) -> int:
        return sum(1 for one in self.results if one.problems)

    @property
    def below_minimum(self) -> tuple[Coverage, ...]:
        """Flows whose nodes or exits are reached less than asked for."""
        return tuple(
            one
            for one in self.coverage
            if min(one.node_percent, one.exit_percent) < self.coverage_min
        )

    @property
    def passed(self) -> bool:
        return not self.failed and not self.below_minimum


def as_text(report: Report) -> str:
    """For the terminal."""
    lines: list[str] = []
    file = ""
    for one in report.results:
        if one.file != file:
            file = one.file
            lines.append(file)
        lines.append(f"  {'FAIL' if one.problems else 'ok  '} {one.name}")
        lines += [f"         {problem}" for problem in one.problems]
    lines.append("coverage")
    for flow in report.coverage:
        lines += _coverage_lines(flow)
    lines += [
        f"flow {one.flow}: coverage is below {report.coverage_min:g} %"
        for one in report.below_minimum
    ]
    seconds = sum(one.seconds for one in report.results)
    passed = len(report.results) - report.failed
    lines.append(f"{passed} passed, {report.failed} failed in {seconds:.2f} s")
    return "\n".join(lines)


def _coverage_lines(flow: Coverage) -> list[str]:
    missed = [*flow.nodes_missed, *flow.exits_missed]
    lines = [
        f"  {flow.flow}: {flow.node_percent:.0f} % of {flow.nodes} nodes, "
        f"{flow.exit_percent:.0f} % of {flow.exits} exits"
    ]
    if missed:
        more = len(missed) - _MISSED_SHOWN_MAX
        rest = f" and {more} more" if more > 0 else ""
        lines.append(f"    never reached: {', '.join(missed[:_MISSED_SHOWN_MAX])}{rest}")
    return lines


def as_json(report: Report) -> str:
    """For editors and scripts."""
    return json.dumps(
        {
            "passed": report.passed,
            "problems": [],
            "tests": [asdict(one) for one in report.results],
            "coverage": [
                {**asdict(one), "node_percent": one.node_percent, "exit_percent": one.exit_percent}
                for one in report.coverage
            ],
            "coverage_min": report.coverage_min,
        },
        indent=2,
    )


def unreadable_as_json(problems: Sequence[Problem]) -> str:
    """The same when no test could be run for what is wrong in the files."""
    problem_list = [asdict(one) for one in problems]
    return json.dumps({"passed": False, "problems": problem_list, "tests": []}, indent=2)


def as_junit(results: Sequence[Result]) -> str:
    """For CI servers."""
    root = Xml.Element("testsuites")
    for file in dict.fromkeys(one.file for one in results):
        own = [one for one in results if one.file == file]
        suite = Xml.SubElement(
            root,
            "testsuite",
            name=file,
            tests=str(len(own)),
            failures=str(sum(1 for one in own if one.problems)),
            time=f"{sum(one.seconds for one in own):.3f}",
        )
        for one in own:
            case = Xml.SubElement(
                suite, "testcase", classname=file, name=one.name, time=f"{one.seconds:.3f}"
            )
            if one.problems:
                failure = Xml.SubElement(case, "failure", message=one.problems[0].message)
                failure.text = "\n".join(map(str, one.problems))
    return Xml.tostring(root, encoding="unicode", xml_declaration=True)
