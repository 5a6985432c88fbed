"""Which input sizes a network accepts, and what each costs.

Every size is tried: whether one fits says nothing about the next, where sizes have to be whole, branches
have to meet or a pyramid has to find its bins. Layers are told once for each shape that reaches them, and
only what sizes are compared by; a try ends at the first layer that refuses.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.analysis import memory
from cnnstat.analysis.model import Settings
from cnnstat.analysis.walk import analyze_graph, check_ranks, exact
from cnnstat.errors import Misfit
from cnnstat.layers.base import size_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.analysis.model import Row
    from cnnstat.analysis.ranges import Size, Steps
    from cnnstat.graph import Graph
    from cnnstat.layers.base import Layer, Shape

_REMEMBERED = 100_000  # layers told for a shape; beyond, a long sweep starts to remember anew


class Refusal(Struct, frozen=True):
    """The first layer that does not fit, and why, with the arithmetic."""

    layer: str
    type: str
    code: str
    message: str


class Outcome(Struct, frozen=True):
    """What one input size comes to: a refusal, or the figures of the whole network.

    ``changed`` is the first layer whose parameters are others than at the network's own size, None where all
    are the same; ``leftover`` counts the layers that drop rows or columns.
    """

    size: Size
    refusal: Refusal | None = None
    output_shape: Shape = ()
    params: int = 0
    macs: int = 0
    activations: int = 0
    inference_memory_bytes: int = 0
    leftover: int = 0
    changed: int | None = None

    @property
    def accepted(self) -> bool:
        """Say whether every layer fits."""
        return self.refusal is None

    @property
    def fitting(self) -> bool:
        """Say whether weights that were trained at the network's own size fit."""
        return self.accepted and self.changed is None

    @property
    def clean(self) -> bool:
        """Say whether no layer drops anything."""
        return self.accepted and not self.leftover


class Sweep(Struct, frozen=True):
    """A network at every one of some sizes, and at its own.

    ``fixing`` are the layers that are the first to store other numbers at some size: these tie trained
    weights to the network's own. Where there is none, ``levelled`` is the layer behind which no shape depends
    on the input's size, if there is such a layer. ``beyond`` are the layers whose receptive field is larger
    than the network's own input.
    """

    graph: Graph
    input_shape: Shape
    settings: Settings
    steps: Steps
    own: Outcome
    outcomes: tuple[Outcome, ...]
    fixing: tuple[int, ...]
    levelled: int | None
    beyond: tuple[Row, ...]

    @property
    def accepted(self) -> tuple[Outcome, ...]:
        """Return the outcomes of the sizes that fit."""
        return tuple(outcome for outcome in self.outcomes if outcome.accepted)


def sweep(
    graph: Graph,
    steps: Steps,
    *,
    input_shape: Shape | None = None,
    strict: bool = False,
    settings: Settings | None = None,
) -> Sweep:
    """Try every size of ``steps``; ``input_shape`` is what counts as the network's own (one sample).

    ``strict`` refuses every size that is not a whole number.

    Raises:
        SpecError: neither the network's own size nor any other is accepted.
    """
    settings = settings or Settings()
    shape = input_shape or graph.spec.input_shape
    tries = _Tries(graph, shape[0], settings, strict=strict)
    own = tries.outcome(shape[1:])
    tries.own, shapes = tries.stored, tries.shapes
    outcomes = tuple(map(tries.outcome, steps.sizes))
    if own.refusal and not any(outcome.accepted for outcome in outcomes):
        analyze_graph(graph, input_shape=shape, strict=strict)  # which says what is wrong, and where
    # Near its own size a network may well round to the same shapes; at twice the size it cannot.
    double = tries.outcome(tuple(2 * axis for axis in shape[1:])) if own.accepted else own
    fixing = sorted({each.changed for each in (*outcomes, double) if each.changed is not None})
    levelled = _levelled(graph, shapes, tries.shapes) if double.accepted and not fixing else None
    beyond = _beyond(graph, shape, strict=strict) if own.accepted else ()
    return Sweep(graph, shape, settings, steps, own, outcomes, tuple(fixing), levelled, beyond)


def _levelled(graph: Graph, own: Sequence[Shape], double: Sequence[Shape]) -> int | None:
    """Return the last layer that reads other shapes at a double input, where all outputs are the same."""
    if any(own[number] != double[number] for number in graph.outputs):
        return None
    differ = [any(own[i] != double[i] for i in node.inputs) for node in graph.nodes]
    return max((number for number, differs in enumerate(differ) if differs), default=None)


