"""Convolutions that make the receptive field larger than the input.

Why:
    From where the receptive field covers the whole input, a further kernel brings in nothing new: only padding
    comes into sight. Such layers were found to add little to what a classifier learns. A larger
    input, a later stride or fewer layers make better use of the parameters. In a network with many short ways
    around its layers, some of what they read has a smaller field, and they may be worth their price.

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

Good:
    name: deep enough
    input: [3, 8, 8]
    layers:
      - {type: conv, filters: 8, kernel: 5, padding: 2}
      - {type: conv, filters: 8, kernel: 5, padding: 2}
"""

from __future__ import annotations

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
    if not found:
        return
    first, params = found[0].node, sum(row.counts.params for row in found)
    above = first.inputs[0]
    field = show(analysis.fields[above].sizes(analysis.shapes[above]))
    input_shape = show(places(analysis.input_shape))
    message = f"what '{first.path}' reads has a field of {field} already, on an input of {input_shape}"
    share = f"{params:,} of {analysis.totals.counts.params:,} parameters"
    more = f"{len(found)} {plural('convolution', len(found))} with {share} only enlarge{'s' * (len(found) == 1)} it"
    yield Found(f"{message}: {more}", first.entry.span)


def _is_unproductive(analysis: Analysis, row: LayerRow) -> bool:
    """Say whether a layer enlarges a field that covers the input along all axes."""
    if not isinstance(row.node.layer, Convolution):
        return False
    above = row.node.inputs[0]
    field, extents = analysis.fields[above], places(analysis.input_shape)
    if not field.known or len(field.axes) != len(extents):
        return False
    axes = row.node.layer.axes(analysis.inputs(row.node.number))
    sizes = field.sizes(analysis.shapes[above])
    covered = all(size >= extent for size, extent in zip(sizes, extents, strict=True))
    return covered and any(axis.kernel > 1 for axis in axes)


RULE = Rule("info", network=network)
