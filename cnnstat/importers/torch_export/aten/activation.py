"""Functions of each value, softmax and dropout."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnstat.importers.onnx.axes import axis_name
from cnnstat.importers.onnx.operators.norm import decimal

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnstat.importers.torch_export.call import Call


def plain(op: str) -> Callable[[Call], bool]:
    """Return what adds the operator of ONNX that does the same."""
    return lambda call: call.put(op, [call.x])


def layer(kind: str) -> Callable[[Call], bool]:
    """Return what adds the layer that does the same."""
    return lambda call: call.layer(kind, [call.x])


def gelu(call: Call) -> bool:
    """Gelu, in the form that is asked for."""
    form = call["approximate"]
    return call.layer("gelu", [call.x], {} if form == "none" else {"approximate": form})


def elu(call: Call) -> bool:
    """Elu without scales of its own."""
    if call["scale"] not in (1, None) or call["input_scale"] not in (1, None):
        return False
    return call.put("Elu", [call.x], alpha=call["alpha"])


def celu(call: Call) -> bool:
    """Celu, which with an alpha of 1 is elu."""
    return call["alpha"] == 1 and call.put("Elu", [call.x], alpha=1.0)


def leaky_relu(call: Call) -> bool:
    """leaky_relu."""
    return call.put("LeakyRelu", [call.x], alpha=call["negative_slope"])


def prelu(call: Call) -> bool:
    """Prelu with one slope, or one for each channel."""
    weight = call.value(call.name("weight"))
    if not weight.constant or len(weight.shape or ()) != 1:
        return False
    channels = (call.shape[1:] or (1,))[0]
    options = {"shared": True} if weight.shape == (1,) and channels != 1 else {}
    return call.layer("prelu", [call.x], options, {"weight": weight.name})


def softplus(call: Call) -> bool:
    """Softplus; beyond its threshold it is a line, as ours is but for rounding."""
    beta = call["beta"]
    return call.layer("softplus", [call.x], {} if beta == 1 else {"beta": beta})


def glu(call: Call) -> bool:
    """Glu along one axis."""
    x = call.value(call.x)
    axis = axis_name(x, call["dim"])
    return call.layer("glu", [x.name], {} if axis == "channels" else {"axis": axis})


def clip(low: str, high: str) -> Callable[[Call], bool]:
    """Return what adds bounds, of which each may be left out."""

    def added(call: Call) -> bool:
        given = {"min": call[low], "max": call[high]}
        bounds = {name: bound for name, bound in given.items() if bound is not None}
        if not all(isinstance(bound, int | float) for bound in bounds.values()):
            return False
        return call.put("Clip", [call.x], **bounds)

    return added


def softmax(op: str) -> Callable[[Call], bool]:
    """Return what adds a softmax along one axis."""
    return lambda call: call.put(op, [call.x], axis=call["dim"])


def dropout(call: Call) -> bool:
    """Dropout, which in evaluation does nothing, and is kept for training; of a rate of 0 it is nothing.

    One whose caller says that it trains draws in evaluation, too: that is no layer of ours.
    """
    if call["train"]:
        return False
    rate = call["p"] or 0.0
    options: dict[str, Any] = {} if rate == 0.5 else {"rate": decimal(rate)}
    return call.layer("dropout", [call.x], options) if rate else call.same(call.x)


def other_dropout(call: Call) -> bool:
    """Dropouts that the catalogue has no layer for, left out where they do nothing: in evaluation."""
    if call["train"]:
        return False
    rate = call["p"] or 0.0
    if rate:
        what = f"{call.scope or call.operator} ({call.operator} of {decimal(rate):g})"
        call.reading.remarks.append(f"{what}: it is left out, for in evaluation it does nothing")
    return call.same(call.x)
