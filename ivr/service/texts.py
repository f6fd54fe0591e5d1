"""Everything this server may have to say: spoken into files before the first call hears it."""

from collections.abc import Mapping

from ivr.flow import Flow
from ivr.model.site import Site, Voice
from ivr.nodes.prompt import texts
from ivr.ports import Spoken
from ivr.service.admission import refusal_texts
from ivr.service.briefing import briefing_texts
from ivr.service.callback_entry import callback_texts
from ivr.service.clicks import CLICK_PROMPTS
from ivr.service.features import FEATURE_PROMPTS
from ivr.service.retrieval import retrieval_texts
from ivr.service.telling import told_texts
from ivr.service.transfers import DIGITS
from ivr.spoken.values import vocabulary


def voiced(site: Site, flows: Mapping[str, Flow]) -> dict[Spoken, Voice]:
    """Each text, and by whom it is said."""
    said = texts(flows, site)
    languages = {one.language or site.default_language for one in said}
    told = {*said, *callback_texts(site, languages), *briefing_texts(site)}
    told |= told_texts(site, (*FEATURE_PROMPTS, *CLICK_PROMPTS)) | retrieval_texts(site)
    told |= {
        Spoken(digit, language)
        for language in site.desk_languages
        for digit in vocabulary(DIGITS, language)
    }
    told |= refusal_texts(site)
    told.add(Spoken(site.emergency.say))
    return {one: site.voices[site.spoken(one.language)] for one in sorted(told, key=str)}
