"""Every figure of a network, from its spec or its graph."""

from __future__ import annotations

from functools import partial
from itertools import accumulate
from typing import TYPE_CHECKING, Unpack

from msgspec import Struct
from msgspec.structs import replace

from cnnstat.analysis import memory
from cnnstat.analysis.expectations import check
from cnnstat.analysis.fields import Fields
from cnnstat.analysis.long_patterns import LongPatterns
from cnnstat.analysis.model import (
    COUNTED,
    KINDS,
    Analysis,
    BlockRow,
    Calculated,
    Counts,
    LayerRow,
    Totals,
)
from cnnstat.analysis.receptive_field import Field, starts
from cnnstat.analysis.settings import Options, Settings, settled
from cnnstat.analysis.walk import Walk, misfit_problem
from cnnstat.analysis.zero_frames import ZeroFrames
from cnnstat.base.arithmetic import ZERO
from cnnstat.base.errors import Misfit, Problems
from cnnstat.layers.base import UNKNOWN, Shape, places, size_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from cnnstat.base.arithmetic import Term
    from cnnstat.graph.model import Graph
    from cnnstat.graph.nodes import Group
    from cnnstat.layers.base import Layer


def analyze(spec: Graph | str | Path, **options: Unpack[Options]) -> Analysis:
    """Calculate every figure of a network; the keywords are those of `Options`.

    Raises:
        SpecError: the spec is wrong, or a layer does not fit its input.
        ValueError: an argument is out of range.
    """
    return analyze_graph(*settled(spec, options))


def analyze_graph(graph: Graph, settings: Settings | None = None) -> Analysis:
    """Calculate every figure of a network; strict settings refuse sizes as ``rounding: exact`` does.

    Raises:
        SpecError: with every layer that does not fit; layers behind one of these are left unknown.
    """
    settings = (settings or Settings()).on(graph.spec)
    of = graph.input_number(settings.fields_of)
    patterns = LongPatterns(len(graph.layers))
    rows = tuple(_rows(graph, _figures(graph, settings, patterns), patterns, of))
    shapes = (*graph.input_shapes, *(row.output_shape for row in rows))
    fields = (*starts(graph.input_shapes, of), *(row.field for row in rows))
    sums = tuple(accumulate((row.counts for row in rows), initial=Counts()))
    groups = tuple(_folded(graph, group, shapes, fields, sums) for group in graph.groups)
    sizes = memory.stored_activations(graph, shapes)
    peak = memory.peak_activations(sizes, memory.freed(graph, graph.holders))
    totals = Totals(
        shapes[graph.outputs[-1]],
        sums[-1],
        fields[graph.outputs[-1]],
        memory.inference_memory(sums[-1].params, peak, settings),
        memory.training_memory(graph, [row.calculated for row in rows], sizes, sums[-1], settings),
    )
    checked, missed = check(graph, rows, groups, totals) if graph.as_published else (0, ())
    return Analysis(graph, settings, rows, groups, totals, checked, missed)


def calculate(
    layer: Layer, shapes: tuple[Shape, ...], *, frozen: bool = False, patterns: LongPatterns | None = None
) -> Calculated:
    """Return all of a layer for inputs of these shapes; of a frozen one training changes nothing.

    ``patterns`` are those of the network's other layers: a footprint too long beside them is unknown.

    Raises:
        Misfit: they do not fit it.
    """
    sizes = layer.sizes(shapes)
    short = (patterns or LongPatterns(1)).take(layer.period(shapes), len(places(shapes[0])))
    return Calculated(
        sizes=sizes,
        leftover=layer.leftover(shapes),
        leftover_input=layer.leftover_input(shapes),
        params=layer.params(shapes),
        trainable=ZERO if frozen else layer.trainable(shapes),
        buffers=layer.buffers(shapes),
        macs=layer.macs(shapes),
        padding_macs=layer.padding_macs(shapes),
        operations=layer.operations(shapes),
        connections=layer.connections(shapes),
        reads=layer.reads(),
        footprints=layer.footprints(shapes) if short else (UNKNOWN,) * (layer.values_from or len(shapes)),
    )


class _Figures(Struct, frozen=True):
    """All figures of a layer: with their arithmetic, as numbers, and the shape among them."""

    shape: Shape
    calculated: Calculated
    counts: Counts


def _figures(graph: Graph, settings: Settings, patterns: LongPatterns) -> list[_Figures]:
    """Return the figures of each layer.

    Raises:
        SpecError: with every layer that does not fit.
    """
    found: list[_Figures] = []
    problems = Problems()
    frames = ZeroFrames()
    walk = Walk(graph, partial(_evaluated, patterns), strict=settings.strict)
    for node, shapes, figures in walk.steps(graph.input_shapes):
        if isinstance(figures, Misfit):
            problem = misfit_problem(figures, node.entry, node.path, shapes)
            problems.add_instance(problem, figures.field)
        else:
            framed = frames.figures(node, shapes)
            found.append(_in_frame(figures, *framed) if framed else figures)
    problems.stop_if_any()
    return found


def _in_frame(
    figures: _Figures, padding_macs: Term, connections: Term, leftover: tuple[int, ...]
) -> _Figures:
    """Return the figures of a convolution whose input has a frame of zeros."""
    values = {"padding_macs": padding_macs.value, "connections": connections.value}
    calculated = replace(
        figures.calculated, padding_macs=padding_macs, connections=connections, leftover_input=leftover
    )
    return _Figures(figures.shape, calculated, replace(figures.counts, **values))


def _evaluated(patterns: LongPatterns, layer: Layer, shapes: tuple[Shape, ...], frozen: bool) -> _Figures:
    calculated = calculate(layer, shapes, patterns=patterns, frozen=frozen)
    counts = {key: getattr(calculated, key).value for key in COUNTED}
    kinds = {kind: getattr(calculated.operations, kind).value for kind in KINDS}
    return _Figures(size_of(calculated.sizes), calculated, Counts(**counts, **kinds))


def _rows(graph: Graph, figures: Sequence[_Figures], patterns: LongPatterns, of: int) -> Iterator[LayerRow]:
    fields = Fields(graph.input_shapes, patterns, of)
    for i, (node, each) in enumerate(zip(graph.layers, figures, strict=True)):
        field = fields.add(node.path, node.values, each.calculated.footprints, each.shape)
        name, kind, layers = node.path, node.type, range(i, i + 1)
        inputs = tuple([graph.name(source) for source in node.inputs])
        borrows = not node.owns and each.counts.params + each.counts.buffers > 0
        counts = each.counts.borrowed() if borrows else each.counts
        owner = graph.name(node.owner) if borrows else ""
        yield LayerRow(
            name, kind, node.number, layers, inputs, each.shape, counts, field, node, each.calculated, owner
        )


def _folded(
    graph: Graph, group: Group, shapes: Sequence[Shape], fields: Sequence[Field], sums: Sequence[Counts]
) -> BlockRow:
    nodes = graph.nodes[group.start : group.stop]
    layers = range(group.start - len(graph.inputs), group.stop - len(graph.inputs))
    read = sorted({source for node in nodes for source in node.inputs if source < group.start})
    inputs, counts = tuple(map(graph.name, read)), sums[layers.stop] - sums[layers.start]
    name, kind, output = group.path, group.type, group.output
    return BlockRow(name, kind, output, layers, inputs, shapes[output], counts, fields[output], group)
