"""Prometheus metrics, fed by the same events as the journal.

Invariant: label values come from the site, the flows and the lists in the code, never from a call;
every label set that can be told beforehand exists at 0 from the start.
"""

from ivr.metrics.lag import LoopLag
from ivr.metrics.metrics import Metrics

__all__ = ["LoopLag", "Metrics"]
