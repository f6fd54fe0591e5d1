"""What a reload would do, worked out before anything is touched."""

from collections.abc import Mapping
from dataclasses import dataclass

from ivr.flow import Flow
from ivr.model.site import Site
from ivr.site.changes import Change, site_changes

TELEPHONY = ("phones", "numbers", "outbound", "music")
"""Parts of the site the telephony system has to be told of, too."""
FIELDS = {"agents": ("name", "extension", "phone"), "queues": ("music",)}
"""And these fields of agents and queues, and whoever and whatever is new or gone."""


@dataclass(frozen=True)
class Plan:
    """From the site and flows in force to others."""

    changes: tuple[Change, ...]
    flows: tuple[str, ...]
    """One line each: flows that are new, different or gone."""

    @property
    def empty(self) -> bool:
        return not (self.changes or self.flows)

    @property
    def lines(self) -> tuple[str, ...]:
        """One for each change, to be read."""
        flows = (f"{one[:2]}flow {one[2:]}" for one in self.flows)
        return (*map(str, self.changes), *flows)

    @property
    def for_telephony(self) -> bool:
        """Whether accounts, numbers or music have changed."""
        return any(_concerns_telephony(change.path.split(".")) for change in self.changes)


def make_plan(
    site: Site, flows: Mapping[str, Flow], next_site: Site, next_flows: Mapping[str, Flow]
) -> Plan:
    """What differs between what is in force and what would be."""
    lines = []
    for name in {**flows, **next_flows}:
        if name not in next_flows:
            lines.append(f"- {name}")
        elif name not in flows:
            lines.append(f"+ {name}: {len(next_flows[name].nodes)} nodes")
        elif flows[name] != next_flows[name]:
            lines.append(f"~ {name}: {_nodes_changed(flows[name], next_flows[name])}")
    return Plan(tuple(site_changes(site, next_site)), tuple(lines))


def _nodes_changed(before: Flow, after: Flow) -> str:
    """Node by node what is there no more (-), there now (+) or different (~); then the rest."""
    found = []
    for name in {**before.nodes, **after.nodes}:
        if name not in after.nodes:
            found.append(f"- {name}")
        elif name not in before.nodes:
            found.append(f"+ {name}")
        elif before.nodes[name] != after.nodes[name]:
            found.append(f"~ {name}")
    return ", ".join(found) or "start, variables or limits"


def _concerns_telephony(path: list[str]) -> bool:
    if path[0] not in FIELDS:
        return path[0] in TELEPHONY
    return len(path) == 2 or path[2] in FIELDS[path[0]]
