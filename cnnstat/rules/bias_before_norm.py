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
from cnnstat.layers.conv import Convolution
from cnnstat.layers.linear import Linear
from cnnstat.layers.norm import BatchNorm, GroupNorm, InstanceNorm, LayerNorm
from cnnstat.layers.transposed import TransposedConv
from cnnstat.rules.edits import with_option
from cnnstat.rules.rule import Found, Rule
from cnnstat.rules.wiring import Wiring

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.analysis import Analysis
    from cnnstat.graph.nodes import LayerNode


def network(analysis: Analysis) -> Iterator[Found]:
    """Find layers with a bias whose only readers are norms, with all that share it."""
    wiring = Wiring(analysis.graph)
    needless: set[int] = set()
    for users in wiring.sharing():
        if all(_is_needless(analysis, wiring, node) for node in users):
            needless.update(node.number for node in users)
    for alike in wiring.written():
        safe = _is_safe(wiring, alike, needless)
        for node in alike:
            if node.number in needless:
                norm = wiring.readers(node)[0].type
                message = f"the bias of '{node.path}' has no effect: {norm} takes it off; write bias: false"
                edits = with_option(node.entry, "bias", "false") if safe else ()
                yield Found(message, node.span_of("bias"), edits, node.entry)


def _is_needless(analysis: Analysis, wiring: Wiring, node: LayerNode) -> bool:
    layer = node.layer
    # What the bias of a type from a plug-in does, nobody knows here.
    biased = isinstance(layer, Convolution | TransposedConv | Linear) and layer.bias
    if not biased or node.frozen or node.number in analysis.graph.outputs:
        return False
    readers = wiring.readers(node)
    return bool(readers) and all(_takes_off(analysis, node, norm) for norm in readers)


def _takes_off(analysis: Analysis, node: LayerNode, norm: LayerNode) -> bool:
    """Say whether a norm takes means of what has one and the same bias."""
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


def _is_safe(wiring: Wiring, alike: list[LayerNode], needless: set[int]) -> bool:
    """Say whether no layer of an entry needs its bias, whatever the parameters of the network are."""
    return all(
        node.number in needless
        and not wiring.shares(node)
        and all(
            isinstance(norm.entry.type.value, str) and not norm.entry.when for norm in wiring.readers(node)
        )
        for node in alike
    )


RULE = Rule("warning", network=network)
