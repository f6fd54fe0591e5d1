"""What a password or token is called."""

import re

_NAME = re.compile(
    r"(^|[^a-z])(authorization|(api|access|private)[^a-z]?key|apikey|(access)?token|secret|"
    r"pass(word|wd|phrase)?|pwd|credentials?|cookie)$"
)


def is_credential(name: str) -> bool:
    """Whether what stands under this name, of a field or a header, would open a door."""
    separated = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return _NAME.search(separated.lower()) is not None
