"""Key figures of a contact centre, each with the name of its formula.

Invariant: pure arithmetic over counts and sums. A figure without a denominator is None, never 0.
"""

from ivr.kpi.service_level import DEFAULT, SERVICE_LEVELS, Counts, abandonment
from ivr.kpi.surveys import SURVEY_FIGURES, ces, csat, nps
from ivr.kpi.times import Seconds, aht, asa, occupancy, utilisation

__all__ = [
    "DEFAULT",
    "SERVICE_LEVELS",
    "SURVEY_FIGURES",
    "Counts",
    "Seconds",
    "abandonment",
    "aht",
    "asa",
    "ces",
    "csat",
    "nps",
    "occupancy",
    "utilisation",
]
