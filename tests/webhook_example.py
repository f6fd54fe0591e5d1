"""What the page for receivers of webhooks says to do, run as it is written there."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[1] / "docs" / "howto" / "webhooks.md"


def example() -> Callable[[str, bytes, str], bool]:
    """Whether a signature is genuine, by header, body and secret."""
    (source,) = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(source, names)
    found: Callable[[str, bytes, str], bool] = names["is_genuine"]
    return found
