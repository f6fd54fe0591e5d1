"""What a message can be wrong about. The engine raises one of these and has changed nothing."""

from ivr.model.errors import IvrError


class RoutingError(IvrError):
    """A message the routing core cannot accept."""


class UnknownAgentError(RoutingError):
    """The site has no such agent."""


class UnknownQueueError(RoutingError):
    """The site has no such queue."""


class UnknownCallError(RoutingError):
    """No such call waits (for `Leave`) or talks (for `ConversationEnded`)."""


class UnknownOfferError(RoutingError):
    """This engine never made that offer; results of offers that are over are not errors."""


class DuplicateCallError(RoutingError):
    """The call already waits or talks."""


class IllegalTransitionError(RoutingError):
    """The agent's state does not allow it, e.g. a pause while logged out."""


class DispositionOwedError(IllegalTransitionError):
    """The agent has to say first what became of the last talk."""


class BadMessageError(RoutingError):
    """A value makes no sense, e.g. a call that leaves as `answered` by its own doing."""


class BadRequirementError(RoutingError):
    """The skill expression cannot be read."""
