"""Who may ask the API: whoever shows the token out of the `api` secret."""

from hmac import compare_digest

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

API = "/api/"
SCHEME = "Bearer "


def guard(token: str) -> Middleware:
    """Answers 401 to every request below `/api/` without this token; known path or not."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.path.startswith(API) or _shows(request, token):
            return await handler(request)
        return web.json_response(
            {
                "error": "send the header `Authorization: Bearer TOKEN`; the token is the content "
                "of secrets/api in the state directory"
            },
            status=401,
            headers={hdrs.WWW_AUTHENTICATE: 'Bearer realm="ivr"'},
        )

    return check


def _shows(request: web.Request, token: str) -> bool:
    shown = request.headers.get(hdrs.AUTHORIZATION, "")
    given = shown.removeprefix(SCHEME).strip()
    right = compare_digest(given.encode("utf-8", "surrogateescape"), token.encode())
    return shown.startswith(SCHEME) and bool(token) and right
