"""Analysis -> document of `flops`: what a network costs, and what other tools print for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import asdict

from cnnstat.analysis.backward_cost import Cost
from cnnstat.analysis.by_type import counts_by_type
from cnnstat.analysis.conventions import CONVENTIONS
from cnnstat.analysis.outline import folded
from cnnstat.analysis.roofline import together
from cnnstat.analysis.tool_counts import ToolCount, tool_counts, total
from cnnstat.report.document import AnalysisDocument, of_analysis

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cnnstat.analysis import Analysis
    from cnnstat.analysis.convention import Convention
    from cnnstat.analysis.machines import Machine
    from cnnstat.analysis.model import Counts
    from cnnstat.analysis.roofline import Roof


class Share(Struct, frozen=True, kw_only=True):
    """What a block, or all layers of a type, cost together."""

    name: str
    params: int
    macs: int
    flops: int


class CountedLayer(Struct, frozen=True, kw_only=True):
    """What a tool counts for one layer, or for a folded block; see `ConventionEntry`."""

    name: str
    total: int
    terms: dict[str, int]
    left_out: tuple[str, ...]


class ConventionEntry(Struct, frozen=True, kw_only=True):
    """What one tool prints for the network."""

    name: str
    tool: str
    """The tool with its version."""
    prints: str
    """What the tool calls its figure."""
    source: str
    held: str
    """Against what its rules were held: the tool itself, or its source."""
    passes_over: str
    """What it does not count where a network calls it instead of holding it as a module."""
    shared_weights: str
    """How often layers that share weights count; empty where it was not run on such: they are left out."""
    total: int
    terms: dict[str, int]
    """What `total` is the sum of; terms of 0 are not there."""
    left_out: tuple[str, ...]
    """Types of layers that the tool could not read, which `total` is without."""
    layers: tuple[CountedLayer, ...] | UnsetType = UNSET
    """Only where one tool was asked for."""


class StepOfLayer(Struct, frozen=True, kw_only=True):
    """What a training step costs in one layer, or in a folded block; see `Training`."""

    name: str
    forward: int
    weight_gradients: int
    input_gradients: int
    training: int


class Training(Struct, frozen=True, kw_only=True):
    """What one training step on one sample costs; MACs, or what a tool counts."""

    convention: str | None
    """The tool that counts so; null for MACs."""
    forward: int
    weight_gradients: int
    input_gradients: int
    training: int
    """Their sum."""
    layers: tuple[StepOfLayer, ...]


class RoofOfLayer(Struct, frozen=True, kw_only=True):
    """The least time of a layer, or of a folded block, on a machine; see `Roofline`."""

    name: str
    flops: int
    """2 x MACs of the whole batch."""
    input_bytes: int
    stored_bytes: int
    """Of parameters and buffers."""
    output_bytes: int
    flops_per_byte: float | None
    """Null where no byte moves."""
    arithmetic_seconds: float
    memory_seconds: float
    seconds: float
    """The longer of the two; of several layers, the sum of what is longer in each."""
    bound: str
    """What takes longer, ``arithmetic`` or ``memory``; empty where neither takes time."""


class Roofline(Struct, frozen=True, kw_only=True):
    """The least time of a batch on a machine, layer after layer (Williams, Waterman, Patterson 2009)."""

    machine: str | None
    """Its name in the table of machines; null where it was given by its rates."""
    peak_flops_per_second: float
    bandwidth_bytes_per_second: float
    total: RoofOfLayer
    layers: tuple[RoofOfLayer, ...]


class FlopsDocument(AnalysisDocument, frozen=True, kw_only=True):
    """`flops`: multiply-adds by block and by type."""

    by_block: tuple[Share, ...]
    by_type: tuple[Share, ...]
    convention: ConventionEntry | UnsetType = UNSET
    """With `--convention`."""
    conventions: tuple[ConventionEntry, ...] | UnsetType = UNSET
    """With `--conventions`."""
    training: Training | UnsetType = UNSET
    """With `--training`."""
    roofline: Roofline | UnsetType = UNSET
    """With `--machine`, or `--peak` and `--bandwidth`."""


def document(
    analysis: Analysis,
    depth: int | None,
    *,
    convention: ConventionEntry | UnsetType = UNSET,
    conventions: tuple[ConventionEntry, ...] | UnsetType = UNSET,
    training: Training | UnsetType = UNSET,
    roofline: Roofline | UnsetType = UNSET,
) -> FlopsDocument:
    """Return what the network costs, with what else was asked for."""
    types = [(kind, counts) for kind, (_, counts) in counts_by_type(analysis).items() if counts.macs]
    types.sort(key=lambda pair: (-pair[1].macs, pair[0]))
    return FlopsDocument(
        command="flops",
        **of_analysis(analysis, depth),
        by_block=tuple(_share(row.name, row.counts) for row in folded(analysis, 1)),
        by_type=tuple(_share(kind, counts) for kind, counts in types),
        convention=convention,
        conventions=conventions,
        training=training,
        roofline=roofline,
    )


def convention_entry(
    convention: Convention, whole: ToolCount, layers: tuple[CountedLayer, ...] | UnsetType = UNSET
) -> ConventionEntry:
    """Return what a tool prints for the network."""
    return ConventionEntry(
        name=convention.name,
        tool=convention.tool,
        prints=convention.prints,
        source=convention.source,
        held=convention.held,
        passes_over=convention.passes_over,
        shared_weights=convention.shared_weights,
        total=whole.total,
        terms=whole.terms,
        left_out=whole.left_out,
        layers=layers,
    )


def convention_entries(counted: Mapping[str, Sequence[ToolCount]]) -> tuple[ConventionEntry, ...]:
    """Return what each of some tools prints for the network, from what it counts for every layer."""
    return tuple(convention_entry(CONVENTIONS[name], total(parts)) for name, parts in counted.items())


def every_convention(analysis: Analysis) -> dict[str, tuple[ToolCount, ...]]:
    """Return what each tool counts for every layer, by its name."""
    return {name: tuple(tool_counts(analysis, tool)) for name, tool in CONVENTIONS.items()}


def counted_layers(
    analysis: Analysis, depth: int | None, counted: Sequence[ToolCount]
) -> tuple[CountedLayer, ...]:
    """Return what a tool counts for each layer at a depth, from what it counts for every layer."""
    sums = ((row.name, total(counted[i] for i in row.layers)) for row in folded(analysis, depth))
    return tuple(
        CountedLayer(name=name, total=whole.total, terms=whole.terms, left_out=whole.left_out)
        for name, whole in sums
    )


def training_entry(
    analysis: Analysis, depth: int | None, convention: Convention | None, costs: Sequence[Cost]
) -> Training:
    """Return what training costs, from what it costs for every layer."""
    return Training(
        convention=None if convention is None else convention.name,
        **_step(costs),
        layers=tuple(
            StepOfLayer(name=row.name, **_step(costs[i] for i in row.layers))
            for row in folded(analysis, depth)
        ),
    )


def roofline_entry(
    analysis: Analysis, depth: int | None, machine: Machine, roofs: Sequence[Roof]
) -> Roofline:
    """Return the least times on a machine, from those of every layer."""
    return Roofline(
        machine=machine.name or None,
        peak_flops_per_second=float(machine.peak),
        bandwidth_bytes_per_second=float(machine.bandwidth),
        total=_roof("total", together(roofs)),
        layers=tuple(
            _roof(row.name, together(roofs[i] for i in row.layers)) for row in folded(analysis, depth)
        ),
    )


def _roof(name: str, roof: Roof) -> RoofOfLayer:
    return RoofOfLayer(
        name=name,
        flops=roof.flops,
        input_bytes=roof.traffic.inputs,
        stored_bytes=roof.traffic.stored,
        output_bytes=roof.traffic.output,
        flops_per_byte=None if roof.intensity is None else float(roof.intensity),
        arithmetic_seconds=float(roof.arithmetic_seconds),
        memory_seconds=float(roof.memory_seconds),
        seconds=float(roof.seconds),
        bound=roof.bound,
    )


def _step(costs: Iterable[Cost]) -> dict[str, Any]:
    whole = sum(costs, start=Cost())
    return {**asdict(whole), "training": whole.total}


def _share(name: str, counts: Counts) -> Share:
    return Share(name=name, params=counts.params, macs=counts.macs, flops=counts.flops)
