"""What a request says is held against the models its route declares."""

import asyncio

from aiohttp import hdrs, web
from pydantic import BaseModel, ValidationError

from ivr.web.routes import GIVEN, Route

BODY_S = 10.0
"""64 KiB have come by then, over any line somebody works on."""
PLAIN = "identity"


async def take_in(request: web.Request, route: Route) -> web.Response | None:
    """Leaves query and body for `given`; an answer of 415 or 422 says what is wrong with them."""
    packed = request.headers.get(hdrs.CONTENT_ENCODING, PLAIN).strip().lower()
    if packed not in (PLAIN, ""):
        return _error("send the body as it is, without Content-Encoding", 415)
    taken: dict[type[BaseModel], BaseModel] = {}
    request[GIVEN] = taken
    try:
        if route.query is not None:
            taken[route.query] = route.query.model_validate(dict(request.query))
        if route.body is not None:
            if request.content_type != "application/json":
                return _error(f"send the body as application/json, not {request.content_type}", 415)
            async with asyncio.timeout(BODY_S):
                text = await request.read()
            taken[route.body] = route.body.model_validate_json(text)
    except TimeoutError:
        return _error(f"the body did not come within {BODY_S:g} s", 408)
    except ConnectionResetError:
        return _error("the connection was lost before the body had come", 400)
    except web.RequestPayloadError:
        return _error("the body cannot be read: its parts are not as HTTP has them", 400)
    except ValidationError as error:
        words = problem(error)
        if route.invalid is not None:
            route.invalid(request, words)
        return _error(words, 422)
    return None


def problem(error: ValidationError) -> str:
    """The first thing that is wrong, without what was sent: it may be a password."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{place}: {first['msg']}" if place else first["msg"]


def _error(words: str, status: int) -> web.Response:
    return web.json_response({"error": words}, status=status)
