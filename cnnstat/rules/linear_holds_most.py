"""A linear layer behind a flattened map that holds most of the parameters.

Why:
    It has a weight for each place of the map: a 7x7 map of 512 channels and 4,096 units are 103 million,
    for one size of input only. So it is what takes most memory and overfits first. The mean of each map
    (`global_avg_pool`) before the classifier needs a 49th of them, and takes inputs of any size.

Source:
    Lin, Chen, Yan, Network in network, arXiv:1312.4400, section 3.2 (global average pooling).

Bad:
    name: flattened
    input: [3, 16, 16]
    layers:
      - {type: conv, filters: 16, kernel: 3, stride: 2, padding: 1}
      - {type: flatten}
      - {type: linear, units: 10}

Good:
    name: averaged
    input: [3, 16, 16]
    layers:
      - {type: conv, filters: 16, kernel: 3, stride: 2, padding: 1}
      - {type: global_avg_pool}
      - {type: flatten}
      - {type: linear, units: 10}
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from cnnstat.graph.nodes import LayerNode
from cnnstat.layers.base import places, show
from cnnstat.layers.linear import Linear
from cnnstat.layers.reshape import Flatten
from cnnstat.rules.rule import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.analysis import Analysis
    from cnnstat.layers.base import Shape


def network(analysis: Analysis) -> Iterator[Found]:
    """Find linear layers on a map of several places with more than half of all parameters."""
    total = analysis.totals.counts.params
    for row in analysis.rows:
        shape = _flattened(analysis, row.node) if 2 * row.counts.params > total else None
        if shape and prod(places(shape)) > 1:
            share = f"{row.counts.params:,} of {total:,} parameters ({row.counts.params / total:.0%})"
            message = f"'{row.name}' holds {share}, as it has weights for each place of a {show(shape)} map"
            yield Found(f"{message}; see global_avg_pool", row.node.entry.span)


def _flattened(analysis: Analysis, node: LayerNode) -> Shape | None:
    """Return the map that a linear layer reads, flattened."""
    if not isinstance(node.layer, Linear) or node.layer.axis is not None:
        return None
    above = analysis.graph.nodes[node.inputs[0]]
    while isinstance(above, LayerNode) and above.layer.family in ("dropout", "activation"):
        above = analysis.graph.nodes[above.inputs[0]]
    if not isinstance(above, LayerNode) or not isinstance(above.layer, Flatten):
        return None
    shape = analysis.inputs(above.number)[0]
    return shape if len(shape) > 1 else None


RULE = Rule("info", network=network)
