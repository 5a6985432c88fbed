"""A bias directly before a norm of each channel has no effect.

Why:
    The norm takes the mean of each channel off, and the bias with it. Its numbers are stored, trained and
    counted, but never matter; the shift of the norm is the bias. Over several channels at once, or behind
    a frozen batch norm, a bias does matter and is not found. --fix writes `bias: false`, unless the same
    entry needs its bias elsewhere in the file or leaves it to an expression, the file shares weights, or
    other parameters may bring a layer that needs the bias: who reads it, or over what the norm takes its
    means, is then an expression or has a `when:`.

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
from cnnstat.rules.possible_readers import PossibleReaders
from cnnstat.rules.rule import Found, Rule
from cnnstat.rules.wiring import Wiring
from cnnstat.rules.written import entries
from cnnstat.spec.expression import Expression
from cnnstat.spec.model import Expressions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.analysis import Analysis
    from cnnstat.graph.nodes import LayerNode
    from cnnstat.spec.model import Entry, Family, Option


def network(analysis: Analysis) -> Iterator[Found]:
    """Find layers with a bias whose only readers are norms, with all that share it."""
    wiring = Wiring(analysis.graph)
    needless: set[int] = set()
    for users in wiring.sharing():
        if all(_is_needless(analysis, wiring, node) for node in users):
            needless.update(node.number for node in users)
    spec = analysis.graph.spec.family
    possible = PossibleReaders(spec)
    settled = _shares_nothing(spec) and _freezes_the_same(spec)
    for alike in wiring.written():
        needed = any(node.number not in needless for node in alike)
        safe = settled and not needed and _is_safe(possible, wiring, alike)
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


def _shares_nothing(spec: Family) -> bool:
    """Say whether no layer has the weights of another: who shares them may be left out in a network."""
    return not any(each.weights for each in entries(spec))


def _freezes_the_same(spec: Family) -> bool:
    """Say whether calls of blocks freeze what is in them whatever the parameters of the network are."""
    calls = (each for each in entries(spec) if each.type.value in spec.blocks or _varies(each.type))
    return not any(_varies(each.frozen) for each in calls)


def _is_safe(possible: PossibleReaders, wiring: Wiring, alike: list[LayerNode]) -> bool:
    """Say whether an entry needs no bias in this network, and in none that other parameters make of it."""
    entry, norms = alike[0].entry, {id(norm.entry) for node in alike for norm in wiring.readers(node)}
    readers = possible.of(entry)
    if readers is None or not all(id(norm) in norms and _is_settled(norm, entry) for norm in readers):
        return False
    return not any(_varies(each.frozen) for each in (entry, *readers))


def _is_settled(norm: Entry, entry: Entry) -> bool:
    """Say whether a norm takes means of the same, whatever the parameters of the network are."""
    by_name = {option.name: option for option in (*entry.options, *entry.first)}
    if _varies(by_name.get("axis")):
        return False
    width = next((by_name[name] for name in ("filters", "units") if name in by_name), None)
    for option in (*norm.options, *norm.first):
        if option.name == "groups" and norm.type.value == "group_norm":
            each = isinstance(option.value, Expression) and option.value.text == "$in"
            if not each and (width is None or _varies(width) or _varies(option)):
                return False
        elif _varies(option):
            return False
    return True


def _varies(option: Option | None) -> bool:
    return option is not None and isinstance(option.value, Expression | Expressions)


RULE = Rule("warning", network=network)
