"""Bytes: how much a network needs to run, and to be trained."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from cnnstat.graph import INPUT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.analysis.model import Analysis, Counts, Settings, Told
    from cnnstat.graph import Graph

BYTES = {"float16": 2, "bfloat16": 2, "float32": 4, "float64": 8}
"""Bytes of one number."""

PROGRAM_BYTES = 64 << 20
"""What Python, NumPy and the buffers of convolutions take in a run, whatever the network."""

OPTIMIZER_STATE = {"sgd": 0, "momentum": 1, "adam": 2}
"""Numbers an optimiser keeps for each trained parameter."""


def inference_bytes(graph: Graph, sizes: Sequence[int], total: Counts, settings: Settings) -> int:
    """Return bytes of the parameters and of the most activations alive at once.

    ``sizes`` holds the activations of each node, and last those of the input. Layers run in graph order;
    an activation is freed after its last reader, an output of the network never.
    """
    return inference_total(total.params, peak_activations(sizes, freed(graph)), settings)


def inference_total(params: int, peak: int, settings: Settings) -> int:
    """Return bytes of the parameters and, for each sample, of the most activations alive at once."""
    return BYTES[settings.dtype] * (params + settings.batch * peak)


def freed(graph: Graph) -> tuple[tuple[int, ...], ...]:
    """Return for each step the numbers of the nodes whose activations have no reader left."""
    last_reader = {number: step for step, node in enumerate(graph.nodes) for number in node.inputs}
    kept = set(graph.outputs)
    return tuple(
        tuple({number for number in node.inputs if last_reader[number] == step and number not in kept})
        for step, node in enumerate(graph.nodes)
    )


def peak_activations(sizes: Sequence[int], freed: Sequence[Sequence[int]]) -> int:
    """Return the largest sum of activations alive at once, for one sample; ``sizes`` as above."""
    alive = peak = sizes[INPUT]
    for step, done in enumerate(freed):
        alive += sizes[step]
        peak = max(peak, alive)
        for number in done:
            alive -= sizes[number]
    return peak


def training_bytes(
    graph: Graph, told: Sequence[Told], sizes: Sequence[int], total: Counts, settings: Settings
) -> int:
    """Return bytes of parameters, gradients, optimiser state and the activations that backward reads."""
    stored: set[int] = set()
    for step, (node, figures) in enumerate(zip(graph.nodes, told, strict=True)):
        if figures.reads.inputs:
            stored.update(node.inputs)
        if figures.reads.output:
            stored.add(step)
    numbers = total.params + total.trainable * (1 + OPTIMIZER_STATE[settings.optimizer])
    activations = settings.batch * sum(sizes[number] for number in stored)
    return BYTES[settings.dtype] * (numbers + activations)


def running_bytes(analysis: Analysis, *, check_gradients: bool) -> int:
    """Estimate the memory that a run in NumPy takes; those measured took 60 to 95 percent of it.

    The parameters, and on top either their gradients with all activations, as the way back keeps them, or
    what the largest layer is counted with: weights of ones, and with a complex step two more numbers each.
    """
    width, batch, counts = BYTES[analysis.settings.dtype], analysis.settings.batch, analysis.totals.counts
    kept = batch * (counts.activations + prod(analysis.input_shape))
    way_back = counts.trainable + kept * 5 // 4
    largest = max(row.counts.params + 3 * batch * row.counts.activations for row in analysis.rows)
    alone = 6 * largest + counts.trainable if check_gradients else 2 * largest
    return PROGRAM_BYTES + width * (counts.params + max(way_back, alone))
