"""Key figures of a contact centre, each with the name of its formula.

Invariant: pure arithmetic over counts and sums. A figure without a denominator is None, never 0.
"""

from ivr.kpi.service_level import DEFAULT, SERVICE_LEVELS, Counts, abandonment
from ivr.kpi.times import Seconds, aht, asa, occupancy, utilisation

__all__ = [
    "DEFAULT",
    "SERVICE_LEVELS",
    "Counts",
    "Seconds",
    "abandonment",
    "aht",
    "asa",
    "occupancy",
    "utilisation",
]
