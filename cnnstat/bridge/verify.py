"""Calculated against measured: the one place where figures of an analysis are held against those of a run.

Four things calculated have no counterpart in a run and are not compared: leftover rows, operations besides
multiply-adds, training memory, and whether branches are aligned.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from cnnstat.analysis.analyze import analyze
from cnnstat.analysis.clipped_fields import clipped_fields
from cnnstat.analysis.model import STORED, Analysis
from cnnstat.bridge.program import Network
from cnnstat.executor.kernel import quiet
from cnnstat.executor.loss import Evaluated  # noqa: TC001 - a field of a class
from cnnstat.executor.measure.gradients import Checked, Plan, check_end_to_end, check_layers
from cnnstat.executor.measure.layers import Findings, Measured, examine
from cnnstat.graph.load import loaded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from cnnstat.analysis.clipped_fields import UnitFields
    from cnnstat.analysis.model import Row
    from cnnstat.executor.measure.receptive_field import Sight
    from cnnstat.graph.model import Graph

MEMORY = "inference_memory_bytes"


class Disagreement(Struct, frozen=True):
    """A figure of a layer ("" for the network) on which calculator and executor disagree, and both values."""

    layer: str
    figure: str
    calculated: Any
    measured: Any


class Verification(Struct, frozen=True):
    """What was calculated, what was found, and where they differ.

    `unmeasured` names layers whose receptive field is not compared: no run can show it behind a reshape to a
    map, and too long a pattern is not calculated.
    """

    analysis: Analysis
    findings: Findings
    differences: tuple[Disagreement, ...]
    unmeasured: tuple[str, ...]

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
    input_shape: tuple[int, ...] | None = None,
    batch: int = 1,
) -> Verification:
    """Run a network on a seeded batch and compare every figure calculated with what is found.

    Raises:
        SpecError: the spec is wrong, or a layer does not fit its input.
        ValueError: an argument is out of range.
    """
    graph = loaded(spec, params, input_shape)
    analysis = analyze(graph, batch=batch, dtype=dtype)
    with quiet():
        network = Network(graph, seed=seed, dtype=dtype)
        return compare(analysis, examine(network, network.sample(batch)))


def check_gradients(
    spec: Graph | str | Path,
    *,
    params: Mapping[str, object] | None = None,
    seed: int = 0,
    method: str = "complex",
    elements: int = 0,
    training: bool = False,
    input_shape: tuple[int, ...] | None = None,
    batch: int = 1,
) -> tuple[Checked, ...]:
    """Check every gradient of a network in float64: of each layer alone, then end to end.

    `method` is "complex" or "central"; `elements` more single elements of each tensor are checked one by one.

    Raises:
        SpecError: the spec is wrong.
        ValueError: an argument is out of range, or a layer cannot take what it is given.
    """
    plan = Plan(method, elements, seed, training)
    with quiet():
        network = Network(spec, params=params, seed=seed, dtype="float64", input_shape=input_shape)
        x = network.sample(batch)
        alone = (checked for _, checked in check_layers(network, x, plan))
        return (*alone, *check_end_to_end(network, x, plan))


def compare(analysis: Analysis, findings: Findings) -> Verification:
    """Hold what was calculated against what was found."""
    differences: list[Disagreement] = []
    unmeasured = []
    regions = clipped_fields(analysis)
    for number, (row, layer, sight) in enumerate(
        zip(analysis.rows, findings.layers, findings.sights, strict=True)
    ):
        differences += _counts(row, layer)
        if not _comparable(row, sight, regions[number]):
            unmeasured.append(row.name)
            continue
        differences += _field(row, sight, regions[number])
        if number in findings.astray:
            differences.append(
                Disagreement(row.name, "receptive_field", None, "reached by a pixel beyond it")
            )
    calculated = analysis.totals.inference_memory_bytes
    if calculated != findings.peak_bytes:
        differences.append(Disagreement("", MEMORY, calculated, findings.peak_bytes))
    return Verification(analysis, findings, tuple(differences), tuple(unmeasured))


def _comparable(row: Row, sight: Sight, regions: tuple[UnitFields, ...]) -> bool:
    """Say whether both sides know a field: all of a vector, or regions or patterns of the same axes."""
    if row.field.because is not None:
        return False
    if sight.axes and (regions or not row.field.whole):
        return any(axis.regions is not None or axis.pattern is not None for axis in sight.axes)
    return sight.whole


def _counts(row: Row, layer: Measured) -> Iterator[Disagreement]:
    if row.output_shape != layer.output_shape:
        yield Disagreement(row.name, "output_shape", row.output_shape, layer.output_shape)
    for figure in STORED:
        calculated, measured = getattr(row.counts, figure), getattr(layer, figure)
        if calculated != measured:
            yield Disagreement(row.name, figure, calculated, measured)


def _field(row: Row, sight: Sight, regions: tuple[UnitFields, ...]) -> Iterator[Disagreement]:
    """Compare what every unit sees of this input, then the pattern of each axis."""
    if not sight.axes and not row.field.whole:
        yield Disagreement(row.name, "receptive_field", field_sizes(row), "all")
        return
    for axis, calculated in zip(sight.axes, regions, strict=False):
        if axis.regions is None:
            continue
        measured = tuple((int(first), int(last)) for first, last in axis.regions)
        if calculated != measured:
            yield _first_apart(row.name, calculated, measured)
            return
    yield from _patterns(row, sight)


def _first_apart(layer: str, calculated: UnitFields, measured: UnitFields) -> Disagreement:
    if len(calculated) != len(measured):
        return Disagreement(layer, "receptive_field", f"{len(calculated)} units", f"{len(measured)} units")
    unit = next(i for i, (a, b) in enumerate(zip(calculated, measured, strict=True)) if a != b)
    texts = (f"unit {unit} sees {first} to {last}" for first, last in (calculated[unit], measured[unit]))
    return Disagreement(layer, "receptive_field", *texts)


def _patterns(row: Row, sight: Sight) -> Iterator[Disagreement]:
    patterns = [axis.pattern for axis in sight.axes]
    if not patterns or any(pattern is None for pattern in patterns):
        return
    field = row.field
    for figure, calculated, measured in (
        ("receptive_field", field_sizes(row), tuple(p.size for p in patterns if p)),
        ("field_stride", field.strides, tuple(p.stride for p in patterns if p)),
        ("field_padding", field.paddings, tuple(p.padding for p in patterns if p)),
    ):
        if calculated != measured:
            yield Disagreement(row.name, figure, calculated, measured)


def field_sizes(row: Row) -> Any:
    """Return the calculated size per axis, or "all"."""
    return "all" if row.field.whole else row.field.sizes(row.output_shape)


class Proof(Struct, frozen=True):
    """One run as a whole: figures compared, a loss, and the gradients checked so far, of `to_check`."""

    verification: Verification
    seed: int
    training: bool
    loss: Evaluated
    method: str
    checked: tuple[Checked, ...]
    to_check: int

    @property
    def good(self) -> bool:
        """Say whether every figure is true and every gradient checked is right."""
        return self.verification.good and not self.wrong

    @property
    def wrong(self) -> tuple[Checked, ...]:
        """Return the gradients that are not the slopes they should be."""
        return tuple(checked for checked in self.checked if not checked.good)

    @property
    def finished(self) -> bool:
        """Say whether everything was checked that was to be."""
        return len(self.checked) == self.to_check
