"""Asking the running server, for the command line."""

import json
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

from ivr.model.errors import UserError

TIMEOUT_S = 5.0


class NotRunningError(UserError):
    """No server answers there."""


class ForeignServerError(NotRunningError):
    """A server answers there, but it is another instance's."""


class NotLiveError(UserError):
    """The server knows no such agent, or the call waits in no queue (any more)."""


def ask(address: str, token_file: Path, *path: str) -> dict[str, Any]:
    """The answer of `http://ADDRESS/api/PATH...`; UserError says why there is none."""
    place = "/".join(urllib.parse.quote(part, safe="") for part in path)
    return _ask(address, token_file, "GET", place, TIMEOUT_S)


def order(address: str, token_file: Path, path: str, timeout_s: float) -> dict[str, Any]:
    """What the server says after `POST /api/PATH`, with query; UserError when it did nothing."""
    return _ask(address, token_file, "POST", path, timeout_s)


def _ask(
    address: str, token_file: Path, method: str, path: str, timeout_s: float
) -> dict[str, Any]:
    url = f"http://{address}/api/{path}"
    try:
        token = token_file.read_text("ascii").strip()
    except OSError as error:
        raise NotRunningError(
            f"{token_file}: {error.strerror}; name the instance with --state-dir"
        ) from error
    headers = {"Authorization": f"Bearer {token}"}
    request = urllib.request.Request(url, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=timeout_s) as answer:  # noqa: S310
            return dict(json.load(answer))
    except urllib.error.HTTPError as error:
        with error:
            said = _error(error)
        if error.code == 404:
            raise NotLiveError(said) from error
        if error.code in (409, 422):
            raise UserError(said) from error
        if error.code == 401:
            raise ForeignServerError(
                f"the server at {address} does not belong to the state directory "
                f"{token_file.parents[1]}: give the --http-port of that instance's server, or "
                "another --state-dir"
            ) from error
        raise UserError(f"the server at {address} refuses ({error.code}): {said}") from error
    except (OSError, ValueError) as error:
        raise NotRunningError(
            f"no server answers at {address}; start it with `make run`, or name another with "
            "--state-dir, --bind and --http-port"
        ) from error


def _error(answer: urllib.error.HTTPError) -> str:
    try:
        return str(json.load(answer)["error"])
    except (ValueError, KeyError):
        return answer.reason
