"""Flows are walked by calls: the queues they name must be queues of calls."""

from collections.abc import Iterator

from ivr.document import Problem
from ivr.flow.draft import Draft
from ivr.model.site import VOICE, Site


def check_channels(draft: Draft, site: Site) -> Iterator[Problem]:
    """Calls sent to a queue of another channel: nobody there could talk to them."""
    for name, node in draft.good_nodes():
        for found in node.references:
            queue = site.queues.get(found.value) if found.kind == "queue" else None
            if queue is not None and queue.channel != VOICE:
                message = f"queue {found.value!r} is for {queue.channel}, not for calls"
                path = ("nodes", name, *found.path)
                hint = "name a queue whose channel is voice"
                yield draft.document.problem(path, message, hint)
