"""Key figures of a contact centre: formulas, each with its name, and the facts they are made of.

Invariant: pure. Formulas are arithmetic over counts and sums; a figure without a denominator is
None, never 0. Facts are told from events in the order of the journal; whoever collects them holds
sums and what is under way, never the events.
"""

from ivr.kpi.callers import repeat_callers
from ivr.kpi.dispositions import disposition_share
from ivr.kpi.flows import containment, node_abandonment
from ivr.kpi.service_level import DEFAULT, SERVICE_LEVELS, Counts, abandonment
from ivr.kpi.surveys import SURVEY_FIGURES, ces, csat, fcr, nps
from ivr.kpi.times import Seconds, aht, asa, occupancy, utilisation
from ivr.kpi.transfers import routing_accuracy

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
    "containment",
    "csat",
    "disposition_share",
    "fcr",
    "node_abandonment",
    "nps",
    "occupancy",
    "repeat_callers",
    "routing_accuracy",
    "utilisation",
]
