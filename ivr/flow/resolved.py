"""A flow with everything written out that its author left to defaults."""

from typing import Any

import yaml

from ivr.flow.flow import Flow


def resolved(flow: Flow) -> str:
    """The flow as YAML; read again, it is the same flow."""
    document: dict[str, Any] = {
        "flow": flow.name,
        "start": flow.start,
        "nodes_max": flow.nodes_max,
        "variables": {name: one.model_dump() for name, one in flow.variables.items()},
        "nodes": {
            name: {
                "type": node.type,
                **node.model_dump(mode="json", by_alias=True, exclude_none=True),
            }
            for name, node in flow.nodes.items()
        },
    }
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=100)
