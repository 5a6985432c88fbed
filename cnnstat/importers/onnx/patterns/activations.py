"""Activations in several nodes, recognised by what they compute, not by how they are written.

Where a few nodes make a function of one input, value by value, it is computed at some points, and the
activation that has the same values there is what it is. So x·sigmoid(x), x·0.5·(1 + erf(x/sqrt 2)) and their
reorderings need no row each.
"""

from __future__ import annotations

from math import erf, exp, log1p, sqrt, tanh
from typing import TYPE_CHECKING, Any

from cnnstat.importers.onnx.patterns.elementary import value_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cnnstat.importers.onnx.nodes.model import Model
    from cnnstat.importers.onnx.nodes.value import Node, Value
    from cnnstat.importers.onnx.patterns.wired import Wired

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


class Activations:
    """The activations among a model's nodes; what some nodes compute together is found out once."""

    def __init__(self, wired: Wired) -> None:
        self.wired, self.model = wired, wired.model
        self._functions: dict[object, str | None] = {}

    def replace(self, node: Node) -> None:
        """Let a node be the activation that it ends, if it ends one."""
        if id(node) in self.wired.gone or node.op not in _PIECES or node.domain:
            return
        found: tuple[str, str, list[Node]] | None = None
        for source, pieces in self._cones(node):
            name = self._function(source, pieces)
            if name is not None:
                found = name, source, pieces
        if found:
            name, source, pieces = found
            node.op, node.domain, node.inputs, node.attributes = name, "found", [source], {}
            self.wired.gone |= {id(each) for each in pieces if each is not node}

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
                yield open_[0], sorted(pieces, key=lambda each: self.wired.order[id(each)])
            makers = [self.wired.maker[name] for name in open_ if name in self.wired.maker]
            makers = [each for each in makers if self._joins(each, pieces)]
            if not makers:
                return
            last = max(makers, key=lambda each: self.wired.order[id(each)])
            if last.op in _BENDS and last.op == pieces[-1].op:
                return  # no activation bends twice the same way
            pieces.append(last)

    def _joins(self, node: Node, pieces: list[Node]) -> bool:
        within = {id(each) for each in pieces}
        read_here = all(id(each) in within for name in node.outputs for each in self.wired.users[name])
        output = any(name in self.model.outputs for name in node.outputs)
        return (
            read_here
            and not output
            and node.op in _PIECES
            and not node.domain
            and id(node) not in self.wired.gone
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
