"""The walk: shapes, figures and receptive fields of every layer, in graph order, each once."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

import msgspec

from cnnstat.analysis import memory
from cnnstat.analysis.expectations import check
from cnnstat.analysis.model import (
    KINDS,
    STORED,
    Analysis,
    BlockRow,
    Calculated,
    Counts,
    LayerRow,
    Totals,
)
from cnnstat.analysis.receptive import Field, field_of, start
from cnnstat.analysis.settings import Settings
from cnnstat.base.arithmetic import ZERO
from cnnstat.base.errors import Misfit, Problem, SpecError
from cnnstat.layers.base import show, size_of

if TYPE_CHECKING:
    from cnnstat.graph.model import Graph
    from cnnstat.graph.nodes import Group, LayerNode
    from cnnstat.layers.base import Layer, Shape

_RANK_NAMES = {0: "a vector (N,)", 1: "a signal (C, L)", 2: "a map (C, H, W)"}


def analyze_graph(graph: Graph, settings: Settings | None = None) -> Analysis:
    """Calculate every figure of a network; strict settings refuse sizes as ``rounding: exact`` does.

    Raises:
        SpecError: with every layer that does not fit; layers behind one of these are left unknown.
    """
    settings = settings or Settings()
    walk = _Walk(graph, strict=settings.strict)
    walk.run()
    if walk.problems:
        raise SpecError(walk.problems)
    sums = tuple(accumulate((row.counts for row in walk.rows), initial=Counts()))
    groups = tuple(_folded(group, walk, sums) for group in graph.groups)
    totals = _totals(walk, sums[-1], settings)
    checked, missed = check(graph, walk.rows, groups, totals) if graph.as_published else (0, ())
    return Analysis(graph, settings, tuple(walk.rows), groups, totals, checked, missed)


class _Walk:
    """The state of one walk: what is known of each node so far. None stands for unknown."""

    def __init__(self, graph: Graph, *, strict: bool) -> None:
        self.graph = graph
        self.strict = strict
        self.rows: list[LayerRow] = []
        self.problems: list[Problem] = []
        self.shapes: list[Shape | None] = [*graph.input_shapes]
        self.fields: list[Field] = [*map(start, graph.input_shapes)]
        self.known: dict[tuple[Layer, tuple[Shape, ...], bool], tuple[Calculated, Counts, Shape]] = {}

    def run(self) -> None:
        for node in self.graph.layers:
            shapes = tuple(s for s in (self.shapes[i] for i in node.inputs) if s is not None)
            out, field = None, Field()
            if len(shapes) == len(node.inputs):
                try:
                    out, field = self.visit(node, shapes)
                except Misfit as misfit:
                    self.problems.append(_placed(misfit, node, shapes))
            self.shapes.append(out)
            self.fields.append(field)

    def visit(self, node: LayerNode, shapes: tuple[Shape, ...]) -> tuple[Shape, Field]:
        calculated, counts, out = self.calculate(node, shapes)
        fields = tuple(self.fields[i] for i in node.values)
        field = field_of(node.path, calculated.footprint, shapes, out, fields)
        names = tuple(self.graph.name(i) for i in node.inputs)
        self.rows.append(LayerRow(len(self.rows), node, names, out, counts, field, calculated))
        return out, field

    def calculate(self, node: LayerNode, shapes: tuple[Shape, ...]) -> tuple[Calculated, Counts, Shape]:
        key = (node.layer, shapes, node.frozen)
        if key not in self.known:
            calculated = calculate(fitted(node, shapes, strict=self.strict), shapes, frozen=node.frozen)
            self.known[key] = (calculated, _counts(calculated), size_of(calculated.sizes))
        return self.known[key]


def calculate(layer: Layer, shapes: tuple[Shape, ...], *, frozen: bool = False) -> Calculated:
    """Return all of a layer for inputs of these shapes; of a frozen one training changes nothing.

    Raises:
        Misfit: they do not fit it.
    """
    return Calculated(
        sizes=layer.sizes(shapes),
        leftover=layer.leftover(shapes),
        params=layer.params(shapes),
        trainable=ZERO if frozen else layer.trainable(shapes),
        buffers=layer.buffers(shapes),
        macs=layer.macs(shapes),
        padding_macs=layer.padding_macs(shapes),
        operations=layer.operations(shapes),
        connections=layer.connections(shapes),
        reads=layer.reads(),
        footprint=layer.footprint(shapes),
    )


def _counts(calculated: Calculated) -> Counts:
    figures = {key: getattr(calculated, key).value for key in STORED}
    return Counts(**figures, **{kind: getattr(calculated.operations, kind).value for kind in KINDS})


def fitted(node: LayerNode, shapes: tuple[Shape, ...], *, strict: bool) -> Layer:
    """Return the layer of a node, once its inputs have as many axes as it takes.

    ``strict`` makes it one that refuses what it would round down. Whether sizes fit, too, it says itself.

    Raises:
        Misfit: an input has more or fewer axes.
    """
    layer = _exact(node.layer) if strict else node.layer
    _check_ranks(layer, node.type, shapes)
    return layer


def _exact(layer: Layer) -> Layer:
    if getattr(layer, "rounding", None) == "floor":
        return msgspec.structs.replace(layer, rounding="exact")
    return layer


def _check_ranks(layer: Layer, kind: str, shapes: tuple[Shape, ...]) -> None:
    for shape in shapes:
        if len(shape) - 1 not in layer.ranks:
            wanted = " or ".join(_RANK_NAMES[rank] for rank in layer.ranks)
            got = f"{_RANK_NAMES[len(shape) - 1].split(' (')[0]} of {show(shape)}"
            hint = "; put a 'flatten' above it" if layer.ranks == (0,) else ""
            raise Misfit(f"{kind} needs {wanted}, got {got}{hint}", code="shape/rank")


def _placed(misfit: Misfit, node: LayerNode, shapes: tuple[Shape, ...]) -> Problem:
    received = " and ".join(show(shape) for shape in shapes)
    message = f"{misfit.message} (layer '{node.path}', input {received})"
    return Problem(misfit.code, message, node.entry.span_of(misfit.field))


def _folded(group: Group, walk: _Walk, sums: tuple[Counts, ...]) -> BlockRow:
    first = len(walk.graph.inputs)
    layers = range(group.start - first, group.stop - first)
    nodes = walk.graph.nodes[group.start : group.stop]
    inputs = sorted({i for node in nodes for i in node.inputs if i < group.start})
    # The output may stand above the group: a block whose layers are all left out hands its input on.
    shape = walk.shapes[group.output]
    assert shape is not None
    return BlockRow(
        group,
        layers,
        tuple(walk.graph.name(i) for i in inputs),
        shape,
        counts=sums[layers.stop] - sums[layers.start],
        field=walk.fields[group.output],
    )


def _totals(walk: _Walk, counts: Counts, settings: Settings) -> Totals:
    graph = walk.graph
    shapes = [shape for shape in walk.shapes if shape is not None]  # which by now is every one
    sizes = memory.activations(shapes)
    peak = memory.peak_activations(sizes, memory.freed(graph))
    return Totals(
        shapes[graph.outputs[-1]],
        counts,
        walk.fields[graph.outputs[-1]],
        memory.inference_memory(counts.params, peak, settings),
        memory.training_memory(graph, [row.calculated for row in walk.rows], sizes, counts, settings),
    )
