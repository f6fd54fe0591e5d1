"""Call-backs a flow offers: the queue in whose line the caller stands must have terms for them."""

from collections.abc import Iterator

from ivr.document import Problem
from ivr.flow.draft import Draft
from ivr.flow.graph import detour
from ivr.flow.node import NodeSpec
from ivr.model.site import Site


def check_call_backs(draft: Draft, site: Site) -> Iterator[Problem]:
    """Detours to a node that offers a call-back, from a queue that makes none.

    Callers would press 1 and hear that they cannot be called.
    """
    for name, node in draft.good_nodes():
        for queue in _without_terms(node, site):
            for exit_name, target in node.detours().items():
                for reached in sorted(detour(draft.edges, name, target)):
                    other = draft.nodes[reached]
                    if other is not None and other.offers_callback:
                        message = f"node {reached!r} offers a call-back, but queue {queue!r} none"
                        hint = f"give {queue!r} a `callback:` in the site file"
                        path = ("nodes", name, *exit_name.split(":"))
                        yield draft.document.problem(path, message, hint)


def _without_terms(node: NodeSpec, site: Site) -> Iterator[str]:
    """The queues this node puts callers into that call nobody back."""
    for found in node.references:
        if found.kind == "queue":
            queue = site.queues.get(found.value)
            if queue is not None and queue.callback is None:
                yield found.value
