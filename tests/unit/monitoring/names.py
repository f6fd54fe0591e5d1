"""What queries may ask for."""

from ivr.metrics.metrics import ALL_TOPICS
from ivr.metrics.topic import PREFIX, Spec


def series_names() -> dict[str, Spec]:
    """Every name a query may use -> its metric."""
    names: dict[str, Spec] = {}
    for topic in ALL_TOPICS:
        for spec in topic.specs:
            suffixes = ("_bucket", "_sum", "_count") if spec.kind == "histogram" else ("",)
            names |= {PREFIX + spec.name + suffix: spec for suffix in suffixes}
    return names
