"""What the server asks of a worker, and how a worker answers: plain data that crosses processes."""

from __future__ import annotations

from enum import IntEnum

import msgspec
from msgspec import Struct


class Job(Struct, frozen=True):
    """The name of an answer, the body of the request as it came, and under which name its text is shown.

    ``stem`` is what files that are made of it are called, without their suffixes; ``path`` is the file of a
    model that the page has sent, in a folder of its own.
    """

    kind: str
    body: bytes
    name: str
    stem: str = "network"
    path: str = ""


class Ending(IntEnum):
    """How a request ended, as the status of the response says it."""

    GOOD = 200
    MALFORMED = 400
    NOWHERE = 404
    CHANGED = 409
    TOO_LONG = 413
    REFUSED = 422
    FAILED = 500
    TOO_MUCH = 503


class Answer(Struct, frozen=True):
    """What came of a job: the content of the response, its type, and of a file to keep, what it is called."""

    ending: int
    content: bytes
    media_type: str = "application/json; charset=utf-8"
    file: str = ""


class Refusal(Struct, frozen=True):
    """Why there is no answer: one line, which the page shows as text."""

    refused: str
    code: str = "refused"


class NoAnswerError(Exception):
    """There is none but a refusal, which is the ``answer`` then."""

    def __init__(self, ending: Ending, why: str, code: str = "refused") -> None:
        self.answer = refusal(ending, why, code)
        super().__init__(why)


encode_job = msgspec.msgpack.Encoder().encode
decode_job = msgspec.msgpack.Decoder(Job).decode
encode_answer = msgspec.msgpack.Encoder().encode
decode_answer = msgspec.msgpack.Decoder(Answer).decode


def refusal(ending: Ending, why: str, code: str = "refused") -> Answer:
    """Return the answer that there is none."""
    return Answer(ending, msgspec.json.encode(Refusal(why, code)))


def malformed(error: Exception) -> Answer:
    """Return the answer to what no page of ours sends."""
    return refusal(Ending.MALFORMED, f"no request of the page: {error}", "malformed")


def too_long(most: int) -> NoAnswerError:
    """Return that something sent has more bytes than it may have."""
    return NoAnswerError(Ending.TOO_LONG, f"this is more than {most >> 20:,} MiB, too much to send", "size")
