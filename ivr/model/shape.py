"""What every document's model has in common."""

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """Immutable, and a key it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)
