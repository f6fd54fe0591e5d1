"""The page `docs/reference/metrics.md`, generated from the code."""

from ivr.metrics.metrics import ALL_TOPICS
from ivr.metrics.topic import PREFIX, Topic

_HEAD = """# Metrics

Generated from `ivr/metrics/`; run `ivr reference` after a change there.

Labels take their values from the site and the flows alone; every label set exists at 0 from the
start. A value nobody configured (a queue renamed while a call waited in it) counts as `other`.
"""

NOT_COUNTED = {
    'calls_total{direction="outbound"}': "Every call begins with a caller: a call-back belongs to "
    "the call it was asked for in, and what agents dial among themselves is no call.",
}
"""What somebody may look for in vain, and why."""


def reference() -> str:
    """The whole page."""
    sections = [_section(topic) for topic in ALL_TOPICS]
    absent = [f"- `{PREFIX}{name}`: {why}" for name, why in NOT_COUNTED.items()]
    return "\n".join([_HEAD, *sections, "## What is not counted", "", *absent, ""])


def _section(topic: type[Topic]) -> str:
    title = topic.__name__.removesuffix("Topic")
    rows = [
        f"| `{PREFIX}{spec.name}` | {spec.kind} | "
        f"{', '.join(f'`{label}`' for label in spec.labels)} | {spec.help} |"
        for spec in topic.specs
    ]
    table = ["| metric | kind | labels | meaning |", "| --- | --- | --- | --- |", *rows]
    return "\n".join([f"## {title}", "", *table, ""])
