"""Calculated against measured: the one place where the figures of an analysis meet those of a run.

Four things calculated have no counterpart in a run and are not compared: leftover rows, operations besides
multiply-adds, training memory, and whether branches are aligned.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from cnnstat.analysis.analyze import analyze, analyze_graph
from cnnstat.analysis.clipped_fields import clipped_fields
from cnnstat.analysis.model import COUNTED, Analysis
from cnnstat.analysis.receptive_field import along
from cnnstat.analysis.upper_bounds import upper_bounds
from cnnstat.bridge.program import Network
from cnnstat.executor.kernel import quiet
from cnnstat.executor.measure.measurements import LayerMeasurements, Measurements, measure_network
from cnnstat.executor.measure.receptive_field import BLIND
from cnnstat.graph.load import loaded
from cnnstat.layers.base import places

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from cnnstat.analysis.clipped_fields import UnitFields
    from cnnstat.analysis.model import Row
    from cnnstat.analysis.receptive_field import Axis
    from cnnstat.base.arguments import Inputs
    from cnnstat.executor.measure.receptive_field import MeasuredField
    from cnnstat.graph.model import Graph

MEMORY = "inference_memory_bytes"


Value: TypeAlias = int | str | tuple[Fraction | None, ...] | None


class Disagreement(Struct, frozen=True):
    """A figure on which calculator and executor disagree."""

    layer: str | None
    """Null for the network."""
    figure: str
    calculated: Value
    measured: Value


class Unmeasured(Struct, frozen=True):
    """A figure of a layer that was not compared, and why: it is not measured, or not even calculated."""

    layer: str
    figure: str
    why: str


class Verification(Struct, frozen=True):
    """What was calculated, what was measured, where they differ, and which figures are not compared."""

    analysis: Analysis
    measurements: Measurements
    differences: tuple[Disagreement, ...]
    unmeasured: tuple[Unmeasured, ...]

    @property
    def compared(self) -> int:
        """Return the number of figures: shape, counts and field of each layer, and the network's memory."""
        figures = len(COUNTED) + 1 + len(self.analysis.graph.inputs)
        return len(self.analysis.rows) * figures - len(self.unmeasured) + 1

    @property
    def good(self) -> bool:
        """Say whether every figure calculated is true."""
        return not self.differences


def verify(
    spec: Graph | str | Path,
    *,
    params: Mapping[str, object] | None = None,
    seed: int = 0,
    dtype: str = "float32",
    input_shape: Inputs | None = None,
    batch: int = 1,
) -> Verification:
    """Run a network on a seeded batch and compare every figure calculated with the one measured.

    Raises:
        SpecError: the spec is wrong, or a layer does not fit its input.
        ValueError: an argument is out of range.
    """
    graph = loaded(spec, params, input_shape)
    analysis = analyze(graph, batch=batch, dtype=dtype)
    with quiet():
        network = Network(graph, seed=seed, dtype=dtype)
        return compare(analysis, measure_network(network, network.sample(batch)))


def compare(analysis: Analysis, measurements: Measurements) -> Verification:
    """Hold what was calculated against what was measured."""
    pairs = zip(analysis.rows, measurements.layers, strict=True)
    differences = [found for row, layer in pairs for found in _counts(row, layer)]
    unmeasured: list[Unmeasured] = []
    for number, node in enumerate(analysis.graph.inputs):
        view = analysis
        if number != analysis.of:
            view = analyze_graph(analysis.graph, replace(analysis.settings, fields_of=node.path))
        _compare_fields(view, measurements, differences, unmeasured)
    calculated = analysis.totals.inference_memory_bytes
    if calculated != measurements.peak_bytes:
        differences.append(Disagreement(None, MEMORY, calculated, measurements.peak_bytes))
    return Verification(analysis, measurements, tuple(differences), tuple(unmeasured))


def _compare_fields(
    analysis: Analysis,
    measurements: Measurements,
    differences: list[Disagreement],
    unmeasured: list[Unmeasured],
) -> None:
    """Hold the fields on one input against those measured."""
    clipped, beyond = clipped_fields(analysis), measurements.beyond[analysis.of]
    bounds = upper_bounds(analysis, clipped)[len(analysis.graph.inputs) :]
    pairs = zip(analysis.rows, measurements.fields[analysis.of], bounds, strict=True)
    for number, (row, field, bound) in enumerate(pairs):
        if row.field.unseen and field.why == BLIND:
            continue
        # An unknown field is no figure, and what was not measured proves none.
        why = field.why if row.field.because is None else f"unknown because of {row.field.because}"
        if not why:
            found = [*_apart(row, field, clipped[number], bound)]
            if number in beyond:
                what = "a unit sees a pixel beyond its field"
                found.append(Disagreement(row.name, "receptive_field", None, what))
            differences += found
            why = f"an upper bound because of {bound}" if bound and not found else ""
        if why:
            unmeasured.append(Unmeasured(row.name, "receptive_field", why))


