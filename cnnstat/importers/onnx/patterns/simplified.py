"""What exporters write as several nodes and a person as one layer.

An activation in pieces is recognised by what it computes, not by how it is written: where a few nodes make a
function of one input, value by value, it is computed at some points, and the activation that has the same
values there is what it is. So x·sigmoid(x), x·0.5·(1 + erf(x/sqrt 2)) and their reorderings need no row each.
"""

from __future__ import annotations

from collections import defaultdict
from math import erf, exp, log1p, sqrt, tanh
from typing import TYPE_CHECKING, Any

from cnnstat.importers.onnx.patterns.elementary import value_of
from cnnstat.importers.onnx.patterns.norms import norm_before, scale_behind
from cnnstat.importers.onnx.patterns.pools import pool_from
from cnnstat.importers.onnx.patterns.shuffles import shuffle_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cnnstat.importers.onnx.nodes.model import Model
    from cnnstat.importers.onnx.nodes.value import Node, Value

_PIECES = {
    *(
        "Add",
        "Sub",
        "Mul",
        "Div",
        "Pow",
        "Sqrt",
        "Exp",
        "Log",
        "Abs",
        "Neg",
        "Reciprocal",
        "Clip",
        "Relu",
        "Max",
        "Min",
    ),
    *("Sigmoid", "Tanh", "Erf", "Softplus", "HardSigmoid"),
}
_BENDS = {"Sigmoid", "Tanh", "Erf", "Softplus", "HardSigmoid", "Exp", "Clip", "Relu", "Max", "Min", "Abs"}
_WHOLE = {"Add", "Sub", "Mul", "Div", "Max", "Min"}
"""Operators that repeat one input along another one."""
_MOST = 12  # nodes that one activation is made of
_POINTS = tuple(i / 4 - 8.1 for i in range(66))


def _mish(x: float) -> float:
    return x * tanh(log1p(exp(x)))


_KNOWN: dict[str, Callable[[float], float]] = {
    "silu": lambda x: x / (1 + exp(-x)),
    "hard_swish": lambda x: x * min(max(x + 3, 0), 6) / 6,
    "hard_sigmoid": lambda x: min(max(x + 3, 0), 6) / 6,
    "gelu": lambda x: x * (1 + erf(x / sqrt(2))) / 2,
    "gelu_tanh": lambda x: x * (1 + tanh(0.7978845608 * (x + 0.044715 * x**3))) / 2,
    "mish": _mish,
    "softplus": lambda x: log1p(exp(x)),
    "softsign": lambda x: x / (1 + abs(x)),
}


def simplified(model: Model) -> None:
    """Replace nodes that belong together by one, in place."""
    _without_copies(model)
    _Patterns(model).apply()


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


