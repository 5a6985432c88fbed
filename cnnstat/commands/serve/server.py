"""The server on this machine: it begins, says where, and stops when it is asked to."""

from __future__ import annotations

import gc
import socket
import tempfile
import threading
import webbrowser
from contextlib import suppress
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn

from cnnstat.commands.serve.app import application
from cnnstat.commands.serve.guard import ADDRESS, new_token
from cnnstat.commands.serve.workers import Workers
from cnnstat.page.assets import assets

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnstat.commands.serve.opened import Opened

_PATIENCE = 2
"""Seconds in which requests may end when the server is asked to stop."""


class NoPortError(Exception):
    """Nothing can be served on the port that was asked for; the message says why."""


def run(opened: Opened, port: int, say: Callable[[str], None], *, browser: bool) -> None:
    """Serve a page until Ctrl-C, which ends it as any other ending would. Port 0 is any that is free.

    Raises:
        NoPortError: the port is taken, or not everybody's.
    """
    gc.enable()  # the program goes without, for commands are short
    with socket.socket() as listening, tempfile.TemporaryDirectory(prefix="cnnstat-") as folder:
        with suppress(AttributeError, OSError):
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((ADDRESS, port))
        except (OSError, OverflowError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise NoPortError(f"nothing can be served on port {port}: {reason}") from None
        port = listening.getsockname()[1]
        token = new_token()
        address = f"http://{ADDRESS}:{port}/{token}/"
        models = Path(folder, "models")
        models.mkdir()
        workers = Workers(models)
        app = application(opened, assets("serve"), token, port, workers, models)

        def begun() -> None:
            say(f"{address}\n")
            if browser:
                threading.Thread(target=_open, args=(address, Path(folder)), daemon=True).start()

        server = _Server(_configuration(app, port), begun)
        try:
            with suppress(KeyboardInterrupt):  # it has stopped, as it was asked to
                server.run(sockets=[listening])
        finally:
            workers.close()


class _Server(uvicorn.Server):
    """One that says when it listens."""

    def __init__(self, config: uvicorn.Config, begun: Callable[[], None]) -> None:
        super().__init__(config)
        self._begun = begun

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._begun()


def _configuration(app: object, port: int) -> uvicorn.Config:
    return uvicorn.Config(
        app,  # type: ignore[arg-type]
        host=ADDRESS,
        port=port,
        http="h11",
        ws="none",
        loop="asyncio",
        lifespan="on",
        access_log=False,
        log_level="error",
        server_header=False,
        proxy_headers=False,
        backlog=64,
        limit_concurrency=256,
        h11_max_incomplete_event_size=64 << 10,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=_PATIENCE,
    )


def _open(address: str, folder: Path) -> None:
    """Open the page by a file that only this user may read: what is in a command line, others may read."""
    file = folder / "open.html"
    file.write_text(
        f'<!DOCTYPE html><meta charset="utf-8"><title>cnnstat</title>'
        f'<meta name="referrer" content="no-referrer">'
        f'<meta http-equiv="refresh" content="0; url={escape(address)}">\n',
        encoding="utf-8",
    )
    with suppress(webbrowser.Error, OSError):
        webbrowser.open(file.as_uri())
