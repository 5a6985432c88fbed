"""Constants: stored tensors, the same under another shape, and what is computed from them."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from cnnstat.importers.draft import Made, TensorAt
from cnnstat.importers.onnx.nodes.value import MAX_COMPUTED, Value, keeps_numbers
from cnnstat.importers.onnx.stored.external import small
from cnnstat.importers.onnx.stored.wire import BrokenFileError

if TYPE_CHECKING:
    from pathlib import Path

    from cnnstat.layers.base import Shape

_AS_IT_IS = {"Identity", "Cast", "CastLike", "Dropout", "DequantizeLinear"}


_NEUTRAL = {"Mul": 1, "Div": 1, "Add": 0, "Sub": 0}
"""The number that leaves another one as it is: exporters write `addcmul` with a factor of 1."""


def turned(op: str, attributes: dict[str, Any], inputs: list[Value]) -> Value | None:
    """Return a constant as it is, or under another shape or order of axes."""
    first = inputs[0]
    if op in _NEUTRAL:
        return _unchanged(op, *inputs)
    if op == "ScatterND":
        return _scattered(inputs)
    if first.rows is not None:
        as_it_is = op == "Transpose" and "perm" in attributes and _in_order(attributes["perm"].ints)
        return first if op in _AS_IT_IS or as_it_is else None
    if op in _AS_IT_IS:
        return _of_other_kind(op, attributes, inputs)
    if op == "Transpose":
        rank = len(first.shape or ())
        order = tuple(attributes["perm"].ints) if "perm" in attributes else tuple(range(rank))[::-1]
        return first.turned(("permute", order), tuple((first.shape or ())[axis] for axis in order))
    shape = _reshaped(op, attributes, inputs)
    return None if shape is None else first.turned(("reshape", shape), shape)


def _of_other_kind(op: str, attributes: dict[str, Any], inputs: list[Value]) -> Value | None:
    """Return a constant in another type; None where another type may be another number, to be computed."""
    first, kind = inputs[0], inputs[0].kind
    if op == "Cast":
        kind = attributes["to"].i
    elif op == "CastLike":
        kind = inputs[1].kind
    other = op == "DequantizeLinear" or kind != first.kind
    if other and op == "CastLike" and first.array is not None:  # what it is like may be no constant
        return _cast(first, kind)
    if (other and first.array is not None) or not keeps_numbers(first.kind, kind):
        return None
    return replace(first, kind=kind)


def _reshaped(op: str, attributes: dict[str, Any], inputs: list[Value]) -> Shape | None:
    """Return the shape under which a constant has its numbers in the same order; None where there is none."""
    shape = inputs[0].shape or ()
    if op == "Reshape" and inputs[1].array is not None:
        sizes = [shape[i] if not n else int(n) for i, n in enumerate(inputs[1].array)]
        fixed = prod(n for n in sizes if n > 0)
        return tuple(n if n > 0 else prod(shape) // max(fixed, 1) for n in sizes)
    if op in ("Squeeze", "Unsqueeze"):
        axes = _axes(attributes, inputs)
        if axes is None:
            return None
        rank = len(shape) + (len(axes) if op == "Unsqueeze" else 0)
        axes = {axis % rank for axis in axes}
        if op == "Squeeze":
            return tuple(size for axis, size in enumerate(shape) if axis not in axes)
        sizes_left = iter(shape)
        return tuple(1 if axis in axes else next(sizes_left) for axis in range(rank))
    if op == "Expand" and inputs[1].array is not None:
        target = [int(size) for size in inputs[1].array]
        if prod(target) > prod(shape):
            return None
        own = (1,) * (len(target) - len(shape)) + shape
        return (*own[: len(own) - len(target)], *map(max, own[len(own) - len(target) :], target))
    return None


def _unchanged(op: str, first: Value, second: Value) -> Value | None:
    """Return one of two constants where the other one is the number that leaves it as it is."""
    either = ((first, second), (second, first)) if op in ("Mul", "Add") else ((first, second),)
    for value, number in either:
        alone = number.array is not None and number.array.size == 1 and number.array.item() == _NEUTRAL[op]
        if alone and value.constant and len(number.shape or ()) <= len(value.shape or ()):
            return value
    return None


def _cast(value: Value, kind: int) -> Value:
    """Return a constant's numbers in a type of ONNX's."""
    from onnx import helper  # noqa: PLC0415

    array = value.array.astype(helper.tensor_dtype_to_np_dtype(kind))
    return replace(value, kind=kind, array=array, at=None)


def _in_order(axes: Any) -> bool:
    return [*axes] == sorted(axes)


def _scattered(inputs: list[Value]) -> Value | None:
    """Return stored kernels that are laid into zeros."""
    zeros, places, kernels = inputs
    if zeros.array is None or zeros.array.any() or places.array is None:
        return None
    return laid_into_zeros(kernels, zeros.shape or (), places.array)


def laid_into_zeros(kernels: Value, shape: tuple[int, ...], rows: Any) -> Value | None:
    """Return stored kernels as weights of this shape; each is for one filter and one map that it reads."""
    if kernels.at is None or len(shape) < 3:
        return None
    if rows.shape != (*(kernels.shape or ())[:1], 2) or (kernels.shape or ())[1:] != shape[2:]:
        return None
    return replace(kernels, shape=shape, array=None, rows=rows)


def _axes(attributes: dict[str, Any], inputs: list[Value]) -> set[int] | None:
    if "axes" in attributes:
        return {*attributes["axes"].ints}
    if len(inputs) > 1 and inputs[1].array is not None:
        return {int(each) for each in inputs[1].array}
    return None


def evaluated(node: Any, arrays: dict[str, Any], opset: int) -> list[Any] | None:
    """Return what a node makes of arrays, None where the reference evaluator does not know."""
    import warnings  # noqa: PLC0415

    from onnx.reference import ReferenceEvaluator  # noqa: PLC0415

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found: Any = ReferenceEvaluator(node, opsets={"": opset}).run(None, arrays)
    except Exception:
        return None
    return [*found]


_DEEPEST = 50
"""Large constants that one is computed from, one after the other."""
_MOST_LATER = 1 << 27
"""Numbers of a large constant and of those that it is computed from."""


def computed_later(
    node: Any, inputs: list[Value], found: dict[str, tuple[int, Any]], opset: int
) -> Value | None:
    """Return a constant that is too large to be computed before it is needed, None where it is no constant.

    ``found`` are type and shape of what the node puts out.
    """
    name = node.output[0] if len(node.output) == 1 else ""
    if name not in found or not inputs or not all(each.constant for each in inputs):
        return None
    if any(each.type in (5, 10) for each in node.attribute):
        return None  # graphs within: a loop may run for ever
    reads = tuple(each.at or TensorAt("", (), each.array) for each in inputs)
    kind, shape = found[name]
    before = [each.made for each in reads if each.made is not None]
    deep = 1 + max((each.deep for each in before), default=0)
    numbers = prod(shape) + sum(each.numbers for each in before)
    if deep > _DEEPEST or numbers > _MOST_LATER:
        return None
    at = TensorAt("", made=Made(node, opset, reads, shape, kind, deep, numbers))
    return Value(name, shape, kind, None, None, at)


def array_of(tensor: Any, path: Path) -> Any:
    """Return the numbers of a small tensor; None of a large one, and where they are missing."""
    from onnx import numpy_helper  # noqa: PLC0415

    if tensor.data_location == tensor.EXTERNAL:
        return small(tensor, path)
    if tensor.doc_string:
        return None
    if prod(tensor.dims) > MAX_COMPUTED:
        raise BrokenFileError(f"the tensor '{tensor.name}' says that it is larger than its numbers")
    try:
        return numpy_helper.to_array(tensor)
    except Exception:
        raise BrokenFileError(f"the tensor '{tensor.name}' has other numbers than its shape says") from None
