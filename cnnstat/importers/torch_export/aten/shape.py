"""What rearranges, joins and parts values, and what reduces axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnstat.importers.onnx.axes import compact
from cnnstat.importers.onnx.nodes.stand_ins import JOINED
from cnnstat.importers.onnx.nodes.value import keeps_numbers
from cnnstat.importers.torch_export.orders import order_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cnnstat.importers.torch_export.call import Call


def same(call: Call) -> bool:
    """Say that what is read is put out: copies."""
    return call.same(call.x)


def cast(call: Call) -> bool:
    """Numbers of another type, as long as they stay what they are."""
    if keeps_numbers(call.value(call.x).kind, call.kind):
        return call.same(call.x)
    return call.put("Cast", [call.x])


def copied(call: Call) -> bool:
    """Say that the second value is put out: it was written over the first."""
    source = call.name("src")
    return call.value(source).shape == call.shape and call.same(source)


def reshape(call: Call) -> bool:
    """view, reshape, flatten, squeeze, unsqueeze: by the shapes of both sides."""
    return call.put("Reshape", [call.x])


def permute(call: Call) -> bool:
    """Put axes in another order."""
    return call.put("Transpose", [call.x], perm=order_of(call, len(call.shape)))


def expand(call: Call) -> bool:
    """Expand to the shape that it has."""
    return call.put("Expand", [call.x])


def concat(call: Call) -> bool:
    """Cat; what is empty joins nothing."""
    names = [name for name in call.names("tensors") if call.elements(name)]
    return call.put("Concat", names, axis=call.axis("dim", len(call.shape)))


def stack(call: Call) -> bool:
    """Stack: each with an axis more, joined along it."""
    rank = len(call.shape)
    axis = call.axis("dim", rank)
    names = []
    for name in call.names("tensors"):
        own = call.value(name).shape or ()
        names.append(call.then("Reshape", [name], (*own[:axis], 1, *own[axis:])))
    return call.put("Concat", names, axis=axis)


def split(call: Call) -> bool:
    """Split into parts of any sizes."""
    x = call.x
    return call.put("Split", [x], axis=call.axis("dim", len(call.value(x).shape or ())))


def slice_scatter(call: Call) -> bool:
    """Put another value in place of a range of an axis: it and what is left of the first are joined."""
    x, rank = call.x, len(call.shape)
    axis, size = call.axis("dim", rank), call.shape[call.axis("dim", rank)]
    start, stop, step = slice(call["start"], call["end"], call["step"]).indices(size)
    if step != 1:
        return False
    before, after = ([(0, start)] if start else []), ([(stop, size)] if stop < size else [])
    parts = [_cut(call, x, axis, *part) for part in before]
    parts.append(call.name("src"))
    parts += [_cut(call, x, axis, *part) for part in after]
    return call.put("Concat", parts, axis=axis)


def unbind(call: Call) -> bool:
    """Part an axis into single places."""
    x = call.value(call.x)
    shape = x.shape or ()
    axis = call.axis("dim", len(shape))
    for number, (name, wanted) in enumerate(zip(call.outputs, call.shapes, strict=True)):
        cut = _cut(call, x.name, axis, number, number + 1)
        call.reading.put(_reshaped(call, cut, name), [wanted])
    return True


def slice_(call: Call) -> bool:
    """A range of one axis, perhaps with steps."""
    axis = call.axis("dim", len(call.shape))
    start, end = call["start"] or 0, call["end"]
    ends = [1 << 62 if end is None else end]
    return call.put("Slice", [call.x], starts=[start], ends=ends, axes=[axis], steps=[call["step"]])


def narrow(call: Call) -> bool:
    """A range of one axis by its length."""
    start = call["start"]
    if not isinstance(start, int):
        return False
    axes = [call.axis("dim", len(call.shape))]
    return call.put("Slice", [call.x], starts=[start], ends=[start + call["length"]], axes=axes)


def select(call: Call) -> bool:
    """One place of an axis."""
    axis = call.axis("dim", len(call.shape) + 1)
    return call.put("Gather", [call.x, call.constant([call["index"]])], axis=axis)


def pad(call: Call) -> bool:
    """Pad: both ends of the last axis first, as PyTorch has them."""
    modes = {"constant": b"constant", "reflect": b"reflect", "replicate": b"edge", "circular": b"wrap"}
    return _padded(call, call["pad"], modes[call["mode"] or "constant"], call["value"] or 0.0)


def frame(mode: str) -> Callable[[Call], bool]:
    """Return what adds a frame made of the input's own values."""
    return lambda call: _padded(call, call["padding"], mode.encode(), 0.0)


