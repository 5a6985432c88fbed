"""A width that is no multiple of 8.

Why:
    Matrix units multiply tiles of 8 numbers (of 16 bits); what does not fill a tile costs as if it did, or
    runs on slower units, so that 60 channels mostly take as long as 64. Left alone are widths below 8, layers
    with less than a hundredth of the multiply-adds, as those of gates, and what a network puts out: classes
    and boxes are as many as there are.

Source:
    NVIDIA, Get started with deep learning performance (docs.nvidia.com/deeplearning/performance), and Tensor
    core deep learning performance guide, GTC 2019, S9926; `make_divisible` of MobileNet
    (tensorflow/models, slim/nets/mobilenet), which is `divisible(x, 8)` here.

Bad:
    name: odd
    input: [3, 32, 32]
    layers:
      - {type: conv, filters: 60, kernel: 3}
      - {type: relu}
      - {type: conv, filters: 10, kernel: 1}

Good:
    name: even
    input: [3, 32, 32]
    layers:
      - {type: conv, filters: 64, kernel: 3}
      - {type: relu}
      - {type: conv, filters: 10, kernel: 1}
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.base.text import plural
from cnnstat.rules.rule import Found, Rule
from cnnstat.rules.written import Origins

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.analysis import Analysis
    from cnnstat.base.errors import Span
    from cnnstat.graph.model import Graph
    from cnnstat.graph.nodes import LayerNode

_TILE = 8
_CHEAP = 100  # layers that have less than one of so many multiply-adds
_WIDTHS = {"conv": "filters", "transposed_conv": "filters", "linear": "units"}


class _Place(Struct):
    """Where a width is written: the layers that have it from there, and their multiply-adds."""

    span: Span
    layers: list[LayerNode]
    width: int
    macs: int = 0


def network(analysis: Analysis) -> Iterator[Found]:
    """Find the places of widths of 9 or more that are no multiple of 8, where their layers are not cheap."""
    graph, origins = analysis.graph, Origins(analysis.graph)
    last = _put_out(graph)
    found: dict[tuple[int, int], _Place] = {}
    carried: list[_Place | None] = [None] * len(graph.nodes)
    for node in graph.layers:
        width = analysis.shapes[node.number][0]
        if width < _TILE or width % _TILE == 0 or last[node.number]:
            continue
        # A layer as wide as what it reads has its width from there.
        places = (carried[source] for source in node.values if analysis.shapes[source][0] == width)
        place = next((place for place in places if place), None)
        if node.type in _WIDTHS:
            if place is None:
                span = origins.of(node, _WIDTHS[node.type])
                place = found.setdefault((span.line, span.column), _Place(span, [], width))
            place.layers.append(node)
            place.macs += analysis.layer(node.number).counts.macs
        carried[node.number] = place
    for place in found.values():
        if place.macs * _CHEAP >= analysis.totals.counts.macs:
            yield Found(_message(place), place.span)


def _message(place: _Place) -> str:
    more, lower = len(place.layers) - 1, place.width // _TILE * _TILE
    what = f"'{place.layers[0].path}' has {place.width} channels, no multiple of {_TILE}"
    others = f"; the widths of {more} more {plural('layer', more)} come from here" if more else ""
    return f"{what}: take {lower} or {lower + _TILE}{others}"


def _put_out(graph: Graph) -> list[bool]:
    """Say of each node whether it is put out, be it by way of layers without a width of their own."""
    found = [False] * len(graph.nodes)
    for output in graph.outputs:
        found[output] = True
    for node in reversed(graph.layers):
        if found[node.number] and node.type not in _WIDTHS:
            for source in node.values:
                found[source] = True
    return found


RULE = Rule("info", network=network)
