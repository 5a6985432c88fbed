"""File reports -> document of `check`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from cnnstat.commands.check.check_file import FileReport  # noqa: TC001 - msgspec reads it
from cnnstat.report.document import Document

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnnstat.commands.check.earlier import EarlierSpecs


class CheckDocument(Document, frozen=True, kw_only=True):
    """`check`: every file with its findings, in the order in which files were named."""

    files: Annotated[tuple[FileReport, ...], Meta(description="in order; one without findings is clean")]
    passed_over: Annotated[int, Meta(description="YAML files of folders that have no key of a spec")]
    against: Annotated[str, Meta(description="the revision or folder it is compared with; empty for none")]
    removed: Annotated[tuple[str, ...], Meta(description="specs that were there, and are no more")]


def document(
    reports: Iterable[FileReport], passed_over: int = 0, earlier: EarlierSpecs | None = None
) -> CheckDocument:
    """Return what came of all files, compared with what they were where that is asked for."""
    return CheckDocument(
        command="check",
        files=tuple(reports),
        passed_over=passed_over,
        against=earlier.against if earlier else "",
        removed=earlier.removed if earlier else (),
    )
