"""File reports -> document of `check`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct

from cnnstat.commands.check.budgets import Budgeted  # noqa: TC001 - msgspec reads it
from cnnstat.commands.check.changes import FileChange  # noqa: TC001 - msgspec reads it
from cnnstat.commands.check.findings import Finding, Mend  # noqa: TC001 - msgspec reads it
from cnnstat.report.document import Document

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnnstat.commands.check.earlier import EarlierSpecs


class Execution(Struct, frozen=True, kw_only=True):
    """What came of running a network: figures measured as calculated, gradients that are right."""

    network: str
    figures: int
    gradients: int
    verdict: str


class FileReport(Struct, frozen=True, kw_only=True):
    """What came of one file: how many networks were analyzed, findings by position, budgets, executions.

    ``ignored`` are those that comments of the file ask to leave out, ``fixed`` counts those that were
    ``mended``, and ``hidden`` further findings, which matter less than is asked for; ``written`` are the
    figures that were pinned in it, ``left`` those that should have been and could not be.
    """

    file: str
    networks: int = 0
    findings: tuple[Finding, ...] = ()
    ignored: int = 0
    fixed: int = 0
    mended: tuple[Mend, ...] = ()
    hidden: int = 0
    budgets: tuple[Budgeted, ...] = ()
    executions: tuple[Execution, ...] = ()
    written: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    change: FileChange | None = None


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
