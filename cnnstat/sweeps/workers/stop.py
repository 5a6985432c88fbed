"""Ctrl-C as a wish: what is at hand is finished, and kept."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Stop:
    """Whether somebody has asked to stop: the batch at hand is still finished."""

    def __init__(self) -> None:
        self.asked = False

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Take the first Ctrl-C as a wish; the second one ends what is going on."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def asked(*_: object) -> None:
            self.asked = True
            signal.signal(signal.SIGINT, before)

        before = signal.signal(signal.SIGINT, asked)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)
