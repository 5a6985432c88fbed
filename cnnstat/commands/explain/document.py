"""Explanations -> document of `explain SPEC`: a network's arithmetic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import UNSET, Struct, UnsetType

from cnnstat.analysis.model import Row
from cnnstat.analysis.outline import TOTAL
from cnnstat.commands.explain.errata import forgotten
from cnnstat.report.document import NetworkDocument, Sizes, head

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.analysis import Analysis
    from cnnstat.commands.explain.errata import Erratum
    from cnnstat.commands.explain.explanations import Explanation


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
    right: int | Sizes | str | None
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


def document(analysis: Analysis, explanations: Sequence[Explanation]) -> ExplainDocument:
    """Return what is explained of a network."""
    return ExplainDocument(command="explain", **head(analysis), explained=tuple(map(entry_of, explanations)))


def entry_of(explanation: Explanation) -> ExplainedEntry:
    """Return what is explained of a layer, a block or the whole network."""
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
