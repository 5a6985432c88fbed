"""What one request may take: bytes, seconds and memory. Who asks for more is refused."""

from __future__ import annotations

from msgspec import Struct

REQUEST_BYTES = 4 << 20
"""Of a request that holds the text of a spec."""

MODEL_BYTES = 1 << 30
"""Of a model that is read from a file which the page has been given."""

LAYERS = 5_000
"""Of a network that a page shows: more, nobody looks through, and a browser would hang on them."""

ANSWER_BYTES = 32 << 20
"""Of a document that a page gets."""

WAITING = 64
"""Requests that wait for a worker, of all pages together: as many short ones, and as many long ones."""

MEMORY = 3 << 30
"""Bytes of private memory of one worker, unless half of what is free is less."""

SUPERSEDED = 0.5
"""Seconds that an analysis may still take when the page has asked for a newer one."""


class Bound(Struct, frozen=True):
    """How many seconds an answer may take, and whether it may keep others waiting: never all workers."""

    seconds: float
    long: bool = True


LIVE = Bound(10.0, long=False)
PART = Bound(30.0)
FILE = Bound(120.0)
