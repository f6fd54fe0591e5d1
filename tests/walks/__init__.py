"""Random callers whose calls are written down, so that the same call can be made elsewhere."""
