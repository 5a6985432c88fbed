"""What a worker answers: for each kind of request the function that does it, from its body to a document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from cnnstat.base.errors import ArgumentError, SpecError
from cnnstat.base.files import FileError
from cnnstat.base.text import plain
from cnnstat.commands.export.document import document as _export_document  # noqa: F401 - a library of jobs
from cnnstat.commands.serve.jobs import Answer, Ending, refusal
