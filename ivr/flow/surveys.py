"""Surveys of one name are counted together: they have to be the same question."""

from collections.abc import Iterator, Mapping

from ivr.document import Problem
from ivr.flow.draft import Draft


def check_surveys(drafts: Mapping[str, Draft]) -> Iterator[Problem]:
    """Surveys whose answers would be added to those of another scale."""
    known: dict[str, tuple[str, str]] = {}
    for draft in drafts.values():
        for node, spec in draft.good_nodes():
            found = spec.survey_terms()
            if found is None:
                continue
            terms, place = known.setdefault(found.survey, (found.terms, f"{draft.name}/{node}"))
            if terms != found.terms:
                message = f"survey {found.survey!r} is {terms} in {place}, and {found.terms} here"
                path = draft.document.written(("nodes", node, "survey"))
                yield draft.document.problem(path, message, "give this one a name of its own")
