"""What the operators that activations are made of compute, value by value."""

from __future__ import annotations

from math import erf, inf
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnnstat.importers.onnx.nodes.value import Node


def value_of(node: Node, given: list[Any]) -> Any:
    """Return what a node makes of arrays, of which None are left out.

    Raises:
        LookupError: it is none of these operators.
    """
    import numpy as np  # noqa: PLC0415

    x, attributes = given[0], node.attributes
    if node.op == "Clip":  # bounds are attributes up to opset 10
        low, high = (
            attributes.get(name, default) if len(given) <= number or given[number] is None else given[number]
            for number, (name, default) in enumerate((("min", -inf), ("max", inf)), 1)
        )
        return np.minimum(np.maximum(x, low), high)
    if node.op == "HardSigmoid":
        return np.clip(attributes.get("alpha", 0.2) * x + attributes.get("beta", 0.5), 0, 1)
    several: dict[str, Any] = {
        "Add": np.add,
        "Sub": np.subtract,
        "Mul": np.multiply,
        "Div": np.divide,
        "Pow": np.power,
        "Max": np.maximum,
        "Min": np.minimum,
    }
    if node.op in several:
        found = x
        for each in given[1:]:
            found = several[node.op](found, each)
        return found
    single: dict[str, Any] = {
        "Sqrt": np.sqrt,
        "Exp": np.exp,
        "Log": np.log,
        "Abs": np.abs,
        "Neg": np.negative,
        "Reciprocal": np.reciprocal,
        "Relu": lambda y: np.maximum(y, 0),
        "Sigmoid": lambda y: 1 / (1 + np.exp(-y)),
        "Tanh": np.tanh,
        "Erf": np.vectorize(erf, otypes=[np.float64]),
        "Softplus": lambda y: np.log1p(np.exp(y)),
    }
    return single[node.op](x)
