"""A kernel that reaches beyond the map it reads, or mostly lies on padding.

Why:
    Taps on padding are multiplied with zeros. A tap that lies on padding in every place is stored and paid
    for, but its weights are never trained: of a 3x3 kernel on a 1x1 map, that is all but the middle, and of a
    dilated one on a small map as well. A smaller kernel or dilation, or a larger input, makes use of all.

Source:
    Chen, Papandreou, Schroff, Adam, Rethinking atrous convolution for semantic image segmentation,
    arXiv:1706.05587, section 3.3: with a larger rate, fewer filter weights are valid.

Bad:
    name: too wide
    input: [3, 8, 8]
    layers:
      - {type: conv, filters: 4, kernel: 3, stride: 2, padding: 1}
      - {type: conv, filters: 4, kernel: 7, padding: 3}

Good:
    name: wide enough
    input: [3, 8, 8]
    layers:
      - {type: conv, filters: 4, kernel: 3, stride: 2, padding: 1}
      - {type: conv, filters: 4, kernel: 3, padding: 1}
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.layers.conv import Convolution
from cnnstat.rules.rule import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.analysis import Analysis
    from cnnstat.layers.window import Axis


def network(analysis: Analysis) -> Iterator[Found]:
    """Find convolutions that exceed their input along an axis, or have most of their taps beyond it."""
    for row in analysis.rows:
        node = row.node
        if not isinstance(node.layer, Convolution):
            continue
        axes = node.layer.window(analysis.inputs(node.number))
        macs, outside = row.calculated.macs.value, row.calculated.padding_macs.value
        share = f"{outside / macs:.0%} of its multiply-adds are on padding"
        beyond = next((axis for axis in axes if _unused(axis)), None)
        if beyond:
            taps = f"{_unused(beyond)} of {beyond.kernel} taps along the {beyond.name}"
            message = f"{taps} of '{node.path}' never meet its input of {beyond.size}: {share}"
            yield Found(message, node.span_of("kernel"))
        elif 2 * outside > macs:
            yield Found(f"'{node.path}' mostly reads padding: {share}", node.span_of("padding"))


def _unused(axis: Axis) -> int:
    """Return the taps that lie before the input in the last window, or behind it in the first."""
    furthest = (axis.outputs.value - 1) * axis.stride
    before = -(-max(0, axis.before - furthest) // axis.dilation)
    after = max(0, axis.kernel - 1 - (axis.size - 1 + axis.before) // axis.dilation)
    return min(axis.kernel, before + after)


RULE = Rule("warning", network=network)
