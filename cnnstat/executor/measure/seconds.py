"""How long each layer takes here, forward: the best of several passes, on this machine as busy as it is."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnstat.executor.network import Batch, Executor

PASSES = 5
"""How often the network is run."""


def layer_seconds(
    network: Executor, x: Batch, advance: Callable[[int], None] = lambda number: None
) -> tuple[float, ...]:
    """Return the least seconds of each layer over all passes; ``advance`` hears of every layer that was run.

    What frees an array after a layer counts for the next one, which is little beside any layer that works.
    """
    best = [float("inf")] * len(network.program.steps)
    for _ in range(PASSES):
        started = perf_counter()
        for visit in network.visits(x):
            best[visit.number] = min(best[visit.number], perf_counter() - started)
            number = visit.number
            del visit  # what it read may be freed before the next one
            advance(number)
            started = perf_counter()
    return tuple(best)
