"""Problems and findings -> what an editor marks in its text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.base.errors import Source, Span
from cnnstat.base.text import plain
from cnnstat.commands.report.finding_entries import page_of
from cnnstat.commands.serve.document import Diagnostic, TextEdit
from cnnstat.commands.serve.places import Places

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnnstat.base.errors import Problem
    from cnnstat.commands.check.document import FileReport
    from cnnstat.commands.check.findings import Fixable


def of_problems(problems: Iterable[Problem], places: Places) -> tuple[Diagnostic, ...]:
    """Return what is wrong with a text."""
    return tuple(
        Diagnostic(
            place=places.of(problem.span),
            line=problem.span.line,
            column=problem.span.column,
            severity="error",
            code=problem.code,
            message=plain(problem.message),
            way_out=page_of(problem.code).way_out,
        )
        for problem in problems
    )


def of_findings(
    text: str, name: str, report: FileReport, fixable: Iterable[Fixable]
) -> tuple[Diagnostic, ...]:
    """Return what `check` finds in a text, and the edits that mend it where it knows them.

    An edit's text has the line ends that the editor has: it makes those of the file of them.
    """
    edits = {(each.mend.line, each.mend.column, each.mend.code): each.edits for each in fixable}
    places, source = Places(text), Source(name, text)
    return tuple(
        Diagnostic(
            place=places.of(Span(source, found.line, found.column, found.length)),
            line=found.line,
            column=found.column,
            severity=found.severity,
            code=found.code,
            message=plain(found.message),
            edits=tuple(
                TextEdit(place=(places.at(edit.start), places.at(edit.stop)), text=edit.text)
                for edit in edits.get((found.line, found.column, found.code), ())
            ),
            way_out=page_of(found.code).way_out,
        )
        for found in report.findings
    )
