"""The agent's state machine: one table; what is not in it cannot happen."""

from enum import StrEnum

from ivr.acd.errors import IllegalTransitionError
from ivr.model.agents import AgentState

S = AgentState


class Trigger(StrEnum):
    """What can happen to an agent."""

    LOG_IN = "log_in"
    LOG_OUT = "log_out"
    PAUSE = "pause"
    READY = "ready"
    RESERVE = "reserve"
    """The core offers a call."""
    RING = "ring"
    ANSWER = "answer"
    RELEASE = "release"
    """The offer is over and costs the agent nothing."""
    PENALISE = "penalise"
    """The offer is over and its outcome pauses the agent."""
    WRAP_UP = "wrap_up"
    """The conversation is over; notes are still to be written."""
    FINISH = "finish"
    """Conversation or wrap-up is over, and nothing else was asked for."""
    PAUSE_AFTER = "pause_after"
    """The conversation is over, and a pause was asked for meanwhile."""
    LOG_OUT_AFTER = "log_out_after"
    RESUME = "resume"
    """Found talking after a restart."""
    RESUME_WRAP_UP = "resume_wrap_up"
    """Found writing up after a restart."""


class Special(StrEnum):
    """Answers of the table that are no move."""

    KEEP = "keep"
    """Already so: nothing happens."""
    LATER = "later"
    """Remembered; takes effect after the conversation."""
    RECALL = "recall"
    """What was to happen after the conversation is forgotten."""


Step = AgentState | Special

TABLE: dict[Trigger, dict[AgentState, Step]] = {
    Trigger.LOG_IN: {
        S.LOGGED_OUT: S.AVAILABLE,
        S.AVAILABLE: Special.KEEP,
        S.RESERVED: Special.KEEP,
        S.RINGING: Special.KEEP,
        S.ON_CALL: Special.RECALL,
        S.WRAP_UP: Special.KEEP,
        S.PAUSED: Special.KEEP,
    },
    Trigger.LOG_OUT: {
        S.LOGGED_OUT: Special.KEEP,
        S.AVAILABLE: S.LOGGED_OUT,
        S.RESERVED: S.LOGGED_OUT,
        S.RINGING: S.LOGGED_OUT,
        S.ON_CALL: Special.LATER,
        S.WRAP_UP: S.LOGGED_OUT,
        S.PAUSED: S.LOGGED_OUT,
    },
    Trigger.PAUSE: {
        S.AVAILABLE: S.PAUSED,
        S.RESERVED: S.PAUSED,
        S.RINGING: S.PAUSED,
        S.ON_CALL: Special.LATER,
        S.WRAP_UP: S.PAUSED,
        S.PAUSED: S.PAUSED,
    },
    Trigger.READY: {
        S.AVAILABLE: Special.KEEP,
        S.RESERVED: Special.KEEP,
        S.RINGING: Special.KEEP,
        S.ON_CALL: Special.RECALL,
        S.WRAP_UP: S.AVAILABLE,
        S.PAUSED: S.AVAILABLE,
    },
    # Who has room beside what is at hand is offered more, and stays on it whatever comes of that.
    Trigger.RESERVE: {S.AVAILABLE: S.RESERVED, S.ON_CALL: Special.KEEP},
    Trigger.RING: {S.RESERVED: S.RINGING, S.RINGING: Special.KEEP, S.ON_CALL: Special.KEEP},
    Trigger.ANSWER: {S.RESERVED: S.ON_CALL, S.RINGING: S.ON_CALL, S.ON_CALL: Special.KEEP},
    Trigger.RELEASE: {
        S.RESERVED: S.AVAILABLE,
        S.RINGING: S.AVAILABLE,
        S.ON_CALL: Special.KEEP,
    },
    Trigger.PENALISE: {S.RESERVED: S.PAUSED, S.RINGING: S.PAUSED, S.ON_CALL: Special.LATER},
    Trigger.WRAP_UP: {S.ON_CALL: S.WRAP_UP},
    Trigger.FINISH: {S.ON_CALL: S.AVAILABLE, S.WRAP_UP: S.AVAILABLE},
    Trigger.PAUSE_AFTER: {S.ON_CALL: S.PAUSED},
    Trigger.LOG_OUT_AFTER: {S.ON_CALL: S.LOGGED_OUT},
    Trigger.RESUME: {
        S.LOGGED_OUT: S.ON_CALL,
        S.AVAILABLE: S.ON_CALL,
        S.WRAP_UP: S.ON_CALL,
        S.PAUSED: S.ON_CALL,
    },
    Trigger.RESUME_WRAP_UP: {S.AVAILABLE: S.WRAP_UP},
}


AFTER = {Trigger.PAUSE: Trigger.PAUSE_AFTER, Trigger.LOG_OUT: Trigger.LOG_OUT_AFTER}
"""A wish spoken during the conversation -> the move it makes when that is over."""


def step(agent: str, state: AgentState, trigger: Trigger) -> Step:
    """Where the trigger leads from `state`; IllegalTransitionError when nowhere."""
    try:
        return TABLE[trigger][state]
    except KeyError:
        raise IllegalTransitionError(
            f"agent {agent} is {state.value}: {trigger.value} is not possible now"
        ) from None
