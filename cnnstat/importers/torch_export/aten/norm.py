"""Normalisation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnstat.importers.onnx.axes import axis_name
from cnnstat.importers.onnx.operators.norm import decimal

if TYPE_CHECKING:
    from cnnstat.importers.torch_export.call import Call


def batch_norm(call: Call) -> bool:
    """batch_norm with the statistics that it has kept; without any, it is over the samples at hand.

    So is one whose caller says that it trains, also in evaluation.
    """
    if call["training"]:
        return False
    names = ("weight", "bias", "running_mean", "running_var")
    tensors = {name: call.name(name) for name in names}
    if not tensors["running_mean"] or not all(call.value(each).constant for each in tensors.values() if each):
        return False
    options = _eps(call)
    options |= {} if call["momentum"] in (0.1, None) else {"momentum": call["momentum"]}
    return _affine(call, "batch_norm", options, tensors)


def layer_norm(call: Call) -> bool:
    """layer_norm over the last axis or over the whole sample."""
    x, over = call.value(call.x), (*call["normalized_shape"],)
    options: dict[str, Any] = {}
    if x.batch == 0 and x.sample == over:
        pass
    elif len(over) == 1:
        options["axes"] = axis_name(x, -1)
    else:
        return False
    tensors = {name: call.name(name) for name in ("weight", "bias")}
    return _affine(call, "layer_norm", options | _eps(call), tensors)


def group_norm(call: Call) -> bool:
    """group_norm."""
    tensors = {name: call.name(name) for name in ("weight", "bias")}
    return _affine(call, "group_norm", {"groups": call["num_groups"], **_eps(call)}, tensors)


def instance_norm(call: Call) -> bool:
    """instance_norm of each sample's own statistics."""
    if not call["use_input_stats"]:
        return False
    tensors = {name: call.name(name) for name in ("weight", "bias")}
    return _affine(call, "instance_norm", _eps(call), tensors, usual=False)


def _eps(call: Call) -> dict[str, Any]:
    eps = decimal(call["eps"])
    return {} if eps == 1e-5 else {"eps": eps}


def _affine(
    call: Call, kind: str, options: dict[str, Any], tensors: dict[str, str], *, usual: bool = True
) -> bool:
    """Add a norm that has both scale and shift, or neither."""
    scaled = bool(tensors["weight"])
    if scaled != bool(tensors["bias"]):
        return False
    options |= {} if scaled == usual else {"affine": scaled}
    return call.layer(kind, [call.x], options, tensors)
