"""The interpreter: carries one call from node to node until it ends, and tells the recorder.

Hang-ups and failures are dealt with here, once, for every node.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from traceback import format_exception

import structlog

from ivr.flow import Flow
from ivr.model.errors import CallerGoneError, IvrError
from ivr.model.events import FlowFailed, NodeEntered, NodeLeft
from ivr.nodes.base import CALLED, END, RETURNED, FlowError, Node, Visit

CALLED_BACK = "called_back"
"""Outcome of a node in which an agent was found for a caller who was away from the line."""

BROKEN = "broken"
"""Outcome of a node that failed while its caller was away from the line."""

BACK_IN_LINE = (CALLED_BACK, BROKEN)
"""Outcomes, no exits of their own, that lead who is away back to the line at once."""

_REASON_CHARACTERS_MAX = 300
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Ending:
    """How a walk ended, and in which node."""

    result: str
    """`completed` (by the flow), `hangup` (by the caller) or `error`."""
    flow: str
    node: str


async def walk(
    flows: Mapping[str, Flow],
    flow: str,
    visit: Visit,
    *,
    node: str = "",
    hops_max: int = 0,
) -> Ending:
    """Walks `visit`'s call through `flow`, from its start or from `node`, to the end.

    The call must have been answered. Records NodeEntered, NodeLeft, InputReceived and FlowFailed.
    `hops_max` stands in for the flow's own limit of nodes.
    A hang-up is an ordinary end, and so is an error: the caller hears an apology and is hung up.
    Only cancellation leaves as an exception, with the node still entered.
    """
    visit.enter_flow(flows[flow])
    visit.node = node or flows[flow].start
    try:
        await _to_the_end(flows, visit, hops_max or flows[flow].nodes_max)
    except CallerGoneError:
        _leave_all(visit, "hangup")
        return _ending(visit, "hangup")
    except Exception as error:  # whatever a node does wrong, the caller gets a proper end
        _fail(visit, error)
        _leave_all(visit, "error")
        await _apologise(visit)
        return _ending(visit, "error")
    return _ending(visit, "completed")


async def _to_the_end(flows: Mapping[str, Flow], visit: Visit, hops_max: int) -> None:
    """From node to node; whatever it raises, it raises while a node is entered."""
    hops = 0
    while True:
        _enter(visit)
        hops += 1
        if hops > hops_max:
            raise FlowError(f"more than {hops_max} nodes in one call: the flow runs in circles")
        if not visit.resumed and not _current(visit).is_instant:
            await visit.remember()
        await (visit.recording.pause if _current(visit).is_sensitive else visit.recording.resume)()
        outcome = await (_run_away(visit) if visit.is_away else _current(visit).run(visit))
        if not _go_on(flows, visit, outcome):
            return


def _go_on(flows: Mapping[str, Flow], visit: Visit, outcome: str) -> bool:
    """Takes the call to its next node; False when it is over."""
    if outcome == RETURNED:
        _leave(visit, outcome)
        outcome = visit.come_back()
    following = visit.home if outcome in BACK_IN_LINE else _following(flows, visit, outcome)
    if outcome == CALLED and following is not None:
        visit.call_flow(flows[visit.next_flow])
        visit.node = following
        return True
    if following is None:
        _leave_all(visit, outcome)
        return False
    _leave(visit, outcome)
    if visit.next_flow:
        visit.enter_flow(flows[visit.next_flow])
    visit.node = following
    return True


async def _run_away(visit: Visit) -> str:
    """Serves a caller who still stands in line: at any moment they may be called back.

    A failure costs them what they were looking after, not their place.
    """
    node = asyncio.create_task(_run_or_fail(visit), name=f"{visit.node} of {visit.call.id}")
    called = asyncio.create_task(visit.queues.called_back(), name=f"called {visit.call.id}")
    try:
        await asyncio.wait({node, called}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (node, called):
            task.cancel()
        await asyncio.wait({node, called})
    return CALLED_BACK if node.cancelled() else node.result()


async def _run_or_fail(visit: Visit) -> str:
    try:
        return await _current(visit).run(visit)
    except CallerGoneError:
        raise
    except Exception as error:
        _fail(visit, error)
        return BROKEN


def _current(visit: Visit) -> Node:
    spec = visit.flow.nodes.get(visit.node) if visit.flow else None
    if not isinstance(spec, Node):
        raise FlowError(f"flow {visit.flow_name!r} has no node {visit.node!r} that can run")
    return spec


def _following(flows: Mapping[str, Flow], visit: Visit, outcome: str) -> str | None:
    """The node to go to, or None at the end; FlowError when the exit leads nowhere."""
    if outcome == END:
        return None
    if visit.next_flow:
        if visit.next_flow not in flows:
            raise FlowError(f"there is no flow {visit.next_flow!r}")
        return flows[visit.next_flow].start
    target = _current(visit).exits().get(outcome)
    if target is None:
        raise FlowError(f"node {visit.node!r} took its exit {outcome!r}, which is not wired")
    return target


def _enter(visit: Visit) -> None:
    visit.entered_at = visit.clock.now()
    visit.recorder.record(
        NodeEntered(at=visit.entered_at, call=visit.call.id, flow=visit.flow_name, node=visit.node)
    )


def _leave(visit: Visit, outcome: str) -> None:
    _record_left(visit, visit.flow_name, visit.node, visit.entered_at, outcome)


def _leave_all(visit: Visit, outcome: str) -> None:
    """The call is over, and with it every node that waits for a flow it called."""
    _leave(visit, outcome)
    for frame in reversed(visit.frames):
        _record_left(visit, frame.flow.name, frame.node, frame.entered_at, outcome)


def _record_left(visit: Visit, flow: str, node: str, entered_at: float, outcome: str) -> None:
    now = visit.clock.now()
    visit.recorder.record(
        NodeLeft(
            at=now,
            call=visit.call.id,
            flow=flow,
            node=node,
            outcome=outcome,
            seconds=now - entered_at,
        )
    )


def _fail(visit: Visit, error: Exception) -> None:
    """Records the failure; only one that is nobody's intention leaves a traceback in the log."""
    reason = str(error) if isinstance(error, IvrError) else f"{type(error).__name__}: {error}"
    visit.recorder.record(
        FlowFailed(
            at=visit.clock.now(),
            call=visit.call.id,
            flow=visit.flow_name,
            node=visit.node,
            reason=visit.mask(reason)[:_REASON_CHARACTERS_MAX],
        )
    )
    if not isinstance(error, IvrError):
        place = {"call": visit.call.id, "flow": visit.flow_name, "node": visit.node}
        trace = "".join(format_exception(error))  # without the values of variables
        _log.error("node failed", **place, traceback=visit.mask(trace))


async def _apologise(visit: Visit) -> None:
    try:
        await visit.call.play((visit.said(visit.words.apology),))
        await visit.call.hangup()
    except CallerGoneError:
        _log.info("caller left before the apology", call=visit.call.id)
    except Exception as error:  # the call is past saving; its failure is on record twice
        _fail(visit, error)


def _ending(visit: Visit, result: str) -> Ending:
    return Ending(result=result, flow=visit.flow_name, node=visit.node)