def reduce(op: str) -> Callable[[Call], bool]:
    """Return what adds a mean, a sum or a maximum over axes."""

    def added(call: Call) -> bool:
        dims = call["dim"]
        x = call.x
        rank = len(call.value(x).shape or ())
        dims = [dims] if isinstance(dims, int) else [*(dims or range(rank))]
        axes = [axis % rank for axis in dims]
        stack = call.node.args[0]
        of_stack = str(stack.target) == "aten.stack.default" and axes == [_stacked_along(stack, rank)]
        if of_stack and op in JOINED and not call["keepdim"]:
            return call.put(JOINED[op], [call.of(each) for each in stack.args[0]])
        return call.put(op, [x], axes=axes, keepdims=int(bool(call["keepdim"])))

    return added


def _stacked_along(stack: Any, rank: int) -> int:
    given = stack.args[1] if len(stack.args) > 1 else stack.kwargs.get("dim", 0)
    return int(given % rank)


def vector_norm(call: Call) -> bool:
    """linalg_vector_norm: of order 2 and 1."""
    op = {2: "ReduceL2", 1: "ReduceL1"}.get(call["ord"])
    return op is not None and reduce(op)(call)


def largest(call: Call) -> bool:
    """Max of two inputs, or along an axis where its places are not read."""
    if "other" in call.arguments:
        return call.put("Max", [call.x, call.name("other")])
    if "dim" not in call.arguments or any(each.args[1] == 1 and each.users for each in call.node.users):
        return False
    call.outputs, call.shapes = call.outputs[:1], call.shapes[:1]
    return reduce("ReduceMax")(call)


def deal(kind: str, argument: str, option: str) -> Callable[[Call], bool]:
    """Return what adds a shuffle of channels or places."""
    return lambda call: call.layer(kind, [call.x], {option: call[argument]})


def upsample(mode: str) -> Callable[[Call], bool]:
    """Return what adds an enlargement, by a whole factor or to a size."""

    def added(call: Call) -> bool:
        x = call.x
        old, new = (call.value(x).shape or ())[2:], call.shape[2:]
        if old == new:
            return call.same(x)
        factors = call["scale_factors"] or [
            call[name] for name in ("scales", "scales_d", "scales_h", "scales_w")
        ]
        factors = [each for each in factors if each is not None]
        whole = all(not b % a for a, b in zip(old, new, strict=True))
        exact = all(b == a * each for a, b, each in zip(old, new, factors, strict=False))
        if not exact:
            return False
        options: dict[str, Any] = (
            {"scale": compact([b // a for a, b in zip(old, new, strict=True)])}
            if whole
            else {"size": compact(new)}
        )
        if mode != "nearest":
            options["mode"] = mode
            options |= {"align_corners": True} if call["align_corners"] else {}
        return call.layer("upsample", [x], options)

    return added


def _padded(call: Call, pads: Sequence[int], mode: bytes, value: float) -> bool:
    rank = len(call.shape)
    before, after = [0] * rank, [0] * rank
    for number in range(len(pads) // 2):
        before[rank - 1 - number], after[rank - 1 - number] = pads[2 * number], pads[2 * number + 1]
    return call.put("Pad", [call.x], pads=[*before, *after], mode=mode, value=float(value))


def _cut(call: Call, name: str, axis: int, start: int, stop: int) -> str:
    own = call.value(name).shape or ()
    cut = (*own[:axis], stop - start, *own[axis + 1 :])
    return call.then("Slice", [name], cut, starts=[start], ends=[stop], axes=[axis])


def _reshaped(call: Call, name: str, output: str) -> Any:
    from cnnstat.importers.onnx.nodes.value import Node  # noqa: PLC0415

    return Node("", "Reshape", [name], [output], {}, call.scope)
