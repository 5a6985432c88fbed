"""Normalisation: batch, layer, group, instance, local response, and the learned scale of a branch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.exporters.onnx.windows import gathered
from cnnstat.layers.base import width_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.exporters.onnx.writer import Place
    from cnnstat.layers.norm import (
        BatchNorm,
        GroupNorm,
        InstanceNorm,
        LayerNorm,
        LocalResponseNorm,
        Scale,
    )


def _affine(at: Place, shape: Sequence[int], *, affine: bool) -> tuple[str, str]:
    """Return scale and shift: those of the layer, or ones and zeros, for the operators want both."""
    if affine:
        return at.tensor("weight"), at.tensor("bias")
    return at.filled(shape, 1.0), at.filled(shape, 0.0)


def batch_norm(layer: BatchNorm, at: Place) -> str:
    """Write BatchNormalization by the running statistics; its momentum is the share that stays."""
    scale, shift = _affine(at, at.shapes[0][:1], affine=layer.affine)
    statistics = at.tensor("running_mean"), at.tensor("running_var")
    return at.add(
        "BatchNormalization", at.x, scale, shift, *statistics, epsilon=layer.eps, momentum=1 - layer.momentum
    )


def layer_norm(layer: LayerNorm, at: Place) -> str:
    """Write LayerNormalization, which is about the last axes: another one is turned to the end and back."""
    shape = at.shapes[0]
    if layer.axes == "all":
        scale, shift = _affine(at, shape, affine=layer.affine)
        return _normalised(at, at.x, scale, shift, axis=1, eps=layer.eps)
    axis, last = at.axis(layer.axes), len(shape)
    scale, shift = _affine(at, [shape[axis - 1]], affine=layer.affine)
    if axis == last:
        return _normalised(at, at.x, scale, shift, axis=-1, eps=layer.eps)
    order = [*(each for each in range(last + 1) if each != axis), axis]
    turned = at.add("Transpose", at.x, perm=order)
    normal = _normalised(at, turned, scale, shift, axis=-1, eps=layer.eps)
    return at.add("Transpose", normal, perm=sorted(range(last + 1), key=order.__getitem__))


def _normalised(at: Place, x: str, scale: str, shift: str, *, axis: int, eps: float) -> str:
    return at.add("LayerNormalization", x, scale, shift, axis=axis, epsilon=eps, **at.full_precision)


def group_norm(layer: GroupNorm, at: Place) -> str:
    """Write GroupNormalization, with a scale and a shift per channel."""
    channels = at.shapes[0][0]
    scale, shift = _affine(at, [channels], affine=layer.affine)
    groups = width_of(layer.groups, channels, "groups")
    return at.add(
        "GroupNormalization",
        at.x,
        scale,
        shift,
        num_groups=groups,
        epsilon=layer.eps,
        **at.full_precision,
    )


def instance_norm(layer: InstanceNorm, at: Place) -> str:
    """Write InstanceNormalization."""
    scale, shift = _affine(at, at.shapes[0][:1], affine=layer.affine)
    return at.add("InstanceNormalization", at.x, scale, shift, epsilon=layer.eps)


def local_response_norm(layer: LocalResponseNorm, at: Place) -> str:
    """Write LRN, which divides alpha by the size; where it has other channels in the sum, write that out.

    Of an even size LRN has the larger half behind the channel, ours before it; and ONNX Runtime takes neither
    even sizes, nor other inputs than maps, nor an alpha or a beta of 0.
    """
    alpha = layer.alpha if layer.divide_alpha else layer.alpha * layer.size
    if layer.size % 2 and at.rank == 2 and alpha > 0 and layer.beta > 0:
        return at.add("LRN", at.x, size=layer.size, alpha=alpha, beta=layer.beta, bias=layer.k)
    channels, before, after = at.shapes[0][0], layer.size // 2, (layer.size - 1) // 2
    around = [range(max(0, c - before), min(channels, c + after + 1)) for c in range(channels)]
    sums = gathered(at, at.add("Mul", at.x, at.x), 1, around, "sum")
    weighed = at.add("Mul", sums, at.numbers("alpha", alpha / layer.size))
    base = at.add("Add", weighed, at.numbers("k", layer.k))
    return at.add("Div", at.x, at.add("Pow", base, at.numbers("beta", layer.beta)))


def scale(layer: Scale, at: Place) -> str:
    """Write the product with a number per channel."""
    return at.add("Mul", at.x, at.per_channel("weight"))
