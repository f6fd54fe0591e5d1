"""Which languages callers may have chosen where, and whether every prompt there can serve them.

A call begins in the site's default language; a node that sets the language changes it for whatever
comes after. The default one is needed everywhere: a call may come back to it.
"""

from collections.abc import Callable, Iterator, Mapping, Set

from ivr.document import Problem
from ivr.flow.draft import Draft
from ivr.flow.node import NodeSpec
from ivr.flow.references import Found, Path
from ivr.flow.results import Drawn, Place, return_places
from ivr.model.site import Site


def languages_spoken(flows: Mapping[str, Drawn], site: Site) -> dict[Place, set[str]]:
    """The languages in which a caller may be at each node."""
    default = site.default_language
    spoken: dict[Place, set[str]] = {
        (flow, name): {default} for flow, drawn in flows.items() for name in drawn.nodes
    }
    returns = return_places(flows)
    growing = True
    while growing:
        growing = False
        for place in spoken:
            for target, languages in _onward(flows, place, spoken, site, returns):
                if target in spoken and not languages <= spoken[target]:
                    spoken[target] |= languages
                    growing = True
    return spoken


def _onward(
    flows: Mapping[str, Drawn],
    place: Place,
    spoken: Mapping[Place, set[str]],
    site: Site,
    returns: Mapping[str, Set[Place]],
) -> Iterator[tuple[Place, set[str]]]:
    """Where callers go from a node, and in which languages."""
    flow, name = place
    node = flows[flow].nodes[name]
    if node is None:
        return
    here = set(spoken[place])
    for found in node.references:
        other = flows.get(found.value) if found.kind == "flow" else None
        if other is not None:
            yield (found.value, other.start or ""), spoken[place]
            here = here.union(*(spoken[at] for at in returns[found.value]))
    chosen = set(node.languages(site.voices)) & set(site.voices)
    for exit_name, target in node.exits().items():
        yield (flow, target), chosen if chosen and exit_name == "next" else here


def by_language(node: NodeSpec) -> Iterator[tuple[Found, str]]:
    """Everything a node refers to, and the language for which alone it does; empty: for all."""
    keys: dict[Path, str] = {}
    for found in node.references:
        if found.kind == "language" and found.is_key:
            keys[found.path] = found.value
        parents = (found.path[:length] for length in range(len(found.path), 0, -1))
        yield found, next((keys[parent] for parent in parents if parent in keys), "")


def check_translations(
    drafts: Mapping[str, Draft], site: Site, sound_exists: Callable[[str], bool]
) -> Iterator[Problem]:
    """Prompts that do not speak a language in which somebody may hear them."""
    default = site.default_language
    for (flow, name), languages in languages_spoken(drafts, site).items():
        node, document = drafts[flow].nodes[name], drafts[flow].document
        if node is None:
            continue
        for path, there in _texts(node, default).items():
            for missing in sorted(languages - there):
                message = f"not said in {missing!r}, which callers may have chosen here"
                hint = f"write {{{default}: ..., {missing}: ...}}"
                at = document.written(("nodes", name, *path))
                yield document.problem(at, message, hint)
        for found, only in by_language(node):
            if found.kind == "audio":
                there = _recorded(found.value, site, sound_exists)
                for missing in sorted(({only} if only else languages) - there) if there else ():
                    message = f"there is no sound file {found.value!r} in {missing!r}"
                    hint = f"put one into sounds/{missing}/; callers may have chosen it here"
                    at = document.written(("nodes", name, *found.path))
                    yield document.problem(at, message, hint)


def _texts(node: NodeSpec, default: str) -> dict[Path, set[str]]:
    """The texts of a node, each by its place, and the languages they are there in."""
    there: dict[Path, set[str]] = {}
    fixed = {found.path for found, _ in by_language(node) if found.kind == "language"}
    for found, language in by_language(node):
        if found.kind == "language" and found.is_key:
            there.setdefault(found.path[:-1], set()).add(found.value)
        elif (
            found.kind == "speech" and not language and (*found.path[:-1], "language") not in fixed
        ):
            there[found.path] = {default}
    return there


def _recorded(name: str, site: Site, sound_exists: Callable[[str], bool]) -> set[str]:
    """The languages for which there is a sound of this name.

    A file without any sister in a language's own directory (a jingle) is for all of them.
    """
    own: set[str] = {key for key in site.voices if sound_exists(f"{key}/{name}")}
    if sound_exists(name):
        return own | {site.default_language} if own else set(site.voices)
    return own
