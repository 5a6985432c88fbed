"""Analysis -> documents of `rf`: the fields of all layers, or the input that one unit sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from msgspec import UNSET, UnsetType

from cnnstat.analysis.clipped_fields import clipped_field
from cnnstat.analysis.fields import UntraceableError
from cnnstat.analysis.outline import find
from cnnstat.base.errors import ArgumentError
from cnnstat.base.text import plural
from cnnstat.report.document import AnalysisDocument, NetworkDocument, head, of_analysis

if TYPE_CHECKING:
    from cnnstat.analysis import Analysis, Row

Region: TypeAlias = tuple[tuple[int, int], ...]


class UnitDocument(NetworkDocument, frozen=True, kw_only=True):
    """`rf --at --unit`: the input region that one unit of a layer sees."""

    layer: str
    unit: tuple[int, ...]
    region: Region
    """First and last position per axis, padding included."""
    region_on_input: Region
    """What of it is on the input."""
    upper_bound_because_of: str | UnsetType = UNSET
    """Only where the unit may see less than this: the layer that makes it so."""


def document(analysis: Analysis, depth: int | None) -> AnalysisDocument:
    """Return the figures of every layer, with blocks below a depth folded."""
    return AnalysisDocument(command="rf", **of_analysis(analysis, depth))


def unit_document(analysis: Analysis, layer: str, position: tuple[int, ...]) -> UnitDocument:
    """Return the input region that one unit of a layer sees.

    Raises:
        ArgumentError: there is no such layer or unit, or its field is unknown.
    """
    row = find(analysis, layer)
    if len(analysis.input_shape) == 1:
        raise ArgumentError(
            f"the input of {analysis.name} is a vector, whose numbers have no place to ask for"
        )
    _check_unit(row, position)
    try:
        seen = clipped_field(analysis, row.number, position)
    except UntraceableError as error:
        raise ArgumentError(f"the field of {row.name} is unknown because of {error.because}") from None
    # Behind layers that read all of a map there is no pattern that goes on beyond the input.
    full = row.field.region(position) if row.field.known and not row.field.constant else seen
    return UnitDocument(
        command="rf",
        **head(analysis),
        layer=row.name,
        unit=position,
        region=full,
        region_on_input=seen,
        upper_bound_because_of=analysis.upper_bounds[row.number] or UNSET,
    )


def _check_unit(row: Row, position: tuple[int, ...]) -> None:
    sizes = row.output_shape[1:] or row.output_shape  # a unit of a vector has its number
    if len(position) != len(sizes):
        wanted = f"{len(sizes)} {plural('coordinate', len(sizes))}"
        raise ArgumentError(f"a unit of {row.name} has {wanted}, got {len(position)}")
    for place, size in zip(position, sizes, strict=True):
        if not 0 <= place < size:
            raise ArgumentError(f"{row.name} has units 0 to {size - 1} on this axis, not {place}")
