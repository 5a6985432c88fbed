"""Convolutions that make the receptive field larger than the input.

Why:
    From where the receptive field covers the whole input, a further kernel brings nothing new into sight. In
    classifiers, such layers were found to add little to what is learned: fewer layers, or a larger input,
    make better use of the parameters. Branches with smaller kernels and shortcuts bring smaller fields along,
    so behind them it may pay to go on. Networks that put out maps are not looked at: their deeper layers go
    back to the places.

Source:
    Richter, Schoening, Wiedenroth, Krumnack, Should you go deeper? Optimizing convolutional neural network
    architectures without training by receptive field analysis, arXiv:2106.12307.

Bad:
    name: too deep
    input: [3, 8, 8]
    layers:
      - {type: conv, filters: 8, kernel: 5, padding: 2}
      - {type: conv, filters: 8, kernel: 5, padding: 2}
      - {type: conv, filters: 8, kernel: 5, padding: 2}
      - {type: global_avg_pool}

Good:
    name: deep enough
    input: [3, 8, 8]
    layers:
      - {type: conv, filters: 8, kernel: 5, padding: 2}
      - {type: conv, filters: 8, kernel: 5, padding: 2}
      - {type: global_avg_pool}
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from cnnstat.base.text import plural
from cnnstat.layers.base import places, show
from cnnstat.layers.conv import Convolution
from cnnstat.rules.rule import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.analysis import Analysis
    from cnnstat.analysis.model import LayerRow


def network(analysis: Analysis) -> Iterator[Found]:
    """Find the first convolution that reads what sees the whole input already, and count those behind it."""
    found = [row for row in analysis.rows if _is_unproductive(analysis, row)]
    one_place = all(math.prod(shape[1:]) == 1 for shape in analysis.output_shapes.values())
    if not found or not one_place:
        return
    first, params = found[0].node, sum(row.counts.params for row in found)
    above = first.inputs[0]
    field = show(analysis.fields[above].sizes(analysis.shapes[above]))
    input_shape = show(places(analysis.input_shape))
    message = f"what '{first.path}' reads has a field of {field} already, on an input of {input_shape}"
    share = f"{params:,} of {analysis.totals.counts.params:,} parameters"
    verb = "enlarges" if len(found) == 1 else "enlarge"
    more = f"{len(found)} {plural('convolution', len(found))} with {share} only {verb} it"
    yield Found(f"{message}: {more}", first.entry.span)


def _is_unproductive(analysis: Analysis, row: LayerRow) -> bool:
    """Say whether a layer enlarges a field that covers the input along all axes."""
    if not isinstance(row.node.layer, Convolution):
        return False
    above = row.node.inputs[0]
    field, extents = analysis.fields[above], places(analysis.input_shape)
    if not field.known or len(field.axes) != len(extents):
        return False
    axes = row.node.layer.window(analysis.inputs(row.node.number))
    sizes = field.sizes(analysis.shapes[above])
    covered = all(size >= extent for size, extent in zip(sizes, extents, strict=True))
    return covered and any(axis.kernel > 1 for axis in axes)


RULE = Rule("info", network=network)
