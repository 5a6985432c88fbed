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
from cnnstat.commands.serve.asked_network import AskedNetwork
from cnnstat.commands.serve.bounds import ANSWER_BYTES, TEXT_BYTES
from cnnstat.commands.serve.jobs import Answer, Ending, Job, NoAnswerError, malformed, refusal, too_long
from cnnstat.commands.serve.kinds import KINDS
from cnnstat.commands.serve.live import live
from cnnstat.exporters.refusals import NoExportError
from cnnstat.report.document import builtins

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnstat.commands.check.configuration import Configuration
    from cnnstat.commands.serve.requests import OfText

ABOUT_NETWORKS: dict[str, Callable[[Any, AskedNetwork], Any]] = {
    "live": live,
    "findings": parts.findings,
    "explained": parts.explained,
    "fields": parts.fields,
    "trace": parts.trace,
    "conventions": parts.conventions,
    "charts": parts.charts,
    "report": files.report,
    "export": files.export,
}
"""By the kinds of `KINDS`: from what is asked, and the network that it is about, to a document or a file."""


class Answers:
    """What answers jobs. ``configuration`` is what a project says of their text.

    A page asks much of one network: what is worked out of the last one stays.
    """

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._last: AskedNetwork | None = None

    def begin(self) -> None:
        """Import all that answers need, and have worked once: what is typed first does not wait for it."""
        text = "input: [3, 32, 32]\nlayers:\n- {type: conv, filters: 8, kernel: 3}\n"
        body = msgspec.json.encode({"text": text})
        for kind in ("live", "findings", "conventions"):
            self.answer(Job(kind, body, "first.yaml"))

    def answer(self, job: Job) -> Answer:
        """Return the answer to a job, or why there is none.

        Raises:
            MemoryError: it takes too much.
        """
        try:
            found = self._found(job)
            return found if isinstance(found, Answer) else _document(found)
        except msgspec.DecodeError as error:
            return malformed(error)
        except NoAnswerError as error:
            return error.answer
        except SpecError as error:
            return refusal(Ending.REFUSED, plain(error.problems[0].message), error.problems[0].code)
        except (ArgumentError, FileError, NoExportError, RefusedError) as error:
            return refusal(Ending.REFUSED, plain(str(error)))
        except RecursionError:
            return refusal(Ending.REFUSED, "this is nested too deep", "depth")

    def _found(self, job: Job) -> Any:
        if job.kind == "model":
            return files.read_model(job.path, job.name)
        shape = KINDS[job.kind].asked
        if shape is None:
            return schema()
        asked = msgspec.json.decode(job.body, type=shape)
        return ABOUT_NETWORKS[job.kind](asked, self._network(asked, job))

    def _network(self, asked: OfText, job: Job) -> AskedNetwork:
        """Return the network that a job is about.

        Raises:
            NoAnswerError: its text is too long.
        """
        if len(asked.text.encode()) > TEXT_BYTES:
            raise too_long(TEXT_BYTES)
        if self._last is None or not self._last.is_about(asked, job):
            self._last = None  # before the next one: there may not be room for both
            self._last = AskedNetwork(asked, job, self._configuration)
        return self._last


def _document(found: Any) -> Answer:
    content = msgspec.json.encode(builtins(found))
    if len(content) > ANSWER_BYTES:
        why = f"this is more than {ANSWER_BYTES >> 20} MiB, too much to show"
        return refusal(Ending.REFUSED, why, "size")
    return Answer(Ending.GOOD, content)