class _Patterns:
    def __init__(self, model: Model) -> None:
        self.model = model
        self.maker: dict[str, Node] = {}
        self.users: dict[str, list[Node]] = defaultdict(list)
        for node in model.nodes:
            for name in node.outputs:
                self.maker[name] = node
            for name in node.inputs:
                self.users[name].append(node)
        self.order = {id(node): number for number, node in enumerate(model.nodes)}
        self.gone: set[int] = set()
        self._functions: dict[object, str | None] = {}

    def apply(self) -> None:
        for node in self.model.nodes:
            if id(node) not in self.gone:
                self._stretch(node)
                self._pool(node)
                self._shuffle(node)
                self._norm(node)
                self._bias(node)
        for node in reversed(self.model.nodes):
            if id(node) not in self.gone and node.op in _PIECES and not node.domain:
                self._activation(node)
        self._drop()

    def _drop(self) -> None:
        """Leave out what has become part of another node, and what nothing that is put out depends on."""
        needed, left = {*self.model.outputs}, []
        for node in reversed(self.model.nodes):
            wanted = node.noted is not None or not needed.isdisjoint(node.outputs)
            if wanted and id(node) not in self.gone:
                needed.update(node.inputs)
                left.append(node)
        self.model.nodes = left[::-1]

    def _alone(self, name: str) -> bool:
        """Say whether a value is read by one node and is no output."""
        return len(self.users[name]) == 1 and name not in self.model.outputs

    def _next(self, node: Node, op: str) -> Node | None:
        """Return the only reader of a node's output, if it is of this kind."""
        if not self._alone(node.outputs[0]):
            return None
        reader = self.users[node.outputs[0]][0]
        return reader if reader.op == op and id(reader) not in self.gone else None

    def _stretch(self, node: Node) -> None:
        """An Expand in front of what would repeat the value by itself, beside another input."""
        if node.op != "Expand":
            return
        values = self.model.values
        x, out = values[node.inputs[0]], values[node.outputs[0]]
        if x.batch is None or len(x.shape or ()) != len(out.shape or ()):
            return
        for user in self.users[out.name]:
            others = [values[name] for name in user.inputs if name != out.name]
            if user.op in _WHOLE and any(each.shape == out.shape for each in others):
                user.inputs = [x.name if name == out.name else name for name in user.inputs]
                self.users[x.name].append(user)

    def _shuffle(self, node: Node) -> None:
        """Reshape, Transpose and Reshape that deal out channels or exchange them with places."""
        middle = self._next(node, "Transpose") if node.op == "Reshape" else None
        last = self._next(middle, "Reshape") if middle else None
        if middle is None or last is None:
            return
        values = self.model.values
        before, table, after = (values[name] for name in (node.inputs[0], node.outputs[0], last.outputs[0]))
        if not before.batch == table.batch == after.batch == 0 or before.folded != table.folded:
            return
        order = middle.attributes.get("perm") or []
        found = shuffle_of(before.sample, table.sample, order, after.sample)
        if found is None:
            return
        last.op, last.domain, last.attributes = found
        last.inputs = [node.inputs[0]]
        self.gone |= {id(node), id(middle)}

    def _pool(self, node: Node) -> None:
        """An adaptive pool in pieces."""
        if node.op not in ("GatherND", "Gather"):
            return
        after = [each for each in self.model.nodes[self.order[id(node)] + 1 :] if id(each) not in self.gone]
        found = pool_from(node, self.model, self.maker, after)
        if found is not None:
            last = found.pieces[-1]
            self.gone |= {id(each) for each in found.pieces[:-1]}
            last.op, last.domain, last.inputs = found.kind, "found", [found.x]
            last.attributes = {"size": found.size}

    def _norm(self, node: Node) -> None:
        """A layer norm in pieces, with its scale and shift if it has both."""
        found = norm_before(node, self.maker, self.model.values)
        if found is None:
            return
        pieces = {id(each) for each in (*found.pieces, node)}
        inner = [name for each in found.pieces for name in each.outputs]
        if any(id(user) not in pieces for name in inner for user in self.users[name]):
            return
        if not {*inner}.isdisjoint(self.model.outputs):
            return
        size = (self.model.values[found.x].shape or (0,))[-1]
        last, scale = scale_behind(node, size, self._next, self.model.values)
        if not scale:
            return
        between = [each for each in self.users[node.outputs[0]] if each is not last]
        self.gone |= pieces | {id(each) for each in between}
        last.op, last.inputs = "LayerNormalization", [found.x, *scale]
        last.attributes = {"axis": -1, "epsilon": found.eps}
        last.name, last.scope = node.name, node.scope

    def _bias(self, node: Node) -> None:
        """Add a constant for each unit behind a MatMul, or for each filter behind a Conv: its bias."""
        if node.op not in ("MatMul", "Conv") or node.domain or len(node.inputs) != 2:
            return
        add = self._next(node, "Add")
        if add is None or not self.model.values[node.inputs[1]].constant:
            return
        name = next((each for each in add.inputs if each != node.outputs[0]), "")
        bias, out = self.model.values[name], self.model.values[node.outputs[0]]
        if not bias.constant or bias.shape is None or self.model.values[add.outputs[0]].shape != out.shape:
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
        self.model.values[stored] = flat
        add.op, add.inputs, add.attributes = node.op, [*node.inputs, stored], node.attributes
        add.name, add.scope = node.name, node.scope or add.scope
        self.gone.add(id(node))

    def _activation(self, node: Node) -> None:
        """A function of one input, value by value, in several nodes."""
        found: tuple[str, str, list[Node]] | None = None
        for source, pieces in self._cones(node):
            name = self._function(source, pieces)
            if name is not None:
                found = name, source, pieces
        if found:
            name, source, pieces = found
            node.op, node.domain, node.inputs, node.attributes = name, "found", [source], {}
            self.gone |= {id(each) for each in pieces if each is not node}

    def _cones(self, node: Node) -> Iterator[tuple[str, list[Node]]]:
        """Yield the nodes that make of one value what this one puts out, ever more of them."""
        pieces = [node]
        while len(pieces) <= _MOST:
            inside = {name for each in pieces for name in each.outputs}
            read = {name for each in pieces for name in each.inputs if name and name not in inside}
            open_ = [name for name in read if not self.model.values[name].constant]
            if any(self._size(name) != 1 for name in read if name not in open_):
                return
            if len(open_) == 1 and any(each.op in _BENDS for each in pieces) and len(pieces) > 1:
                yield open_[0], sorted(pieces, key=lambda each: self.order[id(each)])
            makers = [self.maker[name] for name in open_ if name in self.maker]
            makers = [each for each in makers if self._joins(each, pieces)]
            if not makers:
                return
            last = max(makers, key=lambda each: self.order[id(each)])
            if last.op in _BENDS and last.op == pieces[-1].op:
                return  # no activation bends twice the same way
            pieces.append(last)

    def _joins(self, node: Node, pieces: list[Node]) -> bool:
        within = {id(each) for each in pieces}
        read_here = all(id(each) in within for name in node.outputs for each in self.users[name])
        output = any(name in self.model.outputs for name in node.outputs)
        return (
            read_here and not output and node.op in _PIECES and not node.domain and id(node) not in self.gone
        )

    def _size(self, name: str) -> int:
        array = self.model.values[name].array
        return 0 if array is None else int(array.size)

    def _function(self, source: str, pieces: list[Node]) -> str | None:
        """Return which activation nodes compute together, if it is one that is known."""
        numbers = {source: 0}
        key: list[object] = []
        for node in pieces:
            read: list[object] = []
            for name in node.inputs:
                value: Value | None = self.model.values.get(name)
                known = numbers.get(name)
                read.append(
                    ("of", known)
                    if known is not None
                    else float(value.array.reshape(-1)[0])
                    if value and value.array is not None
                    else None
                )
            numbers[node.outputs[0]] = len(numbers)
            key.append(
                (node.op, *read, *sorted((name, repr(each)) for name, each in node.attributes.items()))
            )
        if (kept := tuple(key)) not in self._functions:
            self._functions[kept] = self._same_values(source, pieces)
        return self._functions[kept]

    def _same_values(self, source: str, pieces: list[Node]) -> str | None:
        import numpy as np  # noqa: PLC0415

        ys = _computed(self.model, source, pieces, np.array(_POINTS))
        if ys is None or ys.shape != (len(_POINTS),):
            return None
        for name, function in _KNOWN.items():
            wanted = np.array([function(x) for x in _POINTS])
            if np.allclose(ys, wanted, rtol=1e-4, atol=1e-5):
                return name
        return None


def _computed(model: Model, source: str, pieces: list[Node], points: Any) -> Any:
    """Return what nodes make of some points; None where they cannot be computed."""
    import numpy as np  # noqa: PLC0415

    known = {source: points}
    try:
        with np.errstate(all="ignore"):
            for node in pieces:
                for name in node.inputs:
                    if name and name not in known:
                        known[name] = model.values[name].array.astype(np.float64).reshape(())
                known[node.outputs[0]] = value_of(
                    node, [known[name] if name else None for name in node.inputs]
                )
    except (LookupError, ValueError, TypeError, AttributeError):
        return None
    return known[pieces[-1].outputs[0]]
