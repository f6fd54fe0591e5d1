"""Call flows as data: nodes, exits, documents, and the check that finds ALL problems at once.

Invariant: pure. A Flow that exists is valid: every exit leads to a node, every reference resolves.
"""

from ivr.flow.flow import Flow, Variable
from ivr.flow.load import ReadFlows, load_flows, read_flows

__all__ = ["Flow", "ReadFlows", "Variable", "load_flows", "read_flows"]
