"""Headers with their secrets put in, which stand in no file of the site."""

import os
from pathlib import Path

from ivr.model.errors import UserError
from ivr.model.site import HttpTarget, Secret

DIRECTORY = "http"
"""Below the directory of secrets: one file each."""
ENVIRONMENT = "IVR_SECRET_"
"""Before the secret's name in capitals: the other place where it may be."""


def headers_of(target: HttpTarget, secrets_dir: Path) -> dict[str, str]:
    """Every header as it is sent. UserError says where a missing secret has to be put."""
    return {
        name: f"{value.before}{secret_of(value.secret, secrets_dir)}"
        if isinstance(value, Secret)
        else value
        for name, value in target.headers.items()
    }


def secret_of(name: str, secrets_dir: Path) -> str:
    """The value of one secret; UserError as for `headers_of`."""
    variable = ENVIRONMENT + name.upper()
    file = secrets_dir / DIRECTORY / name
    text = os.environ.get(variable)
    if text is None:
        try:
            if file.stat().st_mode & 0o077:
                raise UserError(f"{file}: others can read this secret; chmod 600 it")
            text = file.read_text("utf-8")
        except FileNotFoundError:
            raise UserError(
                f"the secret {name!r} is missing: write it into {file} (readable for this user "
                f"alone), or set {variable}"
            ) from None
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(f"{file}: the secret {name!r} cannot be read: {error}") from error
    text = text.strip()
    if not text or not text.isascii() or not text.isprintable():
        raise UserError(f"the secret {name!r} is empty, or not one line of ASCII: see {file}")
    return text
