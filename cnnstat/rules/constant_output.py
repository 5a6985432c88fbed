"""A layer that puts out the same, whatever it reads.

Why:
    A softmax over one score is 1, and its gradient 0: for two classes take two scores, or a sigmoid of one.
    A norm over a single value takes it off from itself and leaves its shift, as instance norm does on a 1x1
    map. What stands above such a layer is never trained through it.

Source:
    The formulas: softmax, Bridle, NATO ASI F68, 1990; instance norm, Ulyanov, Vedaldi, Lempitsky,
    arXiv:1607.08022; see `cnnstat explain softmax` and pytorch/pytorch issue 45687.

Bad:
    name: always 1
    input: [16, 8, 8]
    layers:
      - {name: scores, type: conv, filters: 1, kernel: 1}
      - {name: shares, type: softmax}
      - {type: multiply, from: [input, shares]}

Good:
    name: shares of the places in a row
    input: [16, 8, 8]
    layers:
      - {name: scores, type: conv, filters: 1, kernel: 1}
      - {name: shares, type: softmax, axis: width}
      - {type: multiply, from: [input, shares]}
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from cnnstat.layers.axis import place_of
from cnnstat.layers.norm import GroupNorm, InstanceNorm, LayerNorm
from cnnstat.layers.softmax import LogSoftmax, Softmax
from cnnstat.rules.rule import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.analysis import Analysis
    from cnnstat.layers import Layer
    from cnnstat.layers.base import Shape


def network(analysis: Analysis) -> Iterator[Found]:
    """Find softmax and norms over one value."""
    for node in analysis.graph.layers:
        if _together(node.layer, analysis.shapes[node.number]) == 1:
            what = f"'{node.path}' looks at one value at a time"
            yield Found(f"{what}: it puts out the same, whatever it reads", node.entry.span)


def _together(layer: Layer, shape: Shape) -> int | None:
    """Return how many values a softmax or a norm looks at together; None for other layers."""
    match layer:
        case Softmax() | LogSoftmax():
            return shape[place_of(layer.axis, shape)]
        case LayerNorm():
            return prod(shape) if layer.axes == "all" else shape[place_of(layer.axes, shape)]
        case InstanceNorm():
            return prod(shape[1:])
        case GroupNorm():
            return prod(shape) // layer.parts((shape,)).value
        case _:
            return None


RULE = Rule("warning", network=network)
