"""The server as an ASGI application: what is answered under each address of the page, and by whom."""

from __future__ import annotations

import asyncio
import os
from contextlib import asynccontextmanager
from functools import partial
from secrets import token_hex
from typing import TYPE_CHECKING

import msgspec
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import Route

from cnnstat.base.files import FileError
from cnnstat.commands.serve.bodies import body_of, parts_of, until_gone
from cnnstat.commands.serve.bounds import FILE, MODEL_BYTES, MODELS, REQUEST_BYTES, TEXT_BYTES
from cnnstat.commands.serve.guard import Guard
from cnnstat.commands.serve.jobs import Answer, Ending, Job, NoAnswerError, malformed, too_long
from cnnstat.commands.serve.kinds import KINDS
from cnnstat.commands.serve.page import page
from cnnstat.commands.serve.requests import ToSave
from cnnstat.commands.serve.zoo import zoo, zoo_text

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from msgspec import Struct
    from starlette.requests import Request
    from starlette.types import ASGIApp

    from cnnstat.commands.serve.opened import Opened
    from cnnstat.commands.serve.opened_file import OpenedFile
    from cnnstat.commands.serve.workers import Workers
    from cnnstat.page.assets import Assets


class Endpoints:
    """What is answered to one page, or to several on one file. ``models`` is where workers may read."""

    def __init__(self, opened: Opened, assets: Assets, workers: Workers, models: Path) -> None:
        self._opened, self._assets, self._workers, self._models = opened, assets, workers, models
        self._saving = asyncio.Lock()
        self._reading = 0

    async def page(self, request: Request) -> Response:
        """Answer the page itself."""
        return page(self._assets)

    async def start(self, request: Request) -> Response:
        """Answer what it begins with."""
        return _document(await asyncio.to_thread(self._opened.start))

    async def file(self, request: Request) -> Response:
        """Answer what the open file is now."""
        digest = request.query_params.get("digest", "")
        return _document(await asyncio.to_thread(self._file.state, digest))

    async def save(self, request: Request) -> Response:
        """Write the open file, unless it is another one than the page knows."""
        file = self._file
        wanted = msgspec.json.decode(await body_of(request, REQUEST_BYTES), type=ToSave)
        if len(wanted.text.encode()) > TEXT_BYTES:
            raise too_long(TEXT_BYTES)
        async with self._saving:
            try:
                saved, state = await asyncio.to_thread(file.save, wanted.text, wanted.digest)
            except FileError as error:
                raise NoAnswerError(Ending.REFUSED, str(error)) from None
        return _document(state, Ending.GOOD if saved else Ending.CHANGED)

    async def zoo(self, request: Request) -> Response:
        """Answer which networks are bundled, or the text of one."""
        name = request.query_params.get("name")
        found = zoo() if name is None else zoo_text(name)
        if found is None:
            raise NoAnswerError(Ending.NOWHERE, "there is no such bundled network")
        return _document(found)

    async def model(self, request: Request) -> Response:
        """Answer what is read of a model, which is kept for as long as that takes."""
        if self._reading == MODELS:
            raise NoAnswerError(Ending.TOO_MUCH, f"{MODELS} models are read already", "requests")
        name = os.path.basename(request.query_params.get("name", ""))[:200] or "model.onnx"
        path = self._models / f"{token_hex(16)}.onnx"
        self._reading += 1
        try:
            with self._workers.place(FILE):
                await _keep(request, path)
                asked = self._workers.ask(Job("model", b"", name, path=str(path)), FILE)
                return _response(await until_gone(request, asked))
        finally:
            self._reading -= 1
            path.unlink(missing_ok=True)

    async def work(self, kind: str, request: Request) -> Response:
        """Answer what a worker does."""
        of = KINDS[kind]
        with self._workers.place(of.bound):
            body = await body_of(request, REQUEST_BYTES)
            page = request.headers.get("page", "")[:64] if of.newest else ""
            asked = self._workers.ask(Job(kind, body, self._opened.name, self._opened.stem), of.bound, page)
            return _response(await until_gone(request, asked))

    @property
    def _file(self) -> OpenedFile:
        if self._opened.file is None:
            raise NoAnswerError(Ending.NOWHERE, "no file is open: nothing can be saved")
        return self._opened.file


def application(
    opened: Opened, assets: Assets, token: str, port: int, workers: Workers, models: Path
) -> ASGIApp:
    """Return the server of a page; what asks with another token or from elsewhere is refused."""

    @asynccontextmanager
    async def running(app: Starlette) -> AsyncIterator[None]:
        await workers.start()
        try:
            yield
        finally:
            await workers.stop()

    of = Endpoints(opened, assets, workers, models)
    routes = (
        Route("/", of.page, methods=["GET"]),
        Route("/start", of.start, methods=["GET"]),
        Route("/file", of.file, methods=["GET"]),
        Route("/file", of.save, methods=["POST"]),
        Route("/zoo", of.zoo, methods=["GET"]),
        Route("/model", of.model, methods=["POST"]),
        *(Route(f"/{kind}", partial(of.work, kind), methods=["POST"]) for kind in KINDS),
    )
    handlers = {
        NoAnswerError: _refused,
        msgspec.ValidationError: _malformed,
        msgspec.DecodeError: _malformed,
        ClientDisconnect: _gone,
    }
    app = Starlette(routes=routes, lifespan=running, exception_handlers=handlers)  # type: ignore[arg-type]
    app.router.redirect_slashes = False
    return Guard(app, token, port)


async def _keep(request: Request, path: Path) -> None:
    """Write a model to a file.

    Raises:
        NoAnswerError: it is too long, or the disk takes no more.
    """
    try:
        with path.open("xb") as file:
            async for part in parts_of(request, MODEL_BYTES):
                await asyncio.to_thread(file.write, part)
    except OSError as error:
        why = f"the model cannot be kept while it is read: {error.strerror}"
        raise NoAnswerError(Ending.REFUSED, why) from None


def _document(document: Struct, ending: Ending = Ending.GOOD) -> Response:
    return _response(Answer(ending, msgspec.json.encode(document)))


def _response(answer: Answer) -> Response:
    headers = {"content-disposition": f'attachment; filename="{answer.file}"'} if answer.file else {}
    return Response(answer.content, answer.ending, headers, answer.media_type)


async def _refused(request: Request, error: NoAnswerError) -> Response:
    return _response(error.answer)


async def _malformed(request: Request, error: Exception) -> Response:
    return _response(malformed(error))


async def _gone(request: Request, error: Exception) -> Response:
    return Response(status_code=Ending.MALFORMED)