def _apart(
    row: Row, measured: MeasuredField, clipped: tuple[UnitFields, ...], bound: str
) -> Iterator[Disagreement]:
    """Compare a field along each axis, but where another layer makes it an upper bound.

    Behind that layer the calculator may know less than the axes show one by one.
    """
    if bound in ("", row.name):
        yield from _fields(row, measured, clipped)


def _counts(row: Row, layer: LayerMeasurements) -> Iterator[Disagreement]:
    for figure in ("output_shape", *COUNTED):
        of = row if figure == "output_shape" else row.counts
        calculated, measured = getattr(of, figure), getattr(layer, figure)
        if calculated != measured:
            yield Disagreement(row.name, figure, calculated, measured)


def _fields(row: Row, measured: MeasuredField, clipped: tuple[UnitFields, ...]) -> Iterator[Disagreement]:
    """Compare what every unit sees of this input, then the pattern of each axis, or what is said without."""
    if row.field.unseen:
        yield Disagreement(row.name, "receptive_field", "none", region_sizes(measured))
        return
    for axis, calculated in zip(measured.axes, clipped, strict=False):
        if axis.clipped is None:
            continue
        units = _ranges(axis.clipped)
        if calculated != units:
            yield _first_apart(row.name, calculated, units)
            return
    yield from _patterns(row, measured)
    if not all(axis.pattern for axis in measured.axes) and not _holds(row, measured):
        yield Disagreement(row.name, "receptive_field", field_sizes(row), region_sizes(measured))


def _ranges(clipped: Any) -> UnitFields:
    return tuple((first, last) for first, last in clipped.tolist())


def _holds(row: Row, measured: MeasuredField) -> bool:
    """Say whether the field of a layer, where no pattern repeats, is true on this input.

    No unit sees more; and if all are said to see the same, that is what those see that see anything.
    """
    said_of_all = row.field.everywhere
    if said_of_all is not None and not any(axis.blind for axis in measured.axes):
        return said_of_all == measured.region
    for i, axis in enumerate(measured.axes):
        if axis.pattern is not None or axis.clipped is None:
            continue
        for unit, (first, last) in enumerate(_ranges(axis.clipped)):
            low, high = row.field.along_axis(i, unit)
            if first <= last and not low <= first <= last <= high:
                return False
    return True


def _first_apart(layer: str, calculated: UnitFields, measured: UnitFields) -> Disagreement:
    if len(calculated) != len(measured):
        return Disagreement(layer, "receptive_field", f"{len(calculated)} units", f"{len(measured)} units")
    unit = next(i for i, (a, b) in enumerate(zip(calculated, measured, strict=True)) if a != b)
    texts = (f"unit {unit} sees {first} to {last}" for first, last in (calculated[unit], measured[unit]))
    return Disagreement(layer, "receptive_field", *texts)


def _patterns(row: Row, field: MeasuredField) -> Iterator[Disagreement]:
    """Compare size, stride and padding along the axes on which a pattern repeats; of the whole input none."""
    patterns = [axis.pattern for axis in field.axes]
    sizes = [getattr(pattern, "size", None) for pattern in patterns]
    if row.field.whole:
        if any(patterns):
            yield Disagreement(row.name, "receptive_field", "all", tuple(sizes))
        return
    figures: tuple[tuple[str, Any, list[Any]], ...] = (
        ("receptive_field", field_sizes(row), sizes),
        ("field_stride", row.field.strides, [getattr(pattern, "stride", None) for pattern in patterns]),
        ("field_padding", row.field.paddings, [getattr(pattern, "padding", None) for pattern in patterns]),
    )
    units = along(places(row.output_shape), len(patterns))
    # Where no unit sees anything of the input, a frame as wide as a longer one needs puts them elsewhere.
    placed = [
        bool(pattern) and not _is_list(axis, count) and not each.blind
        for pattern, axis, count, each in zip(patterns, row.field.axes, units, field.axes, strict=True)
    ]
    for figure, calculated, measured in figures:
        compared = patterns if figure == "receptive_field" else placed
        if any(each and a != b for each, a, b in zip(compared, calculated, measured, strict=True)):
            yield Disagreement(row.name, figure, calculated, tuple(measured))


def _is_list(axis: Axis, units: int) -> bool:
    """Say whether the field of each unit is listed, as behind a frame made of what is inside.

    Then there is neither a stride nor a padding, which would be that of a first unit of many alike.
    Where such a frame is cut off again, what is left may be a pattern all the same.
    """
    return len(axis) == 1 and axis[0].advance == 0 and (axis[0].period > 1 or units == 1)


def field_sizes(row: Row) -> Any:
    """Return the calculated size per axis, or "all"."""
    return "all" if row.field.whole else row.field.sizes(row.output_shape)


def region_sizes(measured: MeasuredField) -> Any:
    """Return the measured size per axis of what all units see, or "all"; None where they see others."""
    if measured.whole or not measured.region:
        return "all" if measured.whole else None
    return tuple(last - first + 1 for first, last in measured.region)
