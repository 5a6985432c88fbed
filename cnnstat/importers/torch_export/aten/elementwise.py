"""Sums, products and powers of values in the same place."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnstat.importers.torch_export.call import Call


def binary(op: str) -> Callable[[Call], bool]:
    """Return what adds an operator of two values, of which one may be a number."""
    return lambda call: call.put(op, [call.x, call.name("other")])


def add(call: Call) -> bool:
    """Add, of a multiple of the second."""
    return call.put("Add", [call.x, _times_alpha(call, "other")])


def subtract(call: Call) -> bool:
    """Sub, of a multiple of the second."""
    return call.put("Sub", [call.x, _times_alpha(call, "other")])


def subtract_from(call: Call) -> bool:
    """Rsub: the other way round."""
    return call.put("Sub", [call.name("other"), _times_alpha(call, "self")])


def divide(call: Call) -> bool:
    """Div without rounding; by a number it is the product with its reciprocal in ONNX's road, too."""
    if call["rounding_mode"] is not None:
        return False
    return call.put("Div", [call.x, call.name("other")])


def power(call: Call) -> bool:
    """Pow with a number as exponent."""
    exponent = call["exponent"]
    return isinstance(exponent, int | float) and call.put("Pow", [call.x, call.constant(exponent)])


def to_the(exponent: float) -> Callable[[Call], bool]:
    """Return what adds a power."""
    return lambda call: call.put("Pow", [call.x, call.constant(exponent)])


def add_product(call: Call) -> bool:
    """addcmul: the sum of the first and the product of two others."""
    if call["value"] != 1:
        return False
    product = call.then("Mul", [call.name("tensor1"), call.name("tensor2")], call.shape)
    return call.put("Add", [call.x, product])


def _times_alpha(call: Call, argument: str) -> str:
    name, alpha = call.name(argument), call["alpha"]
    if alpha in (1, None):
        return name
    return call.then("Mul", [name, call.constant(alpha)], call.value(name).shape or ())
