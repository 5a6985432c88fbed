"""What exporters write as several nodes and a person as one layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.importers.onnx.patterns.activations import Activations
from cnnstat.importers.onnx.patterns.norms import norm_before, scale_behind
from cnnstat.importers.onnx.patterns.pools import pool_from
from cnnstat.importers.onnx.patterns.shuffles import shuffle_of
from cnnstat.importers.onnx.patterns.wired import Wired

if TYPE_CHECKING:
    from cnnstat.importers.onnx.nodes.model import Model
    from cnnstat.importers.onnx.nodes.value import Node

_WHOLE = {"Add", "Sub", "Mul", "Div", "Max", "Min"}
"""Operators that repeat one input along another one."""


def simplified(model: Model) -> None:
    """Replace nodes that belong together by one, in place."""
    _without_copies(model)
    wired = Wired(model)
    for node in model.nodes:
        if id(node) not in wired.gone:
            for found in (_stretch, _pool, _shuffle, _norm, _bias):
                found(node, wired)
    activations = Activations(wired)
    for node in reversed(model.nodes):
        activations.replace(node)
    wired.drop()


def _without_copies(model: Model) -> None:
    """Let what reads a copy read what it is a copy of: exporters write one for `contiguous`."""
    copied: dict[str, str] = {}
    left: list[Node] = []
    for node in model.nodes:
        node.inputs = [copied.get(name, name) for name in node.inputs]
        copies = node.op == "Identity" and not node.domain and node.noted is None
        if copies and node.outputs[0] not in model.outputs and not model.values[node.inputs[0]].constant:
            copied[node.outputs[0]] = node.inputs[0]
        else:
            left.append(node)
    model.nodes = left


def _stretch(node: Node, wired: Wired) -> None:
    """An Expand in front of what would repeat the value by itself, beside another input."""
    if node.op != "Expand":
        return
    values = wired.model.values
    x, out = values[node.inputs[0]], values[node.outputs[0]]
    if x.batch is None or len(x.shape or ()) != len(out.shape or ()):
        return
    for user in wired.users[out.name]:
        others = [values[name] for name in user.inputs if name != out.name]
        if user.op in _WHOLE and any(each.shape == out.shape for each in others):
            user.inputs = [x.name if name == out.name else name for name in user.inputs]
            wired.users[x.name].append(user)


def _shuffle(node: Node, wired: Wired) -> None:
    """Reshape, Transpose and Reshape that deal out channels or exchange them with places."""
    middle = wired.next(node, "Transpose") if node.op == "Reshape" else None
    last = wired.next(middle, "Reshape") if middle else None
    if middle is None or last is None:
        return
    values = wired.model.values
    before, table, after = (values[name] for name in (node.inputs[0], node.outputs[0], last.outputs[0]))
    if not before.batch == table.batch == after.batch == 0 or before.folded != table.folded:
        return
    order = middle.attributes.get("perm") or []
    found = shuffle_of(before.sample, table.sample, order, after.sample)
    if found is None:
        return
    last.op, last.domain, last.attributes = found
    last.inputs = [node.inputs[0]]
    wired.gone |= {id(node), id(middle)}


def _pool(node: Node, wired: Wired) -> None:
    """An adaptive pool in pieces."""
    if node.op not in ("GatherND", "Gather"):
        return
    after = [each for each in wired.model.nodes[wired.order[id(node)] + 1 :] if id(each) not in wired.gone]
    found = pool_from(node, wired.model, wired.maker, after)
    if found is not None:
        last = found.pieces[-1]
        wired.gone |= {id(each) for each in found.pieces[:-1]}
        last.op, last.domain, last.inputs = found.kind, "found", [found.x]
        last.attributes = {"size": found.size}


def _norm(node: Node, wired: Wired) -> None:
    """A layer norm in pieces, with its scale and shift if it has both."""
    found = norm_before(node, wired.maker, wired.model.values)
    if found is None:
        return
    pieces = {id(each) for each in (*found.pieces, node)}
    inner = [name for each in found.pieces for name in each.outputs]
    if any(id(user) not in pieces for name in inner for user in wired.users[name]):
        return
    if not {*inner}.isdisjoint(wired.model.outputs):
        return
    size = (wired.model.values[found.x].shape or (0,))[-1]
    last, scale = scale_behind(node, size, wired.next, wired.model.values)
    if not scale:
        return
    between = [each for each in wired.users[node.outputs[0]] if each is not last]
    wired.gone |= pieces | {id(each) for each in between}
    last.op, last.inputs = "LayerNormalization", [found.x, *scale]
    last.attributes = {"axis": -1, "epsilon": found.eps}
    last.name, last.scope = node.name, node.scope


def _bias(node: Node, wired: Wired) -> None:
    """Add a constant for each unit behind a MatMul, or for each filter behind a Conv: its bias."""
    if node.op not in ("MatMul", "Conv") or node.domain or len(node.inputs) != 2:
        return
    add = wired.next(node, "Add")
    if add is None or not wired.model.values[node.inputs[1]].constant:
        return
    name = next((each for each in add.inputs if each != node.outputs[0]), "")
    bias, out = wired.model.values[name], wired.model.values[node.outputs[0]]
    if not bias.constant or bias.shape is None or wired.model.values[add.outputs[0]].shape != out.shape:
        return
    units = (out.shape or (0,))[-1 if node.op == "MatMul" else 1]
    sizes = [size for size in bias.shape if size != 1] or [1]
    rank = len(out.shape or ())
    own = (units,) if node.op == "MatMul" else (units, *(1,) * (rank - 2))
    if sizes != [units] or bias.shape[-len(own) :] != own:
        return
    from cnnstat.importers.onnx.operators.activation import reshaped  # noqa: PLC0415

    stored = f"{name}\0{units}"
    flat = reshaped(bias, (units,))
    wired.model.values[stored] = flat
    add.op, add.inputs, add.attributes = node.op, [*node.inputs, stored], node.attributes
    add.name, add.scope = node.name, node.scope or add.scope
    wired.gone.add(id(node))
