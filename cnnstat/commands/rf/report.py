"""Documents of `rf` -> Report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import UNSET

from cnnstat.base.axes import rank_of
from cnnstat.report.columns import COLUMNS
from cnnstat.report.layers import layer_table, title_of, upper_bounds
from cnnstat.report.model import Fact, Report

if TYPE_CHECKING:
    from cnnstat.analysis import Analysis
    from cnnstat.commands.rf.document import UnitDocument
    from cnnstat.report.document import AnalysisDocument

_KEYS = ("name", "type", "output_shape", "receptive_field", "field_stride", "field_padding")


def report(document: AnalysisDocument, analysis: Analysis, depth: int | None) -> Report:
    """Return the receptive field of every layer."""
    columns = tuple(COLUMNS[key] for key in _KEYS)
    return Report(
        title=title_of(document),
        tables=(layer_table(document, analysis, columns, depth, totals=False),),
        facts=tuple(upper_bounds(analysis)),
        notes=(COLUMNS["receptive_field"].convention,),
        source=document.source,
    )


def unit_report(document: UnitDocument) -> Report:
    """Return the input region that one unit of a layer sees."""
    unit = ",".join(map(str, document.unit))
    names = rank_of(document.input_shape).places
    regions = zip(names, document.region_on_input, document.region, strict=True)
    facts = [Fact(name, _range_text(seen, full)) for name, seen, full in regions]
    if document.upper_bound_because_of is not UNSET:
        why = f"because of {document.upper_bound_because_of}: the unit may see less"
        facts.append(Fact("upper bound", why))
    return Report(
        title=(*title_of(document), f": the input that unit {unit} of {document.layer} sees"),
        facts=tuple(facts),
        notes=("positions count from 0; both ends belong to the region",),
        source=document.source,
    )


def _range_text(seen: tuple[int, int], full: tuple[int, int]) -> str:
    if full[0] > full[1]:
        return "none"
    if seen[0] > seen[1]:
        return f"none of the input, only padding ({full[0]} to {full[1]})"
    whole = "" if seen == full else f" (with padding {full[0]} to {full[1]})"
    return f"{seen[0]} to {seen[1]}{whole}"
