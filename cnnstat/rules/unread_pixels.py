"""Values of a map that nothing reads, because every layer steps over them.

Why:
    A window whose stride is larger than its kernel leaves gaps: a 1x1 convolution of stride 2 reads one value
    of four. Beside another branch that reads them all that is thrift, as in the shortcut of a residual block;
    where no layer reads them, three quarters of what was calculated above are thrown away. Put the stride
    into the layer with the larger kernel, or take the mean before.

Source:
    He, Zhang, Zhang, Zhang, Xie, Li: Bag of tricks for image classification with convolutional neural
    networks, arXiv:1812.01187, section 4.1 (ResNet-B and ResNet-D).

Bad:
    name: gaps
    input: [3, 32, 32]
    layers:
      - {type: conv, filters: 64, kernel: 3, padding: 1}
      - {type: relu}
      - {type: conv, filters: 32, kernel: 1, stride: 2}
      - {type: relu}
      - {type: conv, filters: 64, kernel: 3, padding: 1}

Good:
    name: no gaps
    input: [3, 32, 32]
    layers:
      - {type: conv, filters: 64, kernel: 3, padding: 1}
      - {type: relu}
      - {type: conv, filters: 32, kernel: 1}
      - {type: relu}
      - {type: conv, filters: 64, kernel: 3, stride: 2, padding: 1}
"""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING

from cnnstat.layers.base import show
from cnnstat.rules.rule import Found, Rule
from cnnstat.rules.wiring import Wiring

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.analysis import Analysis
    from cnnstat.graph.nodes import LayerNode
    from cnnstat.layers.window import Axis

_MOST = 4096  # places that are looked at; larger strides are left alone


def network(analysis: Analysis) -> Iterator[Found]:
    """Find maps all of whose readers are windows that step over the same values."""
    graph, wiring = analysis.graph, Wiring(analysis.graph)
    for source in graph.nodes:
        readers = wiring.readers(source)
        windows = [_window(analysis, node) for node in readers]
        stride, *others = {tuple(axis.stride for axis in axes) for axes in windows} or {()}
        if source.number in graph.outputs or others or not 1 < prod(stride) <= _MOST:
            continue
        read = {place for axes in windows for place in product(*map(_read, axes))}
        if len(read) < prod(stride):
            node = readers[0]
            some = f"of each {show(stride)} values of '{source.path}', only {len(read)} of {prod(stride)}"
            reads = "is read" if len(read) == 1 else "are read"
            message = f"{some} {reads}: '{node.path}' steps over the others, and nothing else reads them"
            yield Found(message, node.entry.span_of("stride"))


def _window(analysis: Analysis, node: LayerNode) -> tuple[Axis, ...]:
    """Return the window of a layer; nothing for one without, or that rests at one place along an axis."""
    axes = node.layer.window(analysis.inputs(node.number))
    return axes if all(axis.outputs.value > 1 for axis in axes) else ()


def _read(axis: Axis) -> set[int]:
    """Return which of as many places as the stride has a window reads, from any of its steps."""
    taps = range(min(axis.kernel, axis.stride))
    return {(tap * axis.dilation - axis.before) % axis.stride for tap in taps}


RULE = Rule("warning", network=network)
