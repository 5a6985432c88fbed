"""What `explain` finds out and shows, without a command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cnnstat
from cnnstat.analysis.outline import folded
from cnnstat.commands.explain.document import document
from cnnstat.commands.explain.explanations import explanations, named
from cnnstat.commands.explain.quiz_document import quiz_document
from cnnstat.commands.explain.quiz_report import quiz_report
from cnnstat.commands.explain.report import report
from cnnstat.report.outline import branches
from cnnstat.report.render import render

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.analysis import Analysis, Row, Totals
    from cnnstat.commands.explain.document import ExplainedEntry
    from cnnstat.commands.explain.quiz_document import QuizDocument
    from cnnstat.report.model import Report


def of_text(text: str) -> Analysis:
    return cnnstat.analyze(cnnstat.loads(text))


def entries(analysis: Analysis, *names: str) -> tuple[ExplainedEntry, ...]:
    return document(analysis, tuple(explanations(analysis, _rows(analysis, names)))).explained


def by_name(analysis: Analysis, *names: str) -> dict[str, ExplainedEntry]:
    return {entry.name: entry for entry in entries(analysis, *names)}


def said(entry: ExplainedEntry, label: str) -> list[str]:
    """Return the steps of a label as they are read."""
    steps = (step for step in entry.steps if step.label == label)
    return [step.text if isinstance(step.text, str) else f"{step.numbers} = {step.result}" for step in steps]


def shown(analysis: Analysis, *names: str, form: str = "table", width: int | None = None) -> str:
    explained = tuple(explanations(analysis, _rows(analysis, names)))
    page = document(analysis, explained)

    def readable() -> Report:
        return report(page, analysis, explained, brief=not names)

    return render(page, readable, form, width=width, colour=False)


def asked(analysis: Analysis, *names: str, answers: bool = False) -> QuizDocument:
    return _quiz(analysis, names, answers=answers)[0]


def quiz_shown(analysis: Analysis, *names: str, answers: bool = False, width: int | None = None) -> str:
    quiz, readable = _quiz(analysis, names, answers=answers)
    return render(quiz, lambda: readable, "table", width=width, colour=False)


def _quiz(analysis: Analysis, names: Sequence[str], *, answers: bool) -> tuple[QuizDocument, Report]:
    rows = tuple(analysis.named[name] for name in names) or folded(analysis, 1)
    answered = tuple(explanations(analysis, rows)) if answers else None
    quiz = quiz_document(analysis, rows, answered)
    return quiz, quiz_report(quiz, analysis, answered or ())


def _rows(analysis: Analysis, names: Sequence[str]) -> tuple[Row | Totals, ...]:
    if names:
        return tuple(named(analysis, names))
    return (*(branch.row for branch in branches(analysis)), analysis.totals)
