"""What one request may take: bytes, seconds and memory. Who asks for more is refused."""

from __future__ import annotations

from msgspec import Struct

# -- connections, whoever makes them ------------------------------------------------------------------------

CONNECTIONS = 128
"""At a time. Where there are more, the one that has waited longest without asking for anything goes."""

HEADER_BYTES = 64 << 10
HEADER_SECONDS = 5.0
"""From the first byte, or from the beginning of a connection, to the end of a request's header."""

IDLE_SECONDS = 30
"""How long a connection is kept behind an answer."""

STOP_SECONDS = 2
"""How long requests may take to end when the server is asked to stop."""

# -- bodies -------------------------------------------------------------------------------------------------

TEXT_BYTES = 4 << 20
"""The most that the text of a spec may have, in UTF-8."""

REQUEST_BYTES = 6 * TEXT_BYTES + (1 << 20)
"""The most that a request with a text may have: JSON writes some bytes as six, and more is asked."""

MODEL_BYTES = 1 << 30
"""The most that a model may have."""

MODELS = 2
"""Models that are sent and read at a time."""

DRAIN_SECONDS = 10.0
"""How long the rest of a body is read that is too long: an answer is heard by who has stopped sending."""

# -- answers ------------------------------------------------------------------------------------------------

LAYERS = 5_000
"""Layers of a network that a page shows: a browser would hang on more."""

VARIANTS = 1000
"""Variants that a page lists."""

PARAMETERS = 100
"""Parameters that a page shows: a spec may have thousands."""

STOPS = 200
"""Values of a slider: as many as a hand can tell apart."""

ANSWER_BYTES = 32 << 20
"""The most that a document may have."""

# -- work ---------------------------------------------------------------------------------------------------

WAITING = 64
"""Requests that wait for a worker, of all pages together: as many short ones, and as many long ones."""

MEMORY = 3 << 30
"""The most private memory of one worker, in bytes; less where its share of what is free is less."""

LEAST_MEMORY = 192 << 20
"""Bytes of memory with which a worker can begin, and work on small networks."""

GIVEN_UP = 0.5
"""Seconds that work may still take when nobody waits for it any more."""


class Bound(Struct, frozen=True):
    """How many seconds an answer may take, and whether it may keep others waiting: never all workers."""

    seconds: float
    long: bool = True


LIVE = Bound(10.0, long=False)
PART = Bound(30.0)
FILE = Bound(120.0)
