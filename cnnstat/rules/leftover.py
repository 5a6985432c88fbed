"""Rows or columns of a map that no window covers.

Why:
    Where the stride does not divide what is left of the map behind the first window, the last rows and
    columns are read by nobody: they were calculated for nothing, and what stands at that border of the
    picture is lost. Another padding, `rounding: ceil`, or an input of another size takes them in.

Source:
    Dumoulin and Visin, A guide to convolution arithmetic for deep learning, arXiv:1603.07285, section 2.4.

Bad:
    name: a row too many
    input: [3, 10, 10]
    layers:
      - {type: conv, filters: 4, kernel: 3, stride: 2}

Good:
    name: all rows
    input: [3, 11, 11]
    layers:
      - {type: conv, filters: 4, kernel: 3, stride: 2}
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.base.text import plural
from cnnstat.rules.rule import Found, Rule
from cnnstat.rules.wiring import Wiring

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.analysis import Analysis
    from cnnstat.graph.nodes import LayerNode
    from cnnstat.layers.window import Axis


def network(analysis: Analysis) -> Iterator[Found]:
    """Find layers that leave rows of their input over which nobody else reads."""
    wiring = Wiring(analysis.graph)
    for row in analysis.rows:
        if not any(row.leftover):
            continue
        node, shape = row.node, analysis.inputs(row.node.number)[0]
        source = analysis.graph.nodes[node.inputs[0]]
        others = [each for each in wiring.readers(source) if each.number != node.number]
        left = [
            min([_left(axis), *(_left_by(analysis, other, place) for other in others)])
            for place, axis in enumerate(_axes(analysis, node))
        ]
        if source.number in analysis.graph.outputs or not any(left):
            continue
        parts = (
            f"{count} {plural('row', count)} of {size} along the {axis.name}"
            for count, size, axis in zip(left, shape[1:], _axes(analysis, node), strict=True)
            if count
        )
        message = f"'{node.path}' leaves the end of its input unread: {' and '.join(parts)}"
        yield Found(message, node.span_of("stride"))


def _axes(analysis: Analysis, node: LayerNode) -> tuple[Axis, ...]:
    axes: tuple[Axis, ...] = node.layer.axes(analysis.inputs(node.number))  # type: ignore[attr-defined]
    return axes


def _left(axis: Axis) -> int:
    """Return the rows of the input behind the last window, more than lie between two windows anyway."""
    return max(0, axis.leftover - axis.after - max(0, axis.stride - axis.extent))


def _left_by(analysis: Analysis, node: LayerNode, place: int) -> int:
    """Return what another reader leaves over along the same axis."""
    return _left(_axes(analysis, node)[place]) if any(analysis.layer(node.number).leftover) else 0


RULE = Rule("warning", network=network)
