"""Analyses -> Chart: the receptive field of each layer, and the size of the input as a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from cnnstat.base.axes import rank_of
from cnnstat.base.errors import ArgumentError
from cnnstat.base.text import plural
from cnnstat.commands.plot.chart import Axis, Chart, Panel, Point, Rule, Series, label, merged
from cnnstat.commands.plot.heading import LONGEST, bundles, heading, layer_axis, names_of, shared
from cnnstat.report.document import receptive_field
from cnnstat.report.layers import upper_bounds
from cnnstat.report.text import said, shown, sizes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnstat.analysis import Analysis
    from cnnstat.analysis.model import LayerRow
    from cnnstat.report.document import ReceptiveField


def field_chart(analyses: Sequence[Analysis]) -> Chart:
    """Return the receptive fields of all layers, of several networks each on the axis where it is larger.

    Raises:
        ArgumentError: an input is a vector, which has no places.
    """
    for analysis in analyses:
        if len(analysis.input_shape) == 1:
            raise ArgumentError(f"the input of {label(analysis.name)} is a vector: there are no fields on it")
    series: list[Series] = []
    rules: list[Rule] = []
    lines: list[str] = []
    for name, analysis in zip(names_of(analyses), analyses, strict=True):
        fields = [_field(row, analysis) for row in analysis.rows]
        lines += _lines(analysis, fields)
        for axis, of in _axes(analysis, fields, name, alone=len(analyses) == 1).items():
            series += _series(analysis, fields, axis, of)
            text = f"input {shown(analysis.input_shape[1 + axis], 'count')}"
            rules.append(Rule("y", analysis.input_shape[1 + axis], text, of))
    if len({each.name for each in series}) == 1:
        rules = [replace(rule, series="") for rule in rules]
    title = f"{label(analyses[0].name)}: receptive field" if len(analyses) == 1 else "Receptive fields"
    alone = [row.name for row in analyses[0].rows] if len(analyses) == 1 else []
    across = layer_axis(alone) if alone else Axis("layer", "places")
    up = Axis("receptive field", "places")
    return Chart(title, tuple(lines), (Panel(across, up, tuple(series), merged(rules)),))


def _field(row: LayerRow, analysis: Analysis) -> ReceptiveField:
    return receptive_field(row, analysis.input_shape, analysis.upper_bounds[row.number])


def _axes(analysis: Analysis, fields: Sequence[ReceptiveField], name: str, *, alone: bool) -> dict[int, str]:
    """Return the axes of the input that are shown, and the names of their series: all, if they differ."""
    names = rank_of(analysis.input_shape).places
    sizes = [analysis.input_shape[1:], *(field.size for field in fields if field.size)]
    if all(len(set(size)) == 1 for size in sizes):
        return {0: "receptive field" if alone else name}
    if alone:
        alike: dict[tuple[int, ...], list[int]] = {}
        for axis in range(len(names)):
            alike.setdefault(tuple(size[axis] for size in sizes), []).append(axis)
        return {axes[0]: " and ".join(names[axis] for axis in axes) for axes in alike.values()}
    largest = max(range(len(names)), key=lambda axis: max(size[axis] for size in sizes))
    return {largest: f"{name}, {names[largest]}"}


def _series(analysis: Analysis, fields: Sequence[ReceptiveField], axis: int, name: str) -> Iterator[Series]:
    """Yield the fields as points, and those that are the whole input as rings on the input's line."""
    along = [field.size[axis] if field.size and field.known else None for field in fields]
    known: list[Point] = []
    whole: list[Point] = []
    for bundle in bundles(len(fields)):
        number = max(bundle, key=lambda each: along[each] or 0)
        field, place, at = fields[number], number + 1, label(analysis.rows[number].name)
        size = None if field.size is None else field.size[axis]
        known.append(Point(place, along[number], at))
        if field.whole:
            whole.append(Point(place, size, f"{at}: the whole input"))
    yield Series(name, "points", tuple(known))
    if whole:
        yield Series(name, "rings", tuple(whole))


def _lines(analysis: Analysis, fields: Sequence[ReceptiveField]) -> Iterator[str]:
    largest = max((field.size for field in fields if field.size and field.known), default=None)
    said_of = [] if largest is None else [f"up to {sizes(largest)}"]
    if whole := sum(field.whole for field in fields):
        said_of.append(
            f"{whole:,} {plural('layer', whole)} {'see' if whole > 1 else 'sees'} all of it (rings)"
        )
    yield f"{heading(analysis)}: {', '.join(said_of)}" if said_of else heading(analysis)
    unknown = [field.unknown_because_of for field in fields if field.unknown_because_of]
    if unknown:
        yield f"Fields are unknown because of {label(str(unknown[0]))}."
    yield from (label(f"Upper bounds are {said(fact.phrase)}.", LONGEST) for fact in upper_bounds(analysis))
    yield from shared(len(fields), "the largest field")
