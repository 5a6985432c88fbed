"""File reports -> document of `check`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from cnnstat.commands.check.check_file import FileReport  # noqa: TC001 - msgspec reads it
from cnnstat.report.document import Document

if TYPE_CHECKING:
    from collections.abc import Iterable


class CheckDocument(Document, frozen=True, kw_only=True):
    """`check`: every file with its findings, in the order in which files were named."""

    files: Annotated[tuple[FileReport, ...], Meta(description="in order; one without findings is clean")]
    passed_over: Annotated[int, Meta(description="YAML files of folders that have no key of a spec")]


def document(reports: Iterable[FileReport], passed_over: int = 0) -> CheckDocument:
    """Return what came of all files."""
    return CheckDocument(command="check", files=tuple(reports), passed_over=passed_over)
