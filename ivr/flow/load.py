"""Texts to flows, all problems of all files at once."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import cast

from ivr.document import Document, DocumentError, Problem, Salvaged, suggest
from ivr.document.document import Path
from ivr.flow.call_backs import check_call_backs
from ivr.flow.channels import check_channels
from ivr.flow.choices import check_choices
from ivr.flow.credentials import check_credentials
from ivr.flow.draft import Draft, NodeTypes, read_draft
from ivr.flow.flow import Flow, Variable
from ivr.flow.graph import check_shape
from ivr.flow.known import Known, SoundExists, check_node_references
from ivr.flow.languages import check_translations
from ivr.flow.node import NodeSpec
from ivr.flow.screen_pops import check_screen_pops
from ivr.flow.secrecy import check_secrecy
from ivr.flow.subflows import check_calls, check_returns
from ivr.flow.surveys import check_surveys
from ivr.flow.typed import check_typed
from ivr.model.site import Site


@dataclass(frozen=True)
class ReadFlows:
    """`flows` is empty as long as there is any problem."""

    flows: dict[str, Flow]
    problems: tuple[Problem, ...]


def any_sound(_name: str) -> bool:
    """For callers who cannot know which sound files there are."""
    return True


def load_flows(
    files: Mapping[str, str],
    site: Site,
    node_types: NodeTypes,
    *,
    sound_exists: SoundExists = any_sound,
    site_document: Document | None = None,
) -> dict[str, Flow]:
    """Flow name -> flow, read from file name -> text. Raises DocumentError with every problem.

    `sound_exists` tells whether a sound file of that name is there; `site_document` lets a number
    without a flow be shown at its place in the site file.
    """
    read = read_flows(
        files, site, node_types, sound_exists=sound_exists, site_document=site_document
    )
    if read.problems:
        raise DocumentError(read.problems)
    return read.flows


def read_flows(
    files: Mapping[str, str],
    site: Site | None,
    node_types: NodeTypes,
    *,
    sound_exists: SoundExists = any_sound,
    site_document: Document | None = None,
    unread: Collection[str] = (),
    salvaged: Salvaged[Site] | None = None,
) -> ReadFlows:
    """As `load_flows`, but returns the problems, and does what it can without a site (with what is
    `salvaged` of one), and without the files `unread`, of which it knows that they are there."""
    drafts: dict[str, Draft] = {}
    problems: list[Problem] = []
    for filename, text in sorted(files.items()):
        draft, found = read_draft(text, filename, node_types)
        problems += found
        if draft is not None:
            drafts[draft.name] = draft
    unknown = {PurePath(filename).stem for filename in (*files, *unread)} - drafts.keys()
    lost = frozenset[Path]() if salvaged is None else salvaged.lost
    anyhow = site if salvaged is None else salvaged.model
    known = Known({*drafts, *unknown}, anyhow, sound_exists, lost)
    for draft in drafts.values():
        problems += _check_start(draft)
        problems += check_node_references(draft, known)
        problems += check_choices(draft)
        problems += check_credentials(draft)
        problems += check_typed(draft)
    problems += check_shape(drafts)
    problems += check_calls(drafts)
    problems += check_surveys(drafts)
    problems += check_secrecy(drafts)
    numbers = {} if site is None else site.numbers
    problems += check_returns(drafts, numbers, all_read=not unknown)
    if site is not None:
        problems += _check_numbers(site, known, site_document)
        if not unknown:
            variables = {name for draft in drafts.values() for name in draft.variables}
            problems += check_screen_pops(site, variables, site_document)
        problems += check_translations(drafts, site, sound_exists)
        for draft in drafts.values():
            problems += check_call_backs(draft, site)
            problems += check_channels(draft, site)
    flows = {} if problems or unread else {name: _finish(draft) for name, draft in drafts.items()}
    return ReadFlows(flows, tuple(sorted(set(problems))))


def _check_start(draft: Draft) -> Iterator[Problem]:
    if draft.start is not None and draft.nodes and draft.start not in draft.nodes:
        hint = suggest(draft.start, draft.nodes)
        yield draft.document.problem(("start",), f"there is no node {draft.start!r}", hint)


def _check_numbers(site: Site, known: Known, document: Document | None) -> Iterator[Problem]:
    for number, flow in site.numbers.items():
        if flow in known.flows:
            continue
        message, hint = f"number {number}: there is no flow {flow!r}", suggest(flow, known.flows)
        if document is None:
            yield Problem("site.yaml", 1, 1, message, hint)
        else:
            yield document.problem(("numbers", number), message, hint)


def _finish(draft: Draft) -> Flow:
    """A draft without problems has everything."""
    return Flow(
        name=draft.name,
        start=cast(str, draft.start),
        nodes=cast(dict[str, NodeSpec], draft.nodes),
        variables=cast(dict[str, Variable], draft.variables),
        nodes_max=draft.nodes_max,
        document=draft.document,
    )
