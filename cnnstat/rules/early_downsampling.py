"""The first layers take the resolution away before there are channels to keep what it held.

Why:
    What a layer puts out is all that the layers behind it ever get. Where it holds less than an eighth of the
    numbers of the input while the map is still large, most of the input is lost before anything has looked at
    it; the channels that follow cannot bring it back. Let the map shrink step by step, and the channels grow
    with it. Numbers are a rough measure: an input may hold less than it has room for.

Source:
    Szegedy, Vanhoucke, Ioffe, Shlens, Wojna: Rethinking the Inception architecture for computer vision,
    arXiv:1512.00567, section 2, first principle: "Avoid representational bottlenecks, especially early in the
    network".

Bad:
    name: bottleneck
    input: [3, 128, 128]
    layers:
      - {type: conv, filters: 16, kernel: 8, stride: 8}
      - {type: relu}
      - {type: conv, filters: 128, kernel: 3, padding: 1}
      - {type: relu}
      - {type: conv, filters: 10, kernel: 1}

Good:
    name: step by step
    input: [3, 128, 128]
    layers:
      - {type: conv, filters: 16, kernel: 2, stride: 2}
      - {type: relu}
      - {type: conv, filters: 64, kernel: 2, stride: 2}
      - {type: relu}
      - {type: conv, filters: 128, kernel: 2, stride: 2}
      - {type: relu}
      - {type: conv, filters: 10, kernel: 1}
"""

from __future__ import annotations

from itertools import accumulate
from math import prod
from typing import TYPE_CHECKING

from cnnstat.layers.base import show
from cnnstat.rules.rule import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.analysis import Analysis
    from cnnstat.graph.model import Graph

_LEFT = 8  # of so many numbers of the input, less than one is left
_EARLY = 4  # the stride of a map that is still large


def network(analysis: Analysis) -> Iterator[Found]:
    """Find the first place that all goes through where little is left of a map that was large.

    Where no layer behind it is wider, it is not what the network begins with, but what it ends in.
    """
    graph, shapes = analysis.graph, analysis.shapes
    whole = shapes[0]
    if len(graph.inputs) > 1 or len(whole) == 1:
        return
    before, numbers = 0, prod(whole)
    widest = [*accumulate((shape[0] for shape in reversed(shapes)), max)][::-1]
    for number in _passages(graph):
        shape, above = shapes[number], prod(shapes[before][1:])
        large = above * _EARLY ** (len(whole) - 1) >= prod(whole[1:])
        if not large or len(shape) != len(whole) or prod(shape[1:]) == 1:
            return
        if prod(shape) * _LEFT < numbers and widest[number] > shape[0]:
            smaller = (n for n in range(before + 1, number) if prod(shapes[n][1:]) < above)
            node = graph.layers[next(smaller, number) - 1]
            left = f"{prod(shape):,} of the input's {numbers:,} numbers are left ({show(shape)})"
            message = f"behind '{node.path}' {left}: widen the first layers, or downsample later"
            yield Found(message, node.entry.span)
            return
        before = number


def _passages(graph: Graph) -> Iterator[int]:
    """Yield the layers that everything goes through: nothing behind them reads anything before them."""
    last = [0] * len(graph.nodes)
    for node in graph.layers:
        for source in node.inputs:
            last[source] = node.number
    for output in graph.outputs:
        last[output] = len(graph.nodes)
    furthest = last[0]
    for node in graph.layers:
        if furthest <= node.number:
            yield node.number
        furthest = max(furthest, last[node.number])


RULE = Rule("info", network=network)
