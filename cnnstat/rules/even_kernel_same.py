"""An even kernel with `same`, which shifts the map by half a place.

Why:
    To keep the size, an even kernel needs one row of zeros more on one side than on the other. So what it
    puts out stands half a place off from what it reads, always to the same side: in a few layers this adds
    up to whole places, and a branch around it meets values of other places. An odd kernel has a middle.

Source:
    Wu, Wang, Tang, Chen, Shi, Convolution with even-sized kernels and symmetric padding, NeurIPS 2019,
    arXiv:1903.08385.

Bad:
    name: half a place off
    input: [3, 8, 8]
    layers:
      - {type: conv, filters: 4, kernel: 4, padding: same}

Good:
    name: in the middle
    input: [3, 8, 8]
    layers:
      - {type: conv, filters: 4, kernel: 3, padding: same}
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.layers.conv import Convolution
from cnnstat.layers.pool import AvgPool, MaxPool
from cnnstat.rules.rule import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.analysis import Analysis


def network(analysis: Analysis) -> Iterator[Found]:
    """Find windows that `same` pads unevenly though they move place by place."""
    for node in analysis.graph.layers:
        layer = node.layer
        if not isinstance(layer, Convolution | MaxPool | AvgPool) or layer.padding != "same":
            continue
        for axis in layer.window(analysis.inputs(node.number)):
            if axis.stride == 1 and axis.before != axis.after:
                message = (
                    f"the even kernel of '{node.path}' is padded by {axis.before} before and {axis.after}"
                )
                way_out = "its output is shifted by half a place; take an odd kernel"
                yield Found(f"{message} after the {axis.name}: {way_out}", node.span_of("padding"))
                break


RULE = Rule("warning", network=network)
