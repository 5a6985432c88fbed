"""Analysis -> document of `flops`: what a network costs, and what other tools print for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from cnnstat.analysis.backward_cost import Cost
from cnnstat.analysis.by_type import counts_by_type
from cnnstat.analysis.outline import folded
from cnnstat.analysis.tool_counts import ToolCount, total
from cnnstat.commands.flops.shares import rows_of
from cnnstat.report.document import AnalysisDocument, of_analysis

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.analysis import Analysis
    from cnnstat.analysis.convention import Convention
    from cnnstat.analysis.model import Counts


class Share(Struct, frozen=True, kw_only=True):
    """What a block, or all layers of a type, cost together."""

    name: str
    params: int
    macs: int
    flops: int


class Counted(Struct, frozen=True, kw_only=True):
    """What a tool counts."""

    total: int
    terms: Annotated[dict[str, int], Meta(description="what `total` is the sum of; terms of 0 are not there")]
    left_out: Annotated[
        tuple[str, ...],
        Meta(description="types of layers that the tool could not read, which `total` is without"),
    ]


class CountedLayer(Struct, frozen=True, kw_only=True):
    """What a tool counts for one layer, or for a folded block. The other fields are those of `Counted`."""

    name: str
    total: int
    terms: dict[str, int]
    left_out: tuple[str, ...]


class ConventionEntry(Struct, frozen=True, kw_only=True):
    """What one tool prints for the network. The last fields are those of `Counted`."""

    name: str
    tool: Annotated[str, Meta(description="the tool with its version")]
    prints: Annotated[str, Meta(description="what the tool calls its figure")]
    source: str
    held: Annotated[str, Meta(description="against what its rules were held: the tool itself, or its source")]
    passes_over: Annotated[
        str,
        Meta(description="what it does not count where a network calls it instead of holding it as a module"),
    ]
    total: int
    terms: dict[str, int]
    left_out: tuple[str, ...]
    layers: Annotated[
        tuple[CountedLayer, ...] | UnsetType, Meta(description="only where one tool was asked for")
    ] = UNSET


class Step(Struct, frozen=True, kw_only=True):
    """What one training step on one sample costs; MACs, or what a tool counts."""

    forward: int
    weight_gradients: int
    input_gradients: int
    training: Annotated[int, Meta(description="their sum")]


class StepOfLayer(Struct, frozen=True, kw_only=True):
    """That of one layer, or of a folded block. The other fields are those of `Step`."""

    name: str
    forward: int
    weight_gradients: int
    input_gradients: int
    training: int


class Training(Struct, frozen=True, kw_only=True):
    """That of the network."""

    convention: Annotated[str | None, Meta(description="the tool that counts so; null for MACs")]
    forward: int
    weight_gradients: int
    input_gradients: int
    training: int
    layers: tuple[StepOfLayer, ...]


class FlopsDocument(AnalysisDocument, frozen=True, kw_only=True):
    """`flops`: multiply-adds by block and by type."""

    by_block: tuple[Share, ...]
    by_type: tuple[Share, ...]
    convention: Annotated[ConventionEntry | UnsetType, Meta(description="with `--convention`")] = UNSET
    conventions: Annotated[
        tuple[ConventionEntry, ...] | UnsetType, Meta(description="with `--conventions`")
    ] = UNSET
    training: Annotated[Training | UnsetType, Meta(description="with `--training`")] = UNSET


def document(
    analysis: Analysis,
    depth: int | None,
    *,
    convention: ConventionEntry | UnsetType = UNSET,
    conventions: tuple[ConventionEntry, ...] | UnsetType = UNSET,
    training: Training | UnsetType = UNSET,
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
        total=whole.total,
        terms=whole.terms,
        left_out=whole.left_out,
        layers=layers,
    )


def counted_layers(
    analysis: Analysis, depth: int | None, counted: Sequence[ToolCount]
) -> tuple[CountedLayer, ...]:
    """Return what a tool counts for each layer at a depth, from what it counts for every layer."""
    sums = ((name, total(counted[i] for i in layers)) for name, layers in rows_of(analysis, depth))
    return tuple(
        CountedLayer(name=name, total=whole.total, terms=whole.terms, left_out=whole.left_out)
        for name, whole in sums
    )


def training_entry(
    analysis: Analysis, depth: int | None, convention: Convention | None, costs: Sequence[Cost]
) -> Training:
    """Return what training costs, from what it costs for every layer."""
    sums = (
        (name, sum((costs[i] for i in layers), start=Cost())) for name, layers in rows_of(analysis, depth)
    )
    return Training(
        convention=None if convention is None else convention.name,
        **step(sum(costs, start=Cost())),
        layers=tuple(StepOfLayer(name=name, **step(cost)) for name, cost in sums),
    )


def step(cost: Cost) -> dict[str, int]:
    """Return the fields of a `Step`."""
    return {
        "forward": cost.forward,
        "weight_gradients": cost.weights,
        "input_gradients": cost.inputs,
        "training": cost.total,
    }


def _share(name: str, counts: Counts) -> Share:
    return Share(name=name, params=counts.params, macs=counts.macs, flops=counts.flops)
