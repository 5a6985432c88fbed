"""Explanations -> documents of `explain SPEC`: a network's arithmetic, or a quiz on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import UNSET, Struct, UnsetType

from cnnstat.analysis.model import Row
from cnnstat.analysis.outline import TOTAL
from cnnstat.commands.explain.errata import forgotten
from cnnstat.report.document import NetworkDocument, Placed, ReceptiveField, Sizes, figures, head

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.analysis import Analysis
    from cnnstat.commands.explain.errata import Erratum
    from cnnstat.commands.explain.explanations import Explanation
    from cnnstat.commands.explain.quiz import Sheet


class StepEntry(Struct, frozen=True):
    """One figure with its arithmetic, or with a text where there is none.

    An axis or a branch may have a step of its own.
    """

    figure: str
    """A key of a layer, `shape`, `field_stride`, `field_padding` or `none`; in `total` also the keys of
    memory, and `settings`.
    """
    label: str
    text: str | UnsetType = UNSET
    """Only where there is no arithmetic."""
    formula: str | UnsetType = UNSET
    """The arithmetic in words."""
    numbers: str | UnsetType = UNSET
    """The same in numbers."""
    result: int | UnsetType = UNSET


class SlipEntry(Struct, frozen=True, kw_only=True):
    """A part of the arithmetic that was forgotten: without it, the printed figure comes out."""

    forgotten: str
    """A part of the formula."""
    numbers: str
    """What is left and gives the printed figure."""
    words: str
    """What is forgotten, in words."""


class ErratumEntry(Struct, frozen=True, kw_only=True):
    """A published figure that is wrong."""

    figure: str
    printed: str
    source: str
    right: int | Sizes | None
    """Null where it is unknown."""
    reason: str | None
    """What the spec says."""
    slips: tuple[SlipEntry, ...]


class ExplainedEntry(Struct, frozen=True, kw_only=True):
    """A layer, a block, or the whole network under the name of `total`."""

    name: str
    steps: tuple[StepEntry, ...]
    errata: tuple[ErratumEntry, ...]


class ExplainDocument(NetworkDocument, frozen=True, kw_only=True):
    """`explain SPEC`: where the figures come from."""

    explained: tuple[ExplainedEntry, ...]


class GivenEntry(Struct, frozen=True, kw_only=True):
    """What is given of a layer in a quiz."""

    name: str
    text: str


class AskedEntry(Placed, frozen=True, kw_only=True):
    """A layer or block of a quiz; what is asked is null without `--answers`."""

    options: str
    output_shape: Sizes | None
    params: int | None
    macs: int | None
    connections: int | None
    receptive_field: ReceptiveField | None


class QuizDocument(NetworkDocument, frozen=True, kw_only=True):
    """`explain --quiz`: layers with the figures left out, or with the answers."""

    asked: tuple[str, ...]
    """Keys of figures."""
    given: tuple[GivenEntry, ...]
    layers: tuple[AskedEntry, ...]
    explained: tuple[ExplainedEntry, ...] | UnsetType = UNSET
    """Only with `--answers`."""


ASKED = ("output_shape", "params", "macs", "connections", "receptive_field")
"""The figures that a quiz leaves out."""


def document(analysis: Analysis, explanations: Sequence[Explanation]) -> ExplainDocument:
    """Return what is explained of a network."""
    return ExplainDocument(command="explain", **head(analysis), explained=tuple(map(_entry, explanations)))


def quiz_document(
    analysis: Analysis, sheet: Sheet, answers: Sequence[Explanation] | None = None
) -> QuizDocument:
    """Return layers with the figures left out; with ``answers``, filled in and explained."""
    return QuizDocument(
        command="explain",
        **head(analysis),
        asked=ASKED,
        given=tuple(GivenEntry(name=name, text=text) for name, text in sheet.given()),
        layers=tuple(_asked(analysis, sheet, row, answers=answers is not None) for row in sheet.rows),
        explained=UNSET if answers is None else tuple(map(_entry, answers)),
    )


def _entry(explanation: Explanation) -> ExplainedEntry:
    row = explanation.row
    return ExplainedEntry(
        name=row.name if isinstance(row, Row) else TOTAL,
        steps=explanation.steps,
        errata=tuple(map(_erratum, explanation.errata)),
    )


def _erratum(erratum: Erratum) -> ErratumEntry:
    published = erratum.expectation
    return ErratumEntry(
        figure=published.figure,
        printed=published.text,
        source=published.source,
        right=erratum.right,
        reason=published.erratum,
        slips=tuple(
            SlipEntry(
                forgotten=slip.forgotten[0].formula, numbers=slip.arithmetic.numbers, words=forgotten(slip)
            )
            for slip in erratum.slips
        ),
    )


def _asked(analysis: Analysis, sheet: Sheet, row: Row, *, answers: bool) -> AskedEntry:
    known = figures(row, analysis.input_shape)
    return AskedEntry(
        name=row.name,
        type=row.type,
        inputs=row.inputs,
        options=sheet.options(row),
        **{key: getattr(known, key) if answers else None for key in ASKED},
    )
