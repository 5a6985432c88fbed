"""Grouped convolutions one behind the other, whose groups never mix.

Why:
    A grouped convolution reads and writes each group of maps by itself. Two of them in a row, with nothing
    between that mixes channels, are several narrow networks side by side: what one group finds, the others
    never learn. A `channel_shuffle` or a 1x1 convolution between them mixes them.

Source:
    Zhang, Zhou, Lin, Sun, ShuffleNet, CVPR 2018, arXiv:1707.01083, section 3.1.

Bad:
    name: side by side
    input: [8, 8, 8]
    layers:
      - {type: conv, filters: 16, kernel: 3, groups: 4}
      - {type: relu}
      - {type: conv, filters: 16, kernel: 3, groups: 4}

Good:
    name: shuffled
    input: [8, 8, 8]
    layers:
      - {type: conv, filters: 16, kernel: 3, groups: 4}
      - {type: relu}
      - {type: channel_shuffle, groups: 4}
      - {type: conv, filters: 16, kernel: 3, groups: 4}
"""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING

from cnnstat.layers.conv import Conv, DepthwiseConv
from cnnstat.rules.rule import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.analysis import Analysis
    from cnnstat.graph.nodes import LayerNode

_PASSING = ("activation", "pool", "dropout")
_PASSING_TYPES = ("batch_norm", "instance_norm", "scale", "identity", "pad", "crop", "upsample")
"""Families and types that leave every channel where it is, as a depthwise convolution does."""


def network(analysis: Analysis) -> Iterator[Found]:
    """Find grouped convolutions behind grouped convolutions of which the groups have a common divisor."""
    unmixed: dict[int, LayerNode] = {}  # by node, the grouped convolution whose groups it still has
    for node in analysis.graph.layers:
        groups, above = _groups(analysis, node), unmixed.get(node.inputs[0]) if node.inputs else None
        common = gcd(groups, _groups(analysis, above)) if above else 1
        if above and common > 1:
            message = f"the {common} groups of '{above.path}' go on in '{node.path}' without having mixed"
            yield Found(f"{message}: put a channel_shuffle between them", node.span_of("groups"))
        if groups > 1:
            unmixed[node.number] = node
        elif above and _passes(node):
            unmixed[node.number] = above


def _groups(analysis: Analysis, node: LayerNode) -> int:
    """Return the groups of a convolution; a depthwise one, which is made to be followed by another, has 1."""
    if not isinstance(node.layer, Conv) or node.layer.table is not None:
        return 1
    maps = analysis.inputs(node.number)[0][0]
    groups = node.layer.groups_of(maps)
    return 1 if groups == maps else groups


def _passes(node: LayerNode) -> bool:
    depthwise = isinstance(node.layer, DepthwiseConv) and node.layer.multiplier == 1
    return depthwise or node.layer.family in _PASSING or node.type in _PASSING_TYPES


RULE = Rule("info", network=network)
