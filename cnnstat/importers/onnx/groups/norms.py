"""Norms in pieces, and trained subsampling, which ends as they do: a number for each map is added."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

from cnnstat.importers.draft import TensorAt
from cnnstat.importers.onnx.groups.near import Near, changed, reshaped, spread

if TYPE_CHECKING:
    from cnnstat.importers.onnx.layers import Built

_EPS = 1e-5
"""The default of `batch_norm`: with a variance of so much less than 1 it divides by 1."""


def _affine(near: Near, layer: Built) -> tuple[Built | None, Built | None]:
    """Return what is added: something scaled map by map, and a number for each map."""
    for place in (0, 1):
        scaled = near.before(layer, "scale", place)
        bias = near.before(layer, "parameter", 1 - place, shape=None)
        if scaled is not None and bias is not None and scaled.weights is None and bias.weights is None:
            maps = (scaled.shape[0], *(1,) * (len(scaled.shape) - 1))
            return (scaled, bias) if bias.shape == maps and layer.shape == scaled.shape else (None, None)
    return None, None


def norm(near: Near, layer: Built) -> Built | None:
    """A batch norm as TensorFlow has it for inference: its statistics are in its scale and shift."""
    scaled, bias = _affine(near, layer) if len(layer.reads) == 2 and layer.fused else (None, None)
    if scaled is None or bias is None or not scaled.fused:
        return None
    import numpy as np  # noqa: PLC0415

    maps = scaled.shape[:1]
    tensors = {
        "weight": scaled.tensors["weight"],
        "bias": reshaped(bias.tensors["weight"], maps),
        "running_mean": TensorAt("", (), np.zeros(maps, np.float32)),
        "running_var": TensorAt("", (), np.full(maps, 1 - _EPS, np.float32)),
    }
    return changed(layer, "batch_norm", scaled.reads, tensors=tensors)


def of_groups(near: Near, layer: Built) -> Built | None:
    """Return a norm of groups of channels, each of which is one channel of an instance norm meanwhile."""
    inner = near.before(layer, "instance_norm", eps=None)
    parted = near.before(inner, "reshape", shape=None) if inner else None
    if inner is None or parted is None or near.shape(parted.reads[0]) != layer.shape or len(layer.shape) < 2:
        return None
    groups = parted.shape[0]
    if layer.shape[0] % groups or len(parted.shape) != 2:
        return None
    return changed(
        layer, "group_norm", parted.reads, options={"groups": groups, **inner.options, "affine": False}
    )


def affine_groups(near: Near, layer: Built) -> Built | None:
    """Return a norm of groups with the scale and the shift for each channel that stand behind it."""
    scaled, bias = _affine(near, layer) if len(layer.reads) == 2 else (None, None)
    inner = near.before(scaled, "group_norm", groups=None, eps=None, affine=False) if scaled else None
    if scaled is None or bias is None or inner is None:
        return None
    options = {name: value for name, value in inner.options.items() if name != "affine"}
    maps = scaled.shape[:1]
    tensors = {"weight": scaled.tensors["weight"], "bias": reshaped(bias.tensors["weight"], maps)}
    return changed(layer, "group_norm", inner.reads, options=options, tensors=tensors)


def subsample(near: Near, layer: Built) -> Built | None:
    """The sum of each window, times a coefficient for each map, plus a bias for each map."""
    if len(layer.reads) != 2:
        return None
    scaled, bias = _affine(near, layer)
    total = near.before(scaled, "power", scale=None) if scaled else None
    pool = near.before(total, "avg_pool", kernel=None, stride=None, rounding=None) if total else None
    if scaled is None or bias is None or total is None or pool is None:
        return None
    maps = scaled.shape[0]
    kernel = pool.options["kernel"]
    area = kernel ** (len(pool.shape) - 1) if isinstance(kernel, int) else prod(kernel)
    if total.options["scale"] != area:
        return None
    tensors = {"weight": scaled.tensors["weight"], "bias": reshaped(bias.tensors["weight"], (maps,))}
    options = {} if pool.options == {"kernel": 2} else pool.options
    return changed(layer, "subsample", pool.reads, options=options, tensors=tensors)


def response_norm(near: Near, layer: Built) -> Built | None:
    """x/(k + alpha/size·sum of squares of channels nearby)^beta, as PyTorch works it out."""
    if len(layer.reads) != 2 or layer.options:
        return None
    x = layer.reads[0]
    powers: list[dict[str, Any]] = []
    at = near.before(layer, "power", 1, scale=None, shift=None, exponent=None)
    while at is not None:
        powers.append(at.options)
        last, at = at, near.before(at, "power", 0, scale=None, shift=None, exponent=None)
    if not powers:
        return None
    line = _line(powers[::-1])
    source = last.reads[0]
    mean = _windows(near, source, x)
    if line is None or mean is None:
        return None
    alpha, k, beta = line
    options = {"size": mean, "alpha": alpha, "beta": beta, "k": k, "divide_alpha": True}
    return changed(layer, "local_response_norm", [x], options=options)


def _windows(near: Near, source: int | str, x: int | str) -> int | None:
    """Return of how many channels a value is the mean of squares of another one."""
    shape = near.shape(x)
    pieces: list[Built] = []
    while isinstance(source, int) and near.readers[source] == 1 and len(pieces) < 6:
        pieces.append(near.built[source])
        source = pieces[-1].reads[0]
        if pieces[-1].type == "multiply":
            break
    kinds = [each.type for each in pieces if each.type != "reshape"]
    if kinds not in (["avg_pool", "pad", "multiply"], ["avg_pool", "multiply"]):
        return None
    if pieces[-1].reads != [x, x] or pieces[0].shape != shape:
        return None
    pool = next(each for each in pieces if each.type == "avg_pool")
    kernel, stride = pool.options["kernel"], pool.options.get("stride")
    size = kernel if isinstance(kernel, int) else kernel[0]
    frame = next((each.options for each in pieces if each.type == "pad"), pool.options).get("padding", 0)
    rank = len(pool.shape) - 1
    wanted = [0] * (2 * rank)
    wanted[:2] = size // 2, (size - 1) // 2
    whole = spread(frame, 2 * rank) if isinstance(frame, int) else [*frame]
    whole = whole if len(whole) == 2 * rank else [each for side in whole for each in (side, side)]
    flat = isinstance(kernel, int) or all(each == 1 for each in kernel[1:])
    fits = flat and whole == wanted and stride in (None, 1) and pool.options.get("count_padding", True)
    return size if fits and pool.shape[1:2] == shape[:1] else None


def _line(powers: list[dict[str, Any]]) -> tuple[float, float, float] | None:
    """Return a, k and b of (k + a·x)^-b, which several powers one behind the other are."""
    scale, shift, exponent = 1.0, 0.0, 1.0
    for each in powers:
        if exponent == 1:
            scale *= each.get("scale", 1)
            shift = shift * each.get("scale", 1) + each.get("shift", 0)
        elif each.keys() != {"exponent"}:
            return None
        exponent *= each.get("exponent", 1)
    return (scale, shift, -exponent) if exponent < 0 and shift > 0 else None
