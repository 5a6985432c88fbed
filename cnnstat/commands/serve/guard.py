"""Who may ask: this machine's browser on the address that was printed, and nobody else.

A page of another site can send requests here, and a name of its own can be made to mean this machine; it
knows neither the token, nor can it write the Host and the Origin that a browser writes.
"""

from __future__ import annotations

from secrets import compare_digest, token_urlsafe
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

ADDRESS = "127.0.0.1"
"""Where the server listens: this machine alone, whatever its networks are."""
_NAMES = (ADDRESS, "localhost")

_ALWAYS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'; form-action 'none'",
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
"""Headers of each response; the page itself has a policy of its own."""


def new_token() -> str:
    """Return a word that nobody can guess."""
    return token_urlsafe(32)


def _within(scope: Scope) -> str:
    """Return a path without the token before it."""
    return "/" + "/".join(scope["path"].split("/", 2)[2:])


class Guard:
    """The application behind it gets requests of the right Host, Origin and token, and no others.

    The token is the first part of the path, so that every address within the page is relative; behind the
    guard it is gone from the path.
    """

    def __init__(self, app: ASGIApp, token: str, port: int) -> None:
        self._app = app
        self._token = token.encode()
        self._hosts = {f"{name}:{port}" for name in _NAMES} | ({*_NAMES} if port == 80 else set())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # there are no web sockets

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _ALWAYS.items():
                    headers.setdefault(name, value)
            await send(message)

        if why := self._refused(scope):
            await PlainTextResponse(why, 403)(scope, receive, with_headers)
            return
        path = _within(scope)
        await self._app({**scope, "path": path, "raw_path": path.encode()}, receive, with_headers)

    def _refused(self, scope: Scope) -> str:
        """Return why a request is refused; nothing where it is not."""
        headers = Headers(scope=scope)
        hosts, origins = headers.getlist("host"), headers.getlist("origin")
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            return "forbidden: another Host\n"
        reads = scope["method"] in ("GET", "HEAD")
        if len(origins) > 1 or (not reads and not origins):
            return "forbidden: no Origin\n"
        if origins and origins[0].lower() != f"http://{hosts[0].lower()}":
            return "forbidden: another Origin\n"
        opened = (  # by a link from anywhere, which alone leads to a page
            reads
            and _within(scope) == "/"
            and headers.get("sec-fetch-mode") == "navigate"
            and headers.get("sec-fetch-dest") == "document"
        )
        if headers.get("sec-fetch-site", "none") not in ("none", "same-origin") and not opened:
            return "forbidden: another site\n"
        parts = scope["path"].split("/", 2)
        if len(parts) != 3 or not compare_digest(parts[1].encode(), self._token):
            return "forbidden: open the address that 'cnnstat serve' has printed\n"
        return ""
