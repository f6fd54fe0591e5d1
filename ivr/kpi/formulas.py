"""Every formula by its name: what a report calls it, and where its text comes from."""

from collections.abc import Callable, Mapping
from typing import Any

from ivr.kpi.callers import repeat_callers
from ivr.kpi.dispositions import disposition_share
from ivr.kpi.flows import containment, node_abandonment
from ivr.kpi.service_level import SERVICE_LEVELS, abandonment
from ivr.kpi.surveys import SURVEY_FIGURES
from ivr.kpi.times import aht, asa, occupancy, utilisation
from ivr.kpi.transfers import routing_accuracy

Formula = Callable[..., Any]

FORMULAS: Mapping[str, Formula] = {
    **SERVICE_LEVELS,
    **SURVEY_FIGURES,
    **{
        one.__name__: one
        for one in (
            abandonment,
            asa,
            aht,
            occupancy,
            utilisation,
            routing_accuracy,
            containment,
            node_abandonment,
            repeat_callers,
            disposition_share,
        )
    },
}


def told(name: str) -> str:
    """What the formula says of itself, in one paragraph."""
    return " ".join((FORMULAS[name].__doc__ or "").split())
