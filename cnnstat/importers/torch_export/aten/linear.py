"""Products of matrices, with constants and with each other."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnnstat.importers.torch_export.call import Call


def linear(call: Call) -> bool:
    """Linear along the last axis."""
    return call.put("linear", [*filter(None, map(call.name, ("input", "weight", "bias")))], domain="found")


def matmul(call: Call) -> bool:
    """matmul, mm and bmm."""
    return call.put("MatMul", [call.x, call.name("other" if "other" in call.arguments else "mat2")])


def addmm(call: Call) -> bool:
    """addmm: a product and a bias."""
    if call["alpha"] != 1 or call["beta"] != 1:
        return False
    return call.put("MatMul", [call.name("mat1"), call.name("mat2"), call.x])


def attention(call: Call) -> bool:
    """softmax(q·kᵀ·scale + mask)·v, each of the heads for itself."""
    q, k, v, mask = (call.name(name) for name in ("query", "key", "value", "attn_mask"))
    shape, depth = call.value(q).shape or (), call.value(k).shape or ()
    if call["is_causal"] or call["enable_gqa"] or shape[:-2] != depth[:-2]:
        return False
    scale = call["scale"] or 1 / sqrt(shape[-1])
    scores = (*shape[:-1], depth[-2])
    options = {"transpose_b": True, "scale": scale}
    attributes = {"type": "matmul", "options": options, "tensors": [], "reads": 2}
    found = call.then("layer", [q, k], scores, domain="found", **attributes)
    if mask:
        found = call.then("Add", [found, mask], scores)
    found = call.then("Softmax", [found], scores, axis=-1)
    return call.put("MatMul", [found, v])
