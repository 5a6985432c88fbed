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

from cnnstat.base.axes import rank_of
from cnnstat.base.text import plural
from cnnstat.rules.rule import Found, Rule
from cnnstat.rules.wiring import Wiring

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.analysis import Analysis
    from cnnstat.graph.nodes import LayerNode


def network(analysis: Analysis) -> Iterator[Found]:
    """Find layers that leave rows of their input over which nobody else reads."""
    wiring = Wiring(analysis.graph)
    leaving = (row.node.inputs[0] for row in analysis.rows if any(row.leftover_input))
    for number in dict.fromkeys(leaving):
        readers = wiring.readers(analysis.graph.nodes[number])
        if number in analysis.graph.outputs or not all(any(_left(analysis, each)) for each in readers):
            continue
        shape = analysis.shapes[number]
        left = [min(counts) for counts in zip(*(_left(analysis, each) for each in readers), strict=True)]
        sizes = zip(left, shape[1:], rank_of(shape).axes[1:], strict=True)
        rows = [f"{n} {plural('row', n)} of {size} along the {axis}" for n, size, axis in sizes if n]
        for node in readers if rows else ():
            message = f"'{node.path}' leaves the end of its input unread: {' and '.join(rows)}"
            yield Found(message, node.span_of("stride"))


def _left(analysis: Analysis, node: LayerNode) -> tuple[int, ...]:
    return analysis.layer(node.number).leftover_input


RULE = Rule("warning", network=network)
