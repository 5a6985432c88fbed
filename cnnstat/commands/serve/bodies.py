"""Bodies of requests, read within bounds, and whether who asked is still there."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from starlette.requests import ClientDisconnect

from cnnstat.commands.serve.bounds import DRAIN_SECONDS
from cnnstat.commands.serve.jobs import too_long

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine

    from starlette.requests import Request

Found = TypeVar("Found")


async def parts_of(request: Request, most: int) -> AsyncIterator[bytes]:
    """Yield a request's body as it comes.

    Raises:
        NoAnswerError: it is longer, by what it says or by what comes.
    """
    said = request.headers.get("content-length", "")
    taken = int(said) if said.isdecimal() else 0
    if taken <= most:
        taken = 0
        async for part in request.stream():
            taken += len(part)
            if taken > most:
                break
            yield part
    if taken > most:
        await _drain(request)
        raise too_long(most)


async def body_of(request: Request, most: int) -> bytes:
    """Return a request's body.

    Raises:
        NoAnswerError: it is longer.
    """
    return b"".join([part async for part in parts_of(request, most)])


async def until_gone(request: Request, work: Coroutine[object, object, Found]) -> Found:
    """Return what comes of work for a request whose body is read; it is cancelled where the client goes.

    Raises:
        ClientDisconnect: it has gone.
    """
    working = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(_left(request))
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientDisconnect
        return working.result()
    finally:
        working.cancel()
        leaving.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)


async def _left(request: Request) -> None:
    """Wait until the client has gone: behind the body nothing else comes."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _drain(request: Request) -> None:
    """Read what is left of a body: who is still sending hears no answer, and takes the end for a fault."""
    if "expect" in request.headers:  # it waits to be asked for the body
        return
    with suppress(TimeoutError, ClientDisconnect):
        async with asyncio.timeout(DRAIN_SECONDS):
            async for _ in request.stream():
                pass
