"""Headers with their secrets put in, which stand in no file of the site."""

import os
from pathlib import Path

from ivr.model.errors import UserError
from ivr.model.site import HttpTarget, Secret

DIRECTORY = "http"
"""Below the directory of secrets: one file each."""
ENVIRONMENT = "IVR_SECRET_"
"""Before the secret's name in capitals: the other place where it may be."""
CREDENTIALS = "CREDENTIALS_DIRECTORY"
"""Names the directory in which systemd lays a service's credentials: the third place."""
CREDENTIAL = "secrets_"
"""Before the name of the file there, as `LoadCredential=secrets:DIRECTORY` names it."""


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
        text = _credential(name)
    if text is None:
        try:
            if file.stat().st_mode & 0o077:
                raise UserError(f"{file}: others can read this secret; chmod 600 it")
            text = file.read_text("utf-8")
        except FileNotFoundError:
            raise UserError(
                f"the secret {name!r} is missing: write it into {file} (readable for this user "
                f"alone), or set {variable}, or give it to the service as credential "
                f"{CREDENTIAL}{name}"
            ) from None
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(f"{file}: the secret {name!r} cannot be read: {error}") from error
    text = text.strip()
    if not text or not text.isascii() or not text.isprintable():
        raise UserError(f"the secret {name!r} is empty, or not one line of ASCII: see {file}")
    return text


def _credential(name: str) -> str | None:
    """What systemd has given this service; nobody else can read it, whatever its mode says."""
    directory = os.environ.get(CREDENTIALS)
    if directory is None:
        return None
    try:
        return (Path(directory) / f"{CREDENTIAL}{name}").read_text("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"the credential {CREDENTIAL}{name} cannot be read: {error}") from error
