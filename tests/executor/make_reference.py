"""Add to reference/ what PyTorch computes in float64 for each case that is new: outputs and gradients.

Run `python -m tests.executor.make_reference` where PyTorch is installed. Arrays that are there stay as they
are, and are compared with what PyTorch computes here; those of cases that are gone are dropped. Where PyTorch
has the layer, its own function is used; what it lacks (padding on four sides, "same", tables, RBF, sliding
pyramids) is composed of its functions.
"""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812

from tests.executor.cases import CASES, SEED, Case
from tests.executor.reference import path_of, store, stored


def width(value: Any, channels: int) -> int:
    return value if isinstance(value, int) else int(value.of(channels))


def tup(value: Any, rank: int) -> tuple[int, ...]:
    return (value,) * rank if isinstance(value, int) else tuple(value)


def sides(o: dict[str, Any], x: Any) -> list[tuple[int, int]]:
    """Padding of each axis, "same" by TensorFlow's formula."""
    rank = x.ndim - 2
    padding = o.get("padding", 0)
    if padding == "valid":
        padding = 0
    if padding == "same":
        found = []
        kernel, dilation = tup(o["kernel"], rank), tup(o.get("dilation", 1), rank)
        stride = tup(o["kernel"] if o["stride"] is None else o["stride"], rank)
        for n, k, s, d in zip(x.shape[2:], kernel, stride, dilation, strict=True):
            missing = max((-(-n // s) - 1) * s + d * (k - 1) + 1 - n, 0)
            found.append((missing // 2, missing - missing // 2))
        return found
    if not isinstance(padding, int) and len(padding) == 2 * rank:
        return [(padding[2 * i], padding[2 * i + 1]) for i in range(rank)]
    return [(p, p) for p in tup(padding, rank)]


def overhang(o: dict[str, Any], x: Any, around: list[tuple[int, int]]) -> list[int]:
    """Cells behind the padding that ceil rounding reads, by PyTorch's formula."""
    rank = x.ndim - 2
    kernel, dilation = tup(o["kernel"], rank), tup(o.get("dilation", 1), rank)
    stride = tup(o["kernel"] if o["stride"] is None else o["stride"], rank)
    found = []
    for n, k, s, d, (a, b) in zip(x.shape[2:], kernel, stride, dilation, around, strict=True):
        window = d * (k - 1) + 1
        count = -(-(n + a + b - window) // s) + 1
        if (count - 1) * s >= n + a:
            count -= 1
        found.append(max((count - 1) * s + window - n - a - b, 0) if o.get("rounding") == "ceil" else 0)
    return found


def padded(x: Any, around: list[tuple[int, int]], value: float = 0.0) -> Any:
    return F.pad(x, [side for pair in reversed(around) for side in pair], value=value)


def conv(o: dict[str, Any], p: dict[str, Any], x: Any) -> Any:
    around = sides(o, x)
    more = overhang(o, x, around)
    x = padded(x, [(a, b + c) for (a, b), c in zip(around, more, strict=True)])
    run = getattr(F, f"conv{x.ndim - 2}d")
    step = {"stride": o["stride"], "dilation": o["dilation"]}
    if o.get("table") is None:
        groups = width(o["groups"], x.shape[1]) if "groups" in o else x.shape[1]
        return run(x, p["weight"], p.get("bias"), groups=groups, **step)
    maps, place = [], 0
    for i, row in enumerate(o["table"]):
        kernel = p["weight"][place : place + len(row)][None]
        place += len(row)
        maps.append(run(x[:, list(row)], kernel, p["bias"][i : i + 1] if "bias" in p else None, **step))
    return torch.cat(maps, 1)


def transposed(o: dict[str, Any], p: dict[str, Any], x: Any) -> Any:
    run = getattr(F, f"conv_transpose{x.ndim - 2}d")
    rank = x.ndim - 2
    groups = width(o["groups"], x.shape[1])
    around, extra, bias = sides(o, x), tup(o["output_padding"], rank), p.get("bias")
    if all(a == b for a, b in around):
        pad = [a for a, _ in around]
        return run(x, p["weight"], bias, o["stride"], pad, extra, groups, o["dilation"])
    y = padded(run(x, p["weight"], None, o["stride"], 0, 0, groups, o["dilation"]), [(0, e) for e in extra])
    for axis, (a, b) in enumerate(around, 2):
        y = y.narrow(axis, a, y.shape[axis] - a - b)
    return y if bias is None else y + bias.reshape(-1, *(1,) * rank)


def max_pool(o: dict[str, Any], _: Any, x: Any) -> Any:
    run = getattr(F, f"max_pool{x.ndim - 2}d")
    rank = x.ndim - 2
    around = sides(o, x)
    kernel = tup(o["kernel"], rank)
    if all(a == b and 2 * a <= k for (a, b), k in zip(around, kernel, strict=True)):
        pad = [a for a, _ in around]
        ceil = o["rounding"] == "ceil"
        return run(x, kernel, o["stride"], pad, o["dilation"], ceil_mode=ceil)
    more = overhang(o, x, around)
    x = padded(x, [(a, b + c) for (a, b), c in zip(around, more, strict=True)], -torch.inf)
    return run(x, kernel, o["stride"], 0, o["dilation"])


def avg_pool(o: dict[str, Any], _: Any, x: Any) -> Any:
    run = getattr(F, f"avg_pool{x.ndim - 2}d")
    rank = x.ndim - 2
    around = sides(o, x)
    kernel = tup(o["kernel"], rank)
    if all(a == b for a, b in around):
        pad = [a for a, _ in around]
        return run(x, kernel, o["stride"], pad, o["rounding"] == "ceil", o["count_padding"])
    more = overhang(o, x, around)
    counted = padded(torch.ones_like(x), around, 1.0 if o["count_padding"] else 0.0)
    behind = [(0, c) for c in more]
    total = run(padded(padded(x, around), behind), kernel, o["stride"])
    return total / run(padded(counted, behind), kernel, o["stride"])


def adaptive(o: dict[str, Any], mode: str, x: Any, other: Any = None) -> Any:
    size = o["size"] if other is None else other.shape[2:]
    name = f"adaptive_{mode}_pool{x.ndim - 2}d"
    return getattr(F, name)(x, size)


def pyramid(o: dict[str, Any], _: Any, x: Any) -> Any:
    levels = []
    for n in o["levels"]:
        if o["bins"] == "adaptive":
            grid = adaptive({"size": n}, o["mode"], x)
        else:
            window = [-(-a // n) for a in x.shape[2:]]
            run = getattr(F, f"{o['mode']}_pool{x.ndim - 2}d")
            grid = run(x, window, [a // n for a in x.shape[2:]])
        levels.append(grid.flatten(1))
    return torch.cat(levels, 1)


def subsample(o: dict[str, Any], p: dict[str, Any], x: Any) -> Any:
    rank = x.ndim - 2
    x = padded(x, [(0, c) for c in overhang(o, x, [(0, 0)] * rank)])
    run = getattr(F, f"avg_pool{rank}d")
    area = int(np.prod(tup(o["kernel"], rank)))
    shape = (-1, *(1,) * rank)
    mean = run(x, tup(o["kernel"], rank), o["stride"])
    return mean * area * p["weight"].reshape(shape) + p["bias"].reshape(shape)


def batch_norm(o: dict[str, Any], p: dict[str, Any], x: Any, training: bool) -> Any:
    kept = p["running_mean"], p["running_var"]
    return F.batch_norm(x, *kept, p.get("weight"), p.get("bias"), training, o["momentum"], o["eps"])


def layer_norm(o: dict[str, Any], p: dict[str, Any], x: Any) -> Any:
    w, b = p.get("weight"), p.get("bias")
    if o["axes"] == "all":
        return F.layer_norm(x, x.shape[1:], w, b, o["eps"])
    axis = numbered(o["axes"], x)
    return F.layer_norm(x.movedim(axis, -1), (x.shape[axis],), w, b, o["eps"]).movedim(-1, axis)


def response(o: dict[str, Any], _: Any, x: Any) -> Any:
    alpha = o["alpha"] * (1 if o["divide_alpha"] else o["size"])  # PyTorch divides
    return F.local_response_norm(x, o["size"], alpha, o["beta"], o["k"])


def masked(o: dict[str, Any], x: Any, shape: tuple[int, ...], training: bool) -> Any:
    if not training:
        return F.dropout(x, o["rate"], training=False)
    drawn = np.random.default_rng(SEED).random(shape, dtype=np.float32)
    return x * torch.from_numpy((drawn >= o["rate"]).astype(float)) / (1 - o["rate"])


def numbered(name: str, x: Any) -> int:
    """The number of a named axis."""
    places = {2: (), 3: ("length",), 4: ("height", "width"), 5: ("depth", "height", "width")}
    return 1 + ("channels", *places[x.ndim]).index(name)


def linear(o: dict[str, Any], p: dict[str, Any], x: Any) -> Any:
    axis = 1 if o["axis"] is None else numbered(o["axis"], x)
    return F.linear(x.movedim(axis, -1), p["weight"], p.get("bias")).movedim(-1, axis)


def reduced(o: dict[str, Any], _: Any, x: Any) -> Any:
    run = {"mean": torch.mean, "sum": torch.sum, "max": torch.amax}[o["mode"]]
    return run(x, tuple(numbered(name, x) for name in o["axes"]), o["keepdims"])


def product(o: dict[str, Any], _: Any, a: Any, b: Any) -> Any:
    a, b = (x.mT if o[f"transpose_{name}"] else x for name, x in (("a", a), ("b", b)))
    return torch.matmul(a, b) * o["scale"]


def reshaped(o: dict[str, Any], _: Any, x: Any, other: Any = None) -> Any:
    if other is not None:
        return x.reshape(len(x), -1, *other.shape[2:])
    return x.reshape(len(x), *(size or x.shape[i] for i, size in enumerate(o["shape"], 1)))


def cut(o: dict[str, Any], _: Any, x: Any) -> Any:
    axis = numbered(o["axis"], x)
    stop = x.shape[axis] if o["stop"] is None else o["stop"]
    return x.narrow(axis, o["start"], stop - o["start"])


def upsample(o: dict[str, Any], _: Any, x: Any, other: Any = None) -> Any:
    mode, align = o["mode"], None
    if mode == "bilinear":
        mode, align = {3: "linear", 4: "bilinear", 5: "trilinear"}[x.ndim], o["align_corners"]
    size = None if o["size"] is None else tup(o["size"], x.ndim - 2)
    size = size if other is None else other.shape[2:]
    scale = None if o["scale"] is None else tuple(float(s) for s in tup(o["scale"], x.ndim - 2))
    return F.interpolate(x, size, scale, mode, align)


def pad(o: dict[str, Any], _: Any, x: Any, other: Any = None) -> Any:
    around = sides(o, x) if other is None else []
    if other is not None:
        more = [size - n for n, size in zip(x.shape[2:], other.shape[2:], strict=True)]
        around = [(n // 2, n - n // 2) for n in more]
    if o["mode"] == "constant":
        return padded(x, around, o["value"])
    return F.pad(x, [side for pair in reversed(around) for side in pair], o["mode"])


def crop(o: dict[str, Any], _: Any, x: Any, other: Any = None) -> Any:
    rank = x.ndim - 2
    if other is None and o["size"] is None:
        return padded(x, [(-a, -b) for a, b in sides({"padding": o["margins"]}, x)])
    sizes = tup(o["size"], rank) if other is None else other.shape[2:]
    for axis, size in enumerate(sizes, 2):
        x = x.narrow(axis, (x.shape[axis] - size) // 2, size)
    return x


def option_a(o: dict[str, Any], _: Any, x: Any) -> Any:
    filters = width(o["filters"], x.shape[1])
    for axis, step in enumerate(tup(o["stride"], x.ndim - 2), 2):
        x = x.index_select(axis, torch.arange(0, x.shape[axis], step))
    return torch.cat([x, x.new_zeros(x.shape[0], filters - x.shape[1], *x.shape[2:])], 1)


def whole(x: Any) -> tuple[int, ...]:
    return (x.shape[0], *(1,) * (x.ndim - 1))


LAYERS: dict[str, Any] = {
    "conv": conv,
    "depthwise_conv": conv,
    "transposed_conv": transposed,
    "linear": linear,
    "rbf": lambda o, p, x: ((x[:, None] - p["weight"]) ** 2).sum(-1),
    "subsample": subsample,
    "max_pool": max_pool,
    "avg_pool": avg_pool,
    "global_max_pool": lambda o, p, x: adaptive({"size": 1}, "max", x),
    "global_avg_pool": lambda o, p, x: adaptive({"size": 1}, "avg", x),
    "adaptive_max_pool": lambda o, p, *x: adaptive(o, "max", *x),
    "adaptive_avg_pool": lambda o, p, *x: adaptive(o, "avg", *x),
    "spatial_pyramid_pool": pyramid,
    "layer_norm": layer_norm,
    "group_norm": lambda o, p, x: F.group_norm(
        x, width(o["groups"], x.shape[1]), p.get("weight"), p.get("bias"), o["eps"]
    ),
    "instance_norm": lambda o, p, x: F.instance_norm(
        x, weight=p.get("weight"), bias=p.get("bias"), eps=o["eps"]
    ),
    "local_response_norm": response,
    "scale": lambda o, p, x: x * p["weight"].reshape(-1, *(1,) * (x.ndim - 2)),
    "relu": lambda o, p, x: F.relu(x),
    "relu6": lambda o, p, x: F.relu6(x),
    "leaky_relu": lambda o, p, x: F.leaky_relu(x, o["slope"]),
    "prelu": lambda o, p, x: F.prelu(x, p["weight"]),
    "elu": lambda o, p, x: F.elu(x, o["alpha"]),
    "selu": lambda o, p, x: F.selu(x),
    "gelu": lambda o, p, x: F.gelu(x, approximate=o["approximate"]),
    "silu": lambda o, p, x: F.silu(x),
    "hard_swish": lambda o, p, x: F.hardswish(x),
    "hard_sigmoid": lambda o, p, x: F.relu6(x + 3) / 6,  # F.hardsigmoid goes back by 1/6 rounded to float32
    "sigmoid": lambda o, p, x: torch.sigmoid(x),
    "tanh": lambda o, p, x: torch.tanh(x),
    "scaled_tanh": lambda o, p, x: o["amplitude"] * torch.tanh(o["slope"] * x),
    "abs": lambda o, p, x: torch.abs(x),
    "hard_tanh": lambda o, p, x: F.hardtanh(x),
    "softplus": lambda o, p, x: F.softplus(x, o["beta"], threshold=100),
    "mish": lambda o, p, x: F.mish(x),
    "softsign": lambda o, p, x: F.softsign(x),
    "clamp": lambda o, p, x: torch.clamp(x, o["min"], o["max"]),
    "power": lambda o, p, x: torch.pow(o["shift"] + o["scale"] * x, o["exponent"]),
    "glu": lambda o, p, x: F.glu(x, numbered(o["axis"], x)),
    "softmax": lambda o, p, x: F.softmax(x, numbered(o["axis"], x)),
    "log_softmax": lambda o, p, x: F.log_softmax(x, numbered(o["axis"], x)),
    "reduce": reduced,
    "add": lambda o, p, *x: sum(x),
    "subtract": lambda o, p, a, b: torch.sub(a, b),
    "maximum": lambda o, p, *x: reduce(torch.maximum, x),
    "matmul": product,
    "parameter": lambda o, p, x: p["weight"].expand(len(x), *p["weight"].shape),
    "multiply": lambda o, p, *x: torch.stack(torch.broadcast_tensors(*x)).prod(0),
    "concat": lambda o, p, *x: torch.cat(x, numbered(o["axis"], x[0])),
    "split": lambda o, p, x: x.chunk(o["parts"], numbered(o["axis"], x))[o["take"]],
    "slice": cut,
    "flatten": lambda o, p, x: x.flatten(1),
    "reshape": reshaped,
    "permute": lambda o, p, x: x.permute(0, *(axis + 1 for axis in o["order"])),
    "channel_shuffle": lambda o, p, x: F.channel_shuffle(x, o["groups"]),
    "pixel_shuffle": lambda o, p, x: F.pixel_shuffle(x, o["factor"]),
    "pixel_unshuffle": lambda o, p, x: F.pixel_unshuffle(x, o["factor"]),
    "identity": lambda o, p, x: x.clone(),
    "upsample": upsample,
    "pad": pad,
    "crop": crop,
    "zero_pad_shortcut": option_a,
}
RUN_DEPENDENT: dict[str, Any] = {
    "batch_norm": batch_norm,
    "dropout": lambda o, p, x, training: masked(o, x, tuple(x.shape), training),
    "drop_path": lambda o, p, x, training: masked(o, x, whole(x), training),
}


def computed(case: Case) -> dict[str, Any]:
    """Output, gradient of every input and trained parameter, and buffers after the run."""
    inputs = [torch.from_numpy(x).requires_grad_() for x in case.inputs]
    trained = case.allocated.trained
    params = {name: torch.from_numpy(value) for name, value in case.params.items()}
    for name in trained:
        params[name].requires_grad_()
    if case.type in RUN_DEPENDENT:
        y = RUN_DEPENDENT[case.type](case.options, params, *inputs, case.training)
    else:
        y = LAYERS[case.type](case.options, params, *inputs)
    y.backward(torch.from_numpy(case.numbers("dy", tuple(y.shape))))
    found = {"y": y.detach()}
    for i, x in enumerate(inputs):
        found[f"dx{i}"] = torch.zeros_like(x) if x.grad is None else x.grad
    found |= {f"d {name}": params[name].grad for name in trained}
    found |= {name: params[name].detach() for name in case.allocated.buffers if case.training}
    return {name: tensor.numpy() for name, tensor in found.items()}


def main() -> None:
    for path in dict.fromkeys(map(path_of, CASES)):
        fresh = {case.id: computed(case) for case in CASES if path_of(case) == path}
        kept = {case: named for case, named in stored(path).items() if case in fresh}
        apart = max((off(kept[case], fresh[case]) for case in kept), default=0.0)
        if set(stored(path)) != set(fresh):
            store(path, kept | {case: named for case, named in fresh.items() if case not in kept})
        print(f"{path.name}: {len(fresh) - len(kept)} cases added to {len(kept)}, off by {apart:.0e} at most")


def off(kept: dict[str, Any], fresh: dict[str, Any]) -> float:
    """Return the largest difference between arrays of the same names and shapes."""
    assert {name: array.shape for name, array in kept.items()} == {n: a.shape for n, a in fresh.items()}
    return max(float(np.abs(array - fresh[name]).max()) for name, array in kept.items())


if __name__ == "__main__":
    main()
