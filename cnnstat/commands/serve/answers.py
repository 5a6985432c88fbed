"""What a worker answers: for each kind of request the function that does it, from its body to a document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from cnnstat.base.errors import ArgumentError, SpecError
from cnnstat.base.files import FileError
from cnnstat.base.text import plain
from cnnstat.bridge.refusals import RefusedError
from cnnstat.commands.schema.spec_schema import schema
from cnnstat.commands.serve import files, parts
from cnnstat.commands.serve.bounds import ANSWER_BYTES
from cnnstat.commands.serve.jobs import Answer, Ending, Job, refusal
from cnnstat.commands.serve.live import live
from cnnstat.commands.serve.requests import AsFile, OfLayer, OfText, OfUnit
from cnnstat.exporters.refusals import NoExportError
from cnnstat.report.document import builtins

if TYPE_CHECKING:
    from collections.abc import Callable

_DOCUMENTS: dict[str, tuple[type[OfText], Callable[[Any, str], Any]]] = {
    "live": (OfText, live),
    "findings": (OfText, parts.findings),
    "explained": (OfLayer, parts.explained),
    "fields": (OfLayer, parts.fields),
    "conventions": (OfText, parts.conventions),
    "charts": (OfText, parts.charts),
    "trace": (OfUnit, parts.trace),
}
"""What comes back as a document."""

_FILES: dict[str, tuple[type[OfText], Callable[[Any, str], Answer]]] = {
    "report": (OfText, files.report),
    "export": (AsFile, files.export),
}
"""What comes back as a file."""


def begin() -> None:
    """Import all that answers need, and have worked once: the first that is typed does not wait for it."""
    text = "input: [3, 32, 32]\nlayers:\n- {type: conv, filters: 8, kernel: 3}\n"
    body = msgspec.json.encode({"text": text})
    for kind in ("live", "findings", "conventions"):
        answer(Job(kind, body, "first.yaml"))


def answer(job: Job) -> Answer:
    """Return the answer to a job, or why there is none.

    Raises:
        MemoryError: it takes too much.
    """
    try:
        if job.kind == "schema":
            return Answer(Ending.GOOD, msgspec.json.encode(schema()))
        if job.kind == "model":
            return _document(files.read_model(job.path, job.name))
        if job.kind in _FILES:
            shape, function = _FILES[job.kind]
            return function(msgspec.json.decode(job.body, type=shape), job.name)
        shape, function = _DOCUMENTS[job.kind]
        return _document(function(msgspec.json.decode(job.body, type=shape), job.name))
    except msgspec.DecodeError as error:
        return refusal(Ending.MALFORMED, f"no request of the page: {error}", "malformed")
    except SpecError as error:
        return refusal(Ending.REFUSED, plain(error.problems[0].message), error.problems[0].code)
    except (ArgumentError, FileError, NoExportError, RefusedError) as error:
        return refusal(Ending.REFUSED, plain(str(error)))
    except RecursionError:
        return refusal(Ending.REFUSED, "this is nested too deep", "depth")


def _document(found: Any) -> Answer:
    content = msgspec.json.encode(builtins(found))
    if len(content) > ANSWER_BYTES:
        return refusal(
            Ending.REFUSED, f"this is more than {ANSWER_BYTES >> 20} MiB, too much to show", "size"
        )
    return Answer(Ending.GOOD, content)
