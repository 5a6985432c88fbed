"""The server as an ASGI application: requests of a page, each bounded, and who answers them."""

from __future__ import annotations

import asyncio
import os
import tempfile
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import msgspec
from msgspec import Meta, Struct
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import Route

from cnnstat.base.files import FileError
from cnnstat.commands.serve.bounds import FILE, LIVE, MODEL_BYTES, PART, REQUEST_BYTES
from cnnstat.commands.serve.guard import Guard
from cnnstat.commands.serve.jobs import Answer, Ending, Job, refusal
from cnnstat.commands.serve.page import page
from cnnstat.commands.serve.zoo import zoo, zoo_text

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from cnnstat.commands.serve.bounds import Bound
    from cnnstat.commands.serve.opened import Opened
    from cnnstat.commands.serve.workers import Workers
    from cnnstat.page.assets import Assets

Endpoint: TypeAlias = "Callable[[Request], Awaitable[Response]]"

KINDS: dict[str, Bound] = {
    "live": LIVE,
    **dict.fromkeys(("explained", "fields", "charts", "conventions", "findings", "trace", "schema"), PART),
    **dict.fromkeys(("report", "export"), FILE),
}
"""What workers answer, under the same names, and within which bounds."""

_NEWEST = ("live", "findings", "explained", "fields", "trace")
"""Of these a page wants the newest answer alone."""


class TooLongError(Exception):
    """A request of more bytes than it may have."""


class _Save(Struct, frozen=True, forbid_unknown_fields=True):
    """A text to be saved over the content that the page knows."""

    text: str
    known: Annotated[str, Meta(max_length=64)]


def application(
    opened: Opened, assets: Assets, token: str, port: int, workers: Workers, models: Path
) -> ASGIApp:
    """Return the server of one page, or of several on one file. ``models`` is where workers may read."""
    saving = asyncio.Lock()

    async def get_page(request: Request) -> Response:
        return page(assets)

    async def get_start(request: Request) -> Response:
        return _document(await asyncio.to_thread(opened.start))

    async def get_file(request: Request) -> Response:
        if opened.file is None:
            return _response(refusal(404, "no file is open"))
        known = request.query_params.get("known", "")
        return _document(await asyncio.to_thread(opened.file.state, known))

    async def save(request: Request) -> Response:
        if opened.file is None:
            return _response(refusal(404, "no file is open: nothing can be saved"))
        wanted = msgspec.json.decode(await _body(request, REQUEST_BYTES), type=_Save)
        async with saving:
            try:
                saved, state = await asyncio.to_thread(opened.file.save, wanted.text, wanted.known)
            except FileError as error:
                return _response(refusal(Ending.REFUSED, str(error)))
        return _document(state, 200 if saved else 409)

    async def get_zoo(request: Request) -> Response:
        name = request.query_params.get("name")
        found = zoo() if name is None else zoo_text(name)
        return (
            _response(refusal(404, "there is no such bundled network")) if found is None else _document(found)
        )

    async def read_model(request: Request) -> Response:
        with tempfile.NamedTemporaryFile(dir=models, suffix=".onnx", delete=False) as file:
            path = Path(file.name)
            try:
                async for part in _parts(request, MODEL_BYTES):
                    await asyncio.to_thread(file.write, part)
                file.flush()
                name = os.path.basename(request.query_params.get("name", ""))[:200] or "model.onnx"
                return _response(await workers.ask(Job("model", b"", name, str(path)), FILE))
            finally:
                path.unlink(missing_ok=True)

    def of_worker(kind: str, bound: Bound) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            body = await _body(request, REQUEST_BYTES)
            of = request.headers.get("page", "")[:64] if kind in _NEWEST else ""
            return _response(await workers.ask(Job(kind, body, opened.name), bound, of))

        return endpoint

    @asynccontextmanager
    async def running(app: Starlette) -> AsyncIterator[None]:
        await workers.start()
        try:
            yield
        finally:
            await workers.stop()

    routes = (
        Route("/", get_page, methods=["GET"]),
        Route("/start", get_start, methods=["GET"]),
        Route("/file", get_file, methods=["GET"]),
        Route("/file", save, methods=["POST"]),
        Route("/zoo", get_zoo, methods=["GET"]),
        Route("/model", read_model, methods=["POST"]),
        *(Route(f"/{kind}", of_worker(kind, bound), methods=["POST"]) for kind, bound in KINDS.items()),
    )
    handlers = {
        TooLongError: _too_long,
        msgspec.ValidationError: _malformed,
        msgspec.DecodeError: _malformed,
        ClientDisconnect: _gone,
    }
    app = Starlette(routes=routes, lifespan=running, exception_handlers=handlers)  # type: ignore[arg-type]
    app.router.redirect_slashes = False
    return Guard(app, token, port)


async def _parts(request: Request, most: int) -> AsyncIterator[bytes]:
    """Yield a request's body as it comes.

    Raises:
        TooLongError: it is longer, by what it says or by what comes.
    """
    with suppress(ValueError):
        if int(request.headers.get("content-length", "0")) > most:
            raise TooLongError(most)
    taken = 0
    async for part in request.stream():
        taken += len(part)
        if taken > most:
            raise TooLongError(most)
        yield part


async def _body(request: Request, most: int) -> bytes:
    return b"".join([part async for part in _parts(request, most)])


def _document(document: Struct, status: int = 200) -> Response:
    return _response(Answer(status, msgspec.json.encode(document)))


def _response(answer: Answer) -> Response:
    return Response(answer.content, answer.ending, media_type=answer.media_type)


async def _too_long(request: Request, error: TooLongError) -> Response:
    why = f"a request of more than {error.args[0] >> 20:,} MiB"
    answer = _response(refusal(413, why, "size"))
    answer.headers["connection"] = "close"  # what is left of it is not read
    return answer


async def _malformed(request: Request, error: Exception) -> Response:
    return _response(refusal(Ending.MALFORMED, f"no request of the page: {error}", "malformed"))


async def _gone(request: Request, error: Exception) -> Response:
    return Response(status_code=400)
