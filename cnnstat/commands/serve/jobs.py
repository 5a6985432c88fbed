"""What the server asks of a worker, and how a worker answers: plain data that crosses processes."""

from __future__ import annotations

from enum import IntEnum

import msgspec
from msgspec import Struct


class Job(Struct, frozen=True):
    """The name of an answer, the body of the request as it came, and under which name its text is shown.

    ``path`` is the file of a model that the page has sent, in a folder of its own.
    """

    kind: str
    body: bytes
    name: str
    path: str = ""


class Ending(IntEnum):
    """How a job ended, as the status of the response says it."""

    GOOD = 200
    MALFORMED = 400
    REFUSED = 422
    FAILED = 500
    TOO_MUCH = 503


class Answer(Struct, frozen=True):
    """What came of a job: the content of the response and its type."""

    ending: int
    content: bytes
    media_type: str = "application/json; charset=utf-8"


class Refusal(Struct, frozen=True):
    """Why there is no answer: one line, which the page shows as text."""

    refused: str
    code: str = "refused"


encode_job = msgspec.msgpack.Encoder().encode
decode_job = msgspec.msgpack.Decoder(Job).decode
encode_answer = msgspec.msgpack.Encoder().encode
decode_answer = msgspec.msgpack.Decoder(Answer).decode


def refusal(ending: int, why: str, code: str = "refused") -> Answer:
    """Return the answer that there is none."""
    return Answer(ending, msgspec.json.encode(Refusal(why, code)))
