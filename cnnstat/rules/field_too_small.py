"""What is pooled over the whole map sees less than the input.

Why:
    A pool over the whole map forgets where its values stood. Where the receptive field of one of them is
    smaller than the input, nothing in the network ever sees things together that lie further apart: it counts
    parts, as a bag of local features does. That may be enough for textures, and for objects smaller than the
    field. Which field a task needs is a matter of a budget (`receptive_field: >= 224`).

Source:
    Brendel and Bethge: Approximating CNNs with bag-of-local-features models works surprisingly well on
    ImageNet, arXiv:1904.00760; Araujo, Norris, Sim: Computing receptive fields of convolutional neural
    networks, Distill, 2019.

Bad:
    name: bag of features
    input: [3, 64, 64]
    layers:
      - {type: conv, filters: 64, kernel: 4, stride: 2, padding: 1, repeat: 2}
      - {type: global_avg_pool}
      - {type: flatten}
      - {type: linear, units: 10}

Good:
    name: whole input
    input: [3, 64, 64]
    layers:
      - {type: conv, filters: 64, kernel: 4, stride: 2, padding: 1, repeat: 5}
      - {type: global_avg_pool}
      - {type: flatten}
      - {type: linear, units: 10}
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from cnnstat.layers.base import places, show
from cnnstat.layers.pyramid import SpatialPyramidPool
from cnnstat.rules.rule import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.analysis import Analysis

_POOLS = ("pool", "reduce")


def network(analysis: Analysis) -> Iterator[Found]:
    """Find pools of the last map into one place whose units see less than the input.

    What a pyramid pools keeps some of its order.
    """
    extent = places(analysis.input_shape)
    if len(analysis.input_shape) == 1:
        return
    heads = _heads(analysis)
    for number in dict.fromkeys(heads[output] for output in analysis.graph.outputs):
        if number is None:
            continue
        node = analysis.layer(number).node
        if node.layer.family not in _POOLS or isinstance(node.layer, SpatialPyramidPool):
            continue
        source = node.values[0]
        field, shape = analysis.fields[source], analysis.shapes[source]
        if not field.known:
            continue
        sizes = field.sizes(shape)
        if any(size < whole for size, whole in zip(sizes, extent, strict=True)):
            sees = f"each sees {show(sizes)} of the {show(extent)} input"
            message = f"of the {show(places(shape))} units that '{node.path}' pools, {sees}"
            yield Found(f"{message}: what lies further apart is never compared", node.entry.span)


def _heads(analysis: Analysis) -> list[int | None]:
    """Return for each node the layer above it that made one place of a map; None for none."""
    one_place = [prod(shape[1:]) == 1 for shape in analysis.shapes]
    found: list[int | None] = [None] * len(analysis.graph.inputs)
    for node in analysis.graph.layers:
        source = node.values[0] if node.values and one_place[node.number] else None
        head = source is not None and not one_place[source]
        found.append(node.number if head else found[source] if source is not None else None)
    return found


RULE = Rule("info", network=network)
