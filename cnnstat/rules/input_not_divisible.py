"""An encoder-decoder whose input cannot be halved as often as its encoder does.

Why:
    Where a step of the encoder has a row left over or rounds up, the way back up comes out one row longer or
    shorter than the map beside it, or than the input. A crop, a frame or a resize to the size of the other
    map hides that: maps are then joined with an offset of up to a step. Choose an input size that every step
    divides; the message has the next one below and above. A resize with aligned corners has no offset where
    both sizes are a multiple plus 1.

Source:
    Ronneberger, Fischer, Brox: U-Net, arXiv:1505.04597, section 2: the size of the input tile is selected so
    that every max pooling is applied to a layer of even size.

Bad:
    name: autoencoder
    input: [1, 28, 28]
    layers:
      - {type: conv, filters: 16, kernel: 3, stride: 2, padding: 1, repeat: 3}
      - {type: transposed_conv, filters: 16, kernel: 2, stride: 2, repeat: 2}
      - {type: transposed_conv, filters: 1, kernel: 2, stride: 2}

Good:
    name: autoencoder
    input: [1, 32, 32]
    layers:
      - {type: conv, filters: 16, kernel: 3, stride: 2, padding: 1, repeat: 3}
      - {type: transposed_conv, filters: 16, kernel: 2, stride: 2, repeat: 2}
      - {type: transposed_conv, filters: 1, kernel: 2, stride: 2}
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.analysis.walk import Walk
from cnnstat.base.axes import rank_of
from cnnstat.base.errors import Misfit
from cnnstat.base.text import listed
from cnnstat.layers.base import Shape, size_of
from cnnstat.layers.resize import Upsample
from cnnstat.rules.rule import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnstat.analysis import Analysis
    from cnnstat.graph.model import Graph
    from cnnstat.graph.nodes import LayerNode
    from cnnstat.layers import Layer


def network(analysis: Analysis) -> Iterator[Found]:
    """Find an axis of the input along which an offset is hidden that is not there at a size near by."""
    graph, shapes = analysis.graph, analysis.shapes
    if len(graph.inputs) > 1 or not _may_hide(graph, shapes):
        return
    for axis, size in enumerate(graph.input_shape[1:], 1):
        rounded = _rounded(graph, shapes, axis)
        hidden = [each for each in _hidden(graph, shapes, axis) if rounded[each] is not None]
        if not hidden:
            continue
        step, (before, behind) = _step(graph, shapes, axis, hidden), (shapes[0][:axis], shapes[0][axis + 1 :])
        walk = Walk(graph, _sized)
        near = [each for each in (size // step * step, (size // step + 1) * step) if each]
        fitting = [str(n) for n in near if _fits(walk, graph, (*before, n, *behind), axis, hidden)]
        if fitting:
            layer, name = rounded[hidden[0]], rank_of(graph.input_shape).axes[axis]
            assert layer is not None
            steps = f"'{layer.path}' makes {shapes[layer.number][axis]} of {shapes[layer.inputs[0]][axis]}"
            message = f"{name} {size}: {steps}, and {_offset_of(graph, shapes, axis, hidden[0])}"
            yield Found(f"{message}; {listed(fitting, ' or ')} would fit", graph.spec.family.input_span)
            return


def _offset_of(graph: Graph, shapes: Sequence[Shape], axis: int, number: int) -> str:
    node = graph.layers[number - len(graph.inputs)]
    if _sized_by_another(node):
        return f"'{node.path}' hides the offset where it comes up again"
    return f"what comes up again as '{node.path}' is {shapes[number][axis]}"


class _Sized(Struct, frozen=True):
    """What a walk for the sizes alone wants to know of a layer."""

    shape: Shape


def _sized(layer: Layer, shapes: tuple[Shape, ...], frozen: bool) -> _Sized:
    return _Sized(size_of(layer.sizes(shapes)))


def _may_hide(graph: Graph, shapes: Sequence[Shape]) -> bool:
    """Say whether anything takes its size from another map, or the input comes out in another size."""
    return any(len(node.values) < len(node.inputs) for node in graph.layers) or any(
        len(shapes[output]) == len(graph.input_shape) and shapes[output][1:] != graph.input_shape[1:]
        for output in graph.outputs
    )


def _hidden(graph: Graph, shapes: Sequence[Shape], axis: int) -> Iterator[int]:
    """Yield the nodes that make one size of another along an axis which is no multiple of it."""
    whole = shapes[0]
    for node in graph.layers:
        read = shapes[node.values[0]] if _sized_by_another(node) else ()
        if len(read) == len(whole) and _offset(node.layer, read[axis], shapes[node.number][axis]):
            yield node.number
    for output in graph.outputs:
        shape = shapes[output]
        if len(shape) == len(whole) and 0 < abs(shape[axis] - whole[axis]) < whole[axis] // 2:
            yield output


def _offset(layer: Layer, small: int, size: int) -> bool:
    if not isinstance(layer, Upsample):
        return small != size
    if layer.align_corners and small > 1:  # the first and the last row are at the same places
        return (size - 1) % (small - 1) != 0
    return size % small != 0


def _rounded(graph: Graph, shapes: Sequence[Shape], axis: int) -> list[LayerNode | None]:
    """Return for each node a layer above it that steps along an axis which its stride does not divide.

    The bins of an adaptive pool are a grid of their own.
    """
    found: list[LayerNode | None] = [None] * len(graph.inputs)
    for node in graph.layers:
        if node.layer.family == "pool" and not node.layer.window(_read(node, shapes)):
            found.append(None)
            continue
        above = next((found[source] for source in node.inputs if found[source]), None)
        found.append(above or (node if _rounds(node, shapes, axis) else None))
    return found


def _rounds(node: LayerNode, shapes: Sequence[Shape], axis: int) -> bool:
    stride = _stride(node, shapes, axis)
    return stride is not None and shapes[node.inputs[0]][axis] % stride != 0


def _sized_by_another(node: LayerNode) -> bool:
    return 0 < len(node.values) < len(node.inputs)


def _step(graph: Graph, shapes: Sequence[Shape], axis: int, numbers: list[int]) -> int:
    """Return the most rows of the input that one row stands for along an axis, in nodes or above them."""
    found, most = [1] * len(graph.inputs), [1] * len(graph.inputs)
    for node in graph.layers:
        rows = max((found[source] for source in node.values), default=1)
        read, out = shapes[node.inputs[0]] if node.inputs else (), shapes[node.number]
        if _sized_by_another(node):
            rows = found[node.inputs[-1]]
        elif len(read) == len(out) == len(shapes[0]):
            rows = rows * (_stride(node, shapes, axis) or 1) // max(1, round(out[axis] / read[axis]))
        found.append(max(1, rows))
        most.append(max((most[source] for source in node.inputs), default=1))
        most[-1] = max(most[-1], found[-1])
    return max(most[number] for number in numbers)


def _stride(node: LayerNode, shapes: Sequence[Shape], axis: int) -> int | None:
    """Return the stride of a window along an axis of the input; None of a layer without one."""
    window = node.layer.window(_read(node, shapes))
    return window[axis - 1].stride if len(window) == len(shapes[0]) - 1 else None


def _read(node: LayerNode, shapes: Sequence[Shape]) -> tuple[Shape, ...]:
    return tuple(shapes[source] for source in node.inputs)


def _fits(walk: Walk[_Sized], graph: Graph, shape: Shape, axis: int, hidden: list[int]) -> bool:
    """Say whether an input of another size has no offset where that of the network hides one."""
    shapes: list[Shape] = [shape]
    for _, _, figures in walk.steps((shape,)):
        if isinstance(figures, Misfit):
            return False
        shapes.append(figures.shape)
    rounded = _rounded(graph, shapes, axis)
    offset = {*_hidden(graph, shapes, axis)}
    return not any(rounded[each] or each in offset for each in hidden)


RULE = Rule("warning", network=network)
