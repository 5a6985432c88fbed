"""Connections to the server: whoever makes one and asks for nothing keeps no other from asking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uvicorn.protocols.http.h11_impl import H11Protocol

from cnnstat.commands.serve.bounds import CONNECTIONS, HEADER_SECONDS

if TYPE_CHECKING:
    import asyncio


class Connection(H11Protocol):
    """One of them, closed where a request's header is not whole in time, for anybody can make one."""

    _since = 0.0
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a header."""
        super().connection_made(transport)
        self._since = self.loop.time()
        self._expect()
        if len(self.connections) > CONNECTIONS:
            self._make_room()

    def data_received(self, data: bytes) -> None:
        """Wait no longer where the header is whole."""
        super().data_received(data)
        if self._asked():
            self._expect_no_more()
        elif self._deadline is None and not self.transport.is_closing():
            self._expect()  # part of a header, or what is left of a body that was refused

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        self._since = self.loop.time()
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._expect_no_more()
        super().connection_lost(exc)

    def _asked(self) -> bool:
        """Say whether there is a request that has no whole answer yet."""
        return self.cycle is not None and not self.cycle.response_complete

    def _expect(self) -> None:
        self._deadline = self.loop.call_later(HEADER_SECONDS, self.transport.abort)

    def _expect_no_more(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _make_room(self) -> None:
        """Break off the connection that has waited longest without a request."""
        others = (each for each in self.connections if isinstance(each, Connection) and each is not self)
        idle = [each for each in others if not each._asked() and not each.transport.is_closing()]
        if idle:
            min(idle, key=lambda each: each._since).transport.abort()
