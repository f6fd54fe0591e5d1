"""The routing core: scenarios per rule, and invariants over random histories."""
