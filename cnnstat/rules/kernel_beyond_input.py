"""A kernel that is larger than the map it reads, or mostly lies on padding.

Why:
    Taps that fall on padding are multiplied with zeros: they are stored, trained and paid for, and see
    nothing. A kernel wider than its input has such taps in every place; of a dilated one, in the end only the
    tap in the middle is left. A smaller kernel or dilation, or a larger input, makes use of all.

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
        axes = node.layer.axes(analysis.inputs(node.number))
        macs, outside = row.calculated.macs.value, row.calculated.padding_macs.value
        share = f"{outside / macs:.0%} of its multiply-adds are on padding"
        if beyond := next((axis for axis in axes if axis.extent > axis.size), None):
            message = f"the kernel of '{node.path}', {_extent(beyond)}, is larger than the {beyond.name}"
            yield Found(f"{message} {beyond.size} of its input: {share}", node.entry.span_of("kernel"))
        elif 2 * outside > macs:
            yield Found(f"'{node.path}' mostly reads padding: {share}", node.entry.span_of("padding"))


def _extent(axis: Axis) -> str:
    return f"{axis.kernel} dilated to {axis.extent}" if axis.dilation > 1 else str(axis.extent)


RULE = Rule("warning", network=network)
