"""A bundled network against a hand-written PyTorch module: counts at full size, numbers at a small one.

The tensors of a module come in the order of the spec, so that no table of names is needed; those that several
layers share come once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode

import cnnstat

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from cnnstat.base.arguments import Inputs
    from cnnstat.executor.kernel import Array
    from cnnstat.executor.network import Batch

BATCH = 2


def counts(build: Callable[[], Any], shapes: Iterable[tuple[int, ...]]) -> tuple[int, int]:
    """Return the parameters of a module and its multiply-adds on one sample, without computing anything."""
    with torch.device("meta"):
        model, xs = build().eval(), [torch.empty(1, *shape) for shape in shapes]
    with FlopCounterMode(display=False) as counter:
        model(*xs)
    return sum(own.numel() for own in model.parameters()), counter.get_total_flops() // 2


def difference(found: Array, expected: Array, least: float = 0) -> float:
    """Return the largest difference relative to the largest value, or to `least` where that is larger."""
    assert found.shape == expected.shape
    assert np.isfinite(expected).all()
    scale = max(float(np.abs(expected).max()), least)
    return float(np.abs(found - expected).max() / (scale or 1))


def differences(name: str, build: Callable[[], Any], shape: Inputs | None) -> Iterator[tuple[str, float]]:
    """Run both forward and backward on one sample and yield the difference of each tensor."""
    network = cnnstat.Network(name, seed=0, dtype="float64", input_shape=shape)
    network.load(damped(network.parameters))
    model = build().double().eval()
    load(model, network.parameters)
    sample = network.sample(BATCH)
    xs = [torch.from_numpy(x.copy()).requires_grad_() for x in arrays(sample)]
    expected, found = as_tuple(model(*xs)), as_tuple(network.forward(sample))
    rng = np.random.default_rng(1)
    dys = tuple(rng.standard_normal(y.shape) for y in found)
    torch.autograd.backward(expected, [torch.from_numpy(dy) for dy in dys])
    gradients = network.backward(dys)

    for number, (mine, its) in enumerate(zip(found, expected, strict=True)):
        yield f"output {number}", difference(mine, its.detach().numpy())
    for number, (gradient, x) in enumerate(zip(arrays(gradients.input), xs, strict=True)):
        yield f"gradient of input {number}", difference(gradient, x.grad.numpy())
    trained = [own for own in parameters(model) if own.requires_grad]
    slopes = [own.grad.numpy() if own.grad is not None else np.zeros(own.shape) for own in trained]
    # One may be 0 by itself: the bias of a key moves all scores alike, and their softmax not at all.
    least = 1e-6 * max(float(np.abs(slope).max()) for slope in slopes)
    for (tensor, gradient), slope in zip(gradients.parameters.items(), slopes, strict=True):
        yield tensor, difference(gradient, slope, least)


def damped(tensors: dict[str, Array]) -> dict[str, Array]:
    """Return the factors of norms, halved.

    Their statistics are those of one small sample: with all of them at 1 a deep network magnifies rounding,
    EfficientNetV2-S by 10 million, and what one position was normalised to lies on the kink of a ReLU.
    """
    return {
        key: value / 2
        for key, value in tensors.items()
        if key.endswith(".weight") and key.removesuffix("weight") + "running_var" in tensors
    }


def arrays(batch: Batch) -> tuple[Array, ...]:
    """Return the batches of all inputs."""
    return tuple(batch.values()) if isinstance(batch, Mapping) else (batch,)


def as_tuple(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, (tuple, list)) else (value,)


def parameters(model: Any) -> Iterator[Any]:
    """Yield parameters module after module, each once."""
    return (own for module in model.modules() for own in module.parameters(recurse=False))


def load(model: Any, tensors: dict[str, Array]) -> None:
    """Copy parameters and buffers into a model, one after the other."""
    own = [
        (f"{path}.{key}", value)
        for path, module in model.named_modules()
        for key, value in (*module.named_parameters(recurse=False), *module.named_buffers(recurse=False))
        if value.is_floating_point()
    ]
    with torch.no_grad():
        for (key, mine), (source, given) in zip(own, tensors.items(), strict=True):
            assert tuple(mine.shape) == given.shape, (key, tuple(mine.shape), source, given.shape)
            mine.copy_(torch.from_numpy(given))
