"""Axes in another order: the operators of PyTorch that do nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnnstat.importers.torch_export.call import Call

_LAST_TWO = {"mT", "mH", "adjoint"}
_REVERSED = {"t", "numpy_T"}
_MOVED = {"movedim", "moveaxis"}
TURNING = {"permute", "transpose", "swapaxes", "swapdims", *_LAST_TWO, *_REVERSED, *_MOVED}
"""Names of `torch.ops.aten`."""


def order_of(call: Call, rank: int) -> list[int]:
    """Return which axis of what such an operator reads stands in each place of what it puts out."""
    if call.operator == "permute":
        return [axis % rank for axis in call["dims"]]
    if call.operator in _REVERSED:
        return [*range(rank)][::-1]
    if call.operator in _MOVED:
        given = (call[name] for name in ("source", "destination"))
        source, target = ([each] if isinstance(each, int) else [*each] for each in given)
        places = {to % rank: axis % rank for axis, to in zip(source, target, strict=True)}
        others = iter(axis for axis in range(rank) if axis not in places.values())
        return [places[place] if place in places else next(others) for place in range(rank)]
    pair = ("axis0", "axis1") if call.operator == "swapaxes" else ("dim0", "dim1")
    a, b = (-1, -2) if call.operator in _LAST_TWO else (call[name] for name in pair)
    order = [*range(rank)]
    order[a % rank], order[b % rank] = b % rank, a % rank
    return order
