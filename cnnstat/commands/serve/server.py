"""The server on this machine: it begins, says where, and stops when it is asked to."""

from __future__ import annotations

import gc
import os
import signal
import socket
import tempfile
import threading
import webbrowser
from contextlib import contextmanager, suppress
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn

from cnnstat.commands.serve.app import application
from cnnstat.commands.serve.bounds import CONNECTIONS, HEADER_BYTES, IDLE_SECONDS, STOP_SECONDS
from cnnstat.commands.serve.connections import Connection
from cnnstat.commands.serve.guard import ADDRESS, new_token
from cnnstat.commands.serve.workers import NoMemoryError, Workers
from cnnstat.page.assets import assets

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from cnnstat.commands.serve.opened import Opened


class NotServedError(Exception):
    """Nothing can be served; the message says why."""


def run(opened: Opened, port: int, say: Callable[[str], None], *, browser: bool) -> None:
    """Serve a page until Ctrl-C, which ends it as any other ending would. Port 0 is any that is free.

    Raises:
        NotServedError: the port is taken, or others may not listen there; or there is too little memory.
    """
    gc.enable()  # the program goes without, for commands are short
    with socket.socket() as listening, tempfile.TemporaryDirectory(prefix="cnnstat-") as folder:
        _claim(listening)
        try:
            listening.bind((ADDRESS, port))
        except (OSError, OverflowError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise NotServedError(f"nothing can be served on port {port}: {reason}") from None
        port = listening.getsockname()[1]
        token = new_token()
        address = f"http://{ADDRESS}:{port}/{token}/"
        models = Path(folder, "models")
        models.mkdir()
        try:
            workers = Workers(models, opened.configuration)
        except NoMemoryError as error:
            raise NotServedError(str(error)) from None
        app = application(opened, assets("serve"), token, port, workers, models)

        def begun() -> None:
            say(f"{address}\n")
            if browser:
                threading.Thread(target=_open, args=(address, Path(folder)), daemon=True).start()

        server = _Server(_configuration(app, port), begun, workers.stop)
        try:
            # It has stopped then, as it was asked to.
            with suppress(KeyboardInterrupt), _stopped_by_hangup(server):
                server.run(sockets=[listening])
        finally:
            workers.close()


def _claim(listening: socket.socket) -> None:
    """Let a port be taken at once that was in use a moment ago, and by nobody else from then on."""
    if os.name == "posix":
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    elif option := getattr(socket, "SO_EXCLUSIVEADDRUSE", None):  # on Windows, the other would share it
        listening.setsockopt(socket.SOL_SOCKET, option, 1)


class _Server(uvicorn.Server):
    """One that says when it listens, and answers what is at work before it stops."""

    def __init__(
        self, config: uvicorn.Config, begun: Callable[[], None], end: Callable[[], Awaitable[None]]
    ) -> None:
        super().__init__(config)
        self._begun = begun
        self._end = end

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._begun()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._end()  # else requests that go on would be broken off, each with a traceback
        await super().shutdown(sockets)


@contextmanager
def _stopped_by_hangup(server: uvicorn.Server) -> Iterator[None]:
    """Let a terminal that goes away stop the server as it stops by itself, and end the program after it."""
    number = getattr(signal, "SIGHUP", None)  # Windows knows none
    if number is None:
        yield
        return
    came = threading.Event()

    def stop(*_: object) -> None:
        came.set()
        server.should_exit = True

    before = signal.signal(number, stop)
    try:
        yield
    finally:
        signal.signal(number, before)
        if came.is_set():
            signal.raise_signal(number)


def _configuration(app: object, port: int) -> uvicorn.Config:
    return uvicorn.Config(
        app,  # type: ignore[arg-type]
        host=ADDRESS,
        port=port,
        http=Connection,
        ws="none",
        loop="asyncio",
        lifespan="on",
        access_log=False,
        log_level="error",
        server_header=False,
        proxy_headers=False,
        backlog=64,
        limit_concurrency=2 * CONNECTIONS,  # of those that ask for something; others make room
        h11_max_incomplete_event_size=HEADER_BYTES,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
    )


def _open(address: str, folder: Path) -> None:
    """Open the page by a file that only this user may read: what is in a command line, others may read."""
    file = folder / "open.html"
    file.touch(mode=0o600)
    file.write_text(
        f'<!DOCTYPE html><meta charset="utf-8"><title>cnnstat</title>'
        f'<meta name="referrer" content="no-referrer">'
        f'<meta http-equiv="refresh" content="0; url={escape(address)}">\n',
        encoding="utf-8",
    )
    with suppress(webbrowser.Error, OSError):
        webbrowser.open(file.as_uri())