def _beyond(graph: Graph, shape: Shape, *, strict: bool) -> tuple[Row, ...]:
    """Return the layers with units whose field, padding included, is larger than the input on some axis."""
    rows = analyze_graph(graph, input_shape=shape, strict=strict).rows
    return tuple(
        row
        for row in rows
        if row.field.known
        and any(seen > size for seen, size in zip(row.field.sizes(row.output_shape), shape[1:], strict=True))
    )


class _Figures(Struct, frozen=True):
    """What a layer tells for given inputs, as far as sizes are compared by it."""

    shape: Shape
    params: int
    buffers: int
    macs: int
    activations: int
    leftover: bool


class _Tries:
    """One network at one size after another. After each try ``shapes`` and ``stored`` hold its layers."""

    def __init__(self, graph: Graph, channels: int, settings: Settings, *, strict: bool) -> None:
        self.graph, self.channels, self.settings, self.strict = graph, channels, settings, strict
        self.freed = memory.freed(graph)
        numbers: dict[object, int] = {}
        # Equal layers have one number, which is faster to look up than their options.
        kinds = [numbers.setdefault(node.layer, len(numbers)) for node in graph.nodes]
        self.plan = [(kind, node.inputs) for kind, node in zip(kinds, graph.nodes, strict=True)]
        self.known: dict[tuple[int, tuple[Shape, ...]], _Figures | Refusal] = {}
        self.shapes: list[Shape] = []
        self.stored: list[tuple[int, int]] = []
        self.own: list[tuple[int, int]] = []

    def outcome(self, size: Size) -> Outcome:
        """Try a size."""
        figures = self.walk((self.channels, *size))
        if isinstance(figures, Refusal):
            return Outcome(size, figures)
        params = sum(layer.params for layer in figures)
        activations = [layer.activations for layer in figures]
        peak = memory.peak_activations([*activations, prod(self.shapes[-1])], self.freed)
        return Outcome(
            size,
            None,
            self.shapes[self.graph.outputs[-1]],
            params,
            sum(layer.macs for layer in figures),
            sum(activations),
            memory.inference_total(params, peak, self.settings),
            sum(layer.leftover for layer in figures),
            self.changed(),
        )

    def walk(self, shape: Shape) -> list[_Figures] | Refusal:
        """Return the figures of every layer, or the first refusal."""
        # The last entry is the input's, so that `INPUT` (-1) finds it.
        shapes: list[Shape] = [()] * len(self.plan) + [shape]
        found = []
        for number, (kind, sources) in enumerate(self.plan):
            inputs = tuple([shapes[source] for source in sources])
            figures = self.known.get((kind, inputs)) or self.tell(number, inputs)
            if isinstance(figures, Refusal):
                self.stored = []
                return Refusal(self.graph.nodes[number].path, figures.type, figures.code, figures.message)
            shapes[number] = figures.shape
            found.append(figures)
        self.shapes, self.stored = shapes, [(layer.params, layer.buffers) for layer in found]
        return found

    def tell(self, number: int, inputs: tuple[Shape, ...]) -> _Figures | Refusal:
        """Tell a layer for inputs of these shapes, and remember it."""
        if len(self.known) >= _REMEMBERED:
            self.known.clear()
        node = self.graph.nodes[number]
        told: _Figures | Refusal
        try:
            told = _told(exact(node.layer) if self.strict else node.layer, node.type, inputs)
        except Misfit as misfit:
            told = Refusal(node.path, node.type, misfit.code, misfit.message)
        self.known[self.plan[number][0], inputs] = told
        return told

    def changed(self) -> int | None:
        """Return the first layer that stores other numbers than at the network's own size."""
        if not self.own or self.stored == self.own:
            return None
        return next(i for i, (now, own) in enumerate(zip(self.stored, self.own, strict=True)) if now != own)


def _told(layer: Layer, kind: str, inputs: tuple[Shape, ...]) -> _Figures:
    check_ranks(layer, kind, inputs)
    shape = size_of(layer.sizes(inputs))
    return _Figures(
        shape,
        layer.params(inputs).value,
        layer.buffers(inputs).value,
        layer.macs(inputs).value,
        prod(shape),
        any(layer.leftover(inputs)),
    )


def refusals(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    """Return the refused sizes by the layer that refuses, in the order of its first refusals."""
    found: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        if outcome.refusal:
            found.setdefault(outcome.refusal.layer, []).append(outcome)
    return found
