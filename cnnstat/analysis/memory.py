"""Bytes: how much a network needs to run, and to be trained."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from cnnstat.analysis.backward_cost import needed_gradients
from cnnstat.analysis.settings import OPTIMIZER_STATE
from cnnstat.base.arithmetic import Term, term
from cnnstat.base.dtypes import BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cnnstat.analysis.model import Calculated, Counts
    from cnnstat.analysis.settings import Settings
    from cnnstat.graph.model import Graph
    from cnnstat.layers.base import Shape


def inference_memory(params: int, peak: int, settings: Settings) -> Term:
    """Return bytes of the parameters and, for each sample, of the most activations alive at once."""
    numbers = term("batch", settings.batch) * term("alive at once", peak)
    return _bytes(settings) * (term("params", params) + numbers)


def stored_activations(graph: Graph, shapes: Iterable[Shape]) -> list[int]:
    """Return for each node, by its number, how many numbers its output takes memory for: none of a view.

    The ``sizes`` of this file are these.
    """
    nodes = zip(graph.holders, shapes, strict=True)
    return [prod(shape) if number == holder else 0 for number, (holder, shape) in enumerate(nodes)]


def freed(graph: Graph, holders: Sequence[int], kept: Iterable[int] = ()) -> tuple[tuple[int, ...], ...]:
    """Return for each node the numbers of those whose activations have no reader left once it has run.

    Nodes run in graph order; an activation is freed after its last reader, at once if it has none, an output
    of the network never, and no more one that is ``kept`` for the backward pass. Who reads a view reads the
    node that holds it: ``holders`` has that node, for each.
    """
    used = [{holders[number] for number in (i, *node.inputs)} for i, node in enumerate(graph.nodes)]
    last_user = {source: number for number, sources in enumerate(used) for source in sources}
    kept = {holders[number] for number in (*graph.outputs, *kept)}
    return tuple(
        tuple({source for source in sources if last_user[source] == number and source not in kept})
        for number, sources in enumerate(used)
    )


def peak_activations(sizes: Sequence[int], freed: Sequence[Sequence[int]]) -> int:
    """Return the largest sum of activations alive at once, for one sample."""
    return max(held for held, _ in alive(sizes, freed))


def alive(sizes: Sequence[int], freed: Sequence[Sequence[int]]) -> Iterator[tuple[int, int]]:
    """Yield the sum of activations alive when each node has run, for one sample, and its number."""
    held = 0
    for number, freed_now in enumerate(freed):
        held += sizes[number]
        yield held, number
        for source in freed_now:
            held -= sizes[source]


def alive_at_peak(graph: Graph, sizes: Sequence[int], kept: Iterable[int] = ()) -> tuple[int, ...]:
    """Return the nodes whose activations are alive when their sum, for one sample, is first the largest.

    None that is ``kept`` for the backward pass is freed before it.
    """
    plan = freed(graph, graph.holders, kept)
    _, when = max(alive(sizes, plan), key=lambda pair: pair[0])
    gone = {number for freed_now in plan[:when] for number in freed_now}
    left = (number for number in range(when + 1) if number not in gone)
    return tuple(number for number in left if graph.holders[number] == number)


def backward_reads(graph: Graph, calculated: Sequence[Calculated]) -> tuple[int, ...]:
    """Return the nodes whose activations the backward pass reads, in order; ``calculated`` is by layer.

    Of a view, it is what that is a view of.
    """
    found: set[int] = set()
    needed = needed_gradients(graph, [figures.trainable.value for figures in calculated])
    for node, figures, need in zip(graph.layers, calculated, needed, strict=True):
        kept = need.keep_inputs(figures.reads)
        found.update(number for number, keep in zip(node.inputs, kept, strict=False) if keep)
        if need.keep_output(figures.reads):
            found.add(node.number)
    return tuple(sorted({graph.holders[number] for number in found}))


def training_memory(
    graph: Graph, calculated: Sequence[Calculated], sizes: Sequence[int], total: Counts, settings: Settings
) -> Term:
    """Return bytes of parameters, gradients, optimiser state and the most activations alive at once.

    The peak is that of the forward pass, which keeps what backward reads: never below that of inference.
    """
    peak = peak_activations(sizes, freed(graph, graph.holders, backward_reads(graph, calculated)))
    return trained_memory(total, peak, settings)


def trained_memory(total: Counts, peak: int, settings: Settings) -> Term:
    """Return the same bytes, given the most activations alive at once for one sample."""
    state = term("gradient", 1) + term("optimiser state", OPTIMIZER_STATE[settings.optimizer])
    stored = term("alive in training", peak)
    trained = term("trainable", total.trainable) * state
    numbers = term("params", total.params) + trained + term("batch", settings.batch) * stored
    return _bytes(settings) * numbers


def _bytes(settings: Settings) -> Term:
    return term("bytes of a number", BYTES[settings.dtype])
