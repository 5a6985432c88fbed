"""A bias directly before a norm of each channel has no effect.

Why:
    The norm takes the mean of each channel off, and the bias with it. Its numbers are stored, trained and
    counted, but never matter; the shift of the norm is the bias. Over several channels at once, or behind
    a frozen batch norm, a bias does matter and is not found. --fix writes `bias: false`, unless the same
    entry needs its bias elsewhere in the file, shares its parameters, or leaves the bias to an expression.

Source:
    Ioffe and Szegedy 2015, Batch Normalization, arXiv:1502.03167, section 3.2.

Bad:
    name: bias
    input: [3, 8, 8]
    layers:
      - {type: conv, filters: 4, kernel: 3}
      - {type: batch_norm}

Good:
    name: bias
    input: [3, 8, 8]
    layers:
      - {type: conv, filters: 4, kernel: 3, bias: false}
      - {type: batch_norm}
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.layers.axis import place_of
from cnnstat.layers.linear import Linear
from cnnstat.layers.norm import BatchNorm, GroupNorm, InstanceNorm, LayerNorm
from cnnstat.rules.edits import with_option
from cnnstat.rules.rule import Edit, Found, Rule
from cnnstat.rules.wiring import Wiring

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.analysis import Analysis
    from cnnstat.graph.nodes import LayerNode


def network(analysis: Analysis) -> Iterator[Found]:
    """Find layers with a bias whose only readers are norms, with all that share it."""
    wiring = Wiring(analysis.graph)
    needless = [
        node
        for node in analysis.graph.layers
        if all(_is_needless(analysis, wiring, each) for each in wiring.sharing(node))
    ]
    numbers = {node.number for node in needless}
    for node in needless:
        norm = wiring.readers(node)[0].type
        message = f"the bias of '{node.path}' has no effect: {norm} takes it off; write bias: false"
        yield Found(message, node.entry.span_of("bias"), _edits(wiring, node, numbers), node.entry)


def _is_needless(analysis: Analysis, wiring: Wiring, node: LayerNode) -> bool:
    if not getattr(node.layer, "bias", False) or node.frozen or node.number in analysis.graph.outputs:
        return False
    readers = wiring.readers(node)
    return bool(readers) and all(_takes_off(analysis, node, norm) for norm in readers)


def _takes_off(analysis: Analysis, node: LayerNode, norm: LayerNode) -> bool:
    """Say whether a norm takes means of what has one and the same bias."""
    if norm.frozen:  # of a batch norm, the means then are constants
        return False
    shape, layer, along = analysis.shapes[node.number], norm.layer, 0
    if isinstance(node.layer, Linear) and node.layer.axis is not None:
        along = place_of(node.layer.axis, shape)
    match layer:
        case LayerNorm():
            return layer.axes != "all" and place_of(layer.axes, shape) != along
        case GroupNorm():
            return along == 0 and layer.parts((shape,)).value == shape[0]
        case BatchNorm():
            return along == 0 and not norm.frozen  # at rest, its means are constants
        case InstanceNorm():
            return along == 0
        case _:
            return False


def _edits(wiring: Wiring, node: LayerNode, needless: set[int]) -> tuple[Edit, ...]:
    """Return what takes the bias away, where no layer of the same entry needs it."""
    entry, alike = node.entry, wiring.written_as(node)
    settled = all(
        isinstance(norm.entry.type.value, str) and norm.entry.when is None
        for each in alike
        for norm in wiring.readers(each)
    )
    alone = all(each.number in needless and wiring.sharing(each) == (each,) for each in alike)
    return with_option(entry, "bias", "false") if settled and alone else ()


RULE = Rule("warning", network=network)
