"""Pooling, or a stride, on a map of a single place.

Why:
    On a 1x1 map there is nothing to summarise and nowhere to step: the pool puts out its input, and a stride
    changes nothing. Nearly always the map became smaller than was meant: an input smaller than the network is
    made for, or one stride too many above.

Source:
    Dumoulin and Visin, A guide to convolution arithmetic for deep learning, arXiv:1603.07285, chapter 3: of a
    1x1 map, a window that fits has one place.

Bad:
    name: one pool too many
    input: [3, 4, 4]
    layers:
      - {type: conv, filters: 4, kernel: 3, padding: 1}
      - {type: max_pool, kernel: 2}
      - {type: max_pool, kernel: 2}
      - {type: max_pool, kernel: 1}

Good:
    name: down to one place
    input: [3, 4, 4]
    layers:
      - {type: conv, filters: 4, kernel: 3, padding: 1}
      - {type: max_pool, kernel: 2}
      - {type: max_pool, kernel: 2}
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.layers.base import places, show
from cnnstat.layers.bins import GlobalAvgPool, GlobalMaxPool
from cnnstat.layers.conv import Convolution
from cnnstat.layers.pool import Pool
from cnnstat.rules.rule import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.analysis import Analysis


def network(analysis: Analysis) -> Iterator[Found]:
    """Find layers that step over maps of one place."""
    for node in analysis.graph.layers:
        inputs, layer = analysis.inputs(node.number), node.layer
        if not inputs or len(inputs[0]) == 1 or set(places(inputs[0])) != {1}:
            continue
        what = f"'{node.path}' ({node.type}) reads a map of {show(inputs[0])}"
        if isinstance(layer, Pool) and not isinstance(layer, GlobalAvgPool | GlobalMaxPool):
            yield Found(f"{what}: there is nothing to pool", node.entry.span)
        elif isinstance(layer, Convolution) and any(axis.stride > 1 for axis in layer.window(inputs)):
            yield Found(f"{what}: its stride has nowhere to go", node.span_of("stride"))


RULE = Rule("warning", network=network)
