"""A transposed convolution whose kernel is not divisible by its stride.

Why:
    Each input paints a kernel onto the output, a stride apart. If the stride does not divide the kernel, some
    places are painted by more inputs than their neighbours, in a regular pattern that shows as a
    checkerboard in what is generated. Take a kernel that is a multiple of the stride, or an `upsample` and a
    convolution.

Source:
    Odena, Dumoulin, Olah, Deconvolution and checkerboard artifacts, Distill 2016.

Bad:
    name: checkered
    input: [8, 7, 7]
    layers:
      - {type: transposed_conv, filters: 4, kernel: 3, stride: 2, padding: 1, output_padding: 1}

Good:
    name: even
    input: [8, 7, 7]
    layers:
      - {type: transposed_conv, filters: 4, kernel: 4, stride: 2, padding: 1}
"""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING

from cnnstat.layers.base import per_axis
from cnnstat.layers.transposed import TransposedConv
from cnnstat.rules.rule import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.analysis import Analysis


def network(analysis: Analysis) -> Iterator[Found]:
    """Find transposed convolutions that paint some places more often than others, or not at all."""
    for node in analysis.graph.layers:
        layer = node.layer
        if not isinstance(layer, TransposedConv):
            continue
        rank = len(analysis.inputs(node.number)[0]) - 1
        options = ((layer.kernel, "kernel"), (layer.stride, "stride"), (layer.dilation, "dilation"))
        for kernel, stride, dilation in zip(
            *(per_axis(each, rank, name) for each, name in options), strict=True
        ):
            if kernel % stride or gcd(dilation, stride) > 1:
                dilated = f", dilated by {dilation}," if dilation > 1 else ""
                message = (
                    f"the kernel {kernel}{dilated} of '{node.path}' is no multiple of its stride {stride}"
                )
                if not kernel % stride:
                    message = (
                        f"the dilation {dilation} of '{node.path}' leaves out places of its stride {stride}"
                    )
                message = f"{message}: it paints some places more often than others"
                yield Found(message, node.span_of("kernel"))
                break


RULE = Rule("warning", network=network)
