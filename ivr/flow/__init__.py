"""Call flows as data: nodes, exits, documents, and the check that finds ALL problems at once.

Invariant: pure. A Flow that exists is valid: every exit leads to a node, every reference resolves.
"""
