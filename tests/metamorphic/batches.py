"""A batch twice as long: what belongs to a sample doubles, what belongs to the network stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

import cnnstat
from cnnstat.executor.kernel import quiet
from tests.metamorphic.pairs import Unequal, alike, figures_of, nudged, outputs_of

if TYPE_CHECKING:
    from tests.fuzz.pieces import Drawn

NUMBER = 4
"""Bytes of a number."""


def check_batches(drawn: Drawn, *, seed: int = 0, batch: int = 1) -> None:
    """Hold a network against itself on batches of one, two and three times as many samples.

    Figures of a sample stay; memory grows by as much each time; each sample has its own outputs.

    Raises:
        Unequal: they differ.
    """
    graph = cnnstat.loads(drawn.text)
    once, twice, thrice = (cnnstat.analyze(graph, batch=times * batch) for times in (1, 2, 3))
    for row, mine, its in zip(once.rows, figures_of(once), figures_of(twice), strict=True):
        if mine != its:
            raise Unequal("a figure of a sample", row.type, f"{mine} and {its}")
    held = NUMBER * once.totals.counts.params
    if 2 * once.totals.inference_memory_bytes - twice.totals.inference_memory_bytes != held:
        raise Unequal("memory of the parameters", "the network", f"{held} and what a batch leaves")
    for total in ("inference_memory_bytes", "training_memory_bytes"):
        first, second, third = (getattr(analysis.totals, total) for analysis in (once, twice, thrice))
        stays = 2 * first - second
        if second - first != third - second or not 0 <= stays <= first:
            raise Unequal(total, "the network", f"{first}, {second} and {third}")
    with quiet():
        network = cnnstat.Network(graph, seed=seed, dtype="float64")
        x = network.sample(2 * batch)
        moved = nudged(network, x, seed)
        both, near = outputs_of(network, x), outputs_of(network, moved)
        named = network.named(x).items()
        halves = [
            outputs_of(network, network.batch({name: each[half] for name, each in named}))
            for half in (slice(batch), slice(batch, None))
        ]
    for y, other, *parts in zip(both, near, *halves, strict=True):
        if not alike(y, np.concatenate(parts), other):
            raise Unequal("what comes out", graph.nodes[-1].type, f"{y} and {parts}")
