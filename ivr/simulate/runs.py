"""Replications of one scenario at one site, and their figures with confidence."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ivr.kpi import Counts
from ivr.model.site import Site
from ivr.simulate.confidence import Interval, interval
from ivr.simulate.driver import simulate
from ivr.simulate.scenario import Scenario
from ivr.simulate.summary import Summary, summarise

Progress = Callable[[int, int], None]
"""Told how many replications are done, and of how many."""


@dataclass(frozen=True)
class Runs:
    """The replications of one policy."""

    name: str
    """What the policy is called in the report."""
    site: Site
    scenario: Scenario
    summaries: Sequence[Summary]

    def values(self, queue: str, figure: str) -> list[float | None]:
        """One value per replication."""
        return [one.figures[queue].get(figure) for one in self.summaries]

    def interval(self, queue: str, figure: str) -> Interval | None:
        return interval(self.values(queue, figure))

    @property
    def queues(self) -> list[str]:
        return list(self.scenario.queues)

    @property
    def figures(self) -> dict[str, list[str]]:
        """Names of figures by queue and for all together."""
        return {queue: list(known) for queue, known in self.summaries[0].figures.items()}

    def half_hours(self, queue: str) -> list[Counts]:
        """Counts by half hour, over all replications together."""
        columns = zip(*(one.half_hours[queue] for one in self.summaries), strict=True)
        return [
            Counts(
                sum(c.answered for c in column),
                sum(c.answered_in_time for c in column),
                sum(c.abandoned for c in column),
                sum(c.abandoned_in_time for c in column),
                sum(c.abandoned_short for c in column),
            )
            for column in columns
        ]


def replicate(
    name: str,
    site: Site,
    scenario: Scenario,
    progress: Progress = lambda _done, _of: None,
) -> Runs:
    """As many replications as the scenario asks for, each with chance of its own."""
    summaries = []
    for number in range(1, scenario.replications + 1):
        summaries.append(summarise(simulate(site, scenario, number), site, scenario))
        progress(number, scenario.replications)
    return Runs(name, site, scenario, summaries)
