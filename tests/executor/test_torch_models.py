"""Whole networks against PyTorch in float64, at full size: outputs and all gradients to 1e-9.

Run with `pytest -m torch -s`; without PyTorch the tests are skipped, unless CNNSTAT_INSTALL_TORCH=1 lets
them install it.
"""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import cnnstat
from tests.executor.reference import TORCH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.executor.kernel import Array

TOLERANCE = 1e-9
BATCH = 2


@pytest.fixture(scope="session")
def models() -> Any:
    """Return the hand-written modules, for which PyTorch is needed."""
    if find_spec("torch") is None:
        if os.environ.get("CNNSTAT_INSTALL_TORCH") != "1":
            pytest.skip(f"PyTorch is missing: `pip install {TORCH}`, or set CNNSTAT_INSTALL_TORCH=1")
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", TORCH], check=True)
        importlib.invalidate_caches()
    return importlib.import_module("tests.executor.torch_models")


def difference(found: Array, expected: Array) -> float:
    """Return the largest difference relative to the largest value."""
    assert found.shape == expected.shape
    assert np.isfinite(expected).all()
    assert expected.any()
    return float(np.abs(found - expected).max() / np.abs(expected).max())


def last_linear(network: cnnstat.Network, x: Array) -> Array:
    """Return what the last fully connected layer puts out: the logits, in front of a softmax."""
    return [v.output for v in network.visits(x) if v.step.type == "linear"][-1]


def differences(models: Any, name: str) -> Iterator[tuple[str, float]]:
    """Run both on the same sample and yield the difference of each tensor."""
    torch = importlib.import_module("torch")
    network = cnnstat.Network(name, seed=0, dtype="float64")
    model = models.built(name, network.parameters)
    sample = network.sample(BATCH)
    logits: list[Any] = []
    linear = [module for module in model.modules() if isinstance(module, torch.nn.Linear)][-1]
    linear.register_forward_hook(lambda module, inputs, output: logits.append(output.detach().clone()))

    x = torch.from_numpy(sample.copy()).requires_grad_()
    expected, found = model(x), network.forward(sample)
    assert not isinstance(found, tuple)
    dy = np.random.default_rng(1).standard_normal(found.shape)
    expected.backward(torch.from_numpy(dy))
    gradients = network.backward(dy)

    yield "logits", difference(last_linear(network, sample), logits[0].numpy())
    yield "output", difference(found, expected.detach().numpy())
    yield "input gradient", difference(gradients.input, x.grad.numpy())
    pairs = zip(model.named_parameters(), gradients.parameters.values(), strict=True)
    for (own, parameter), gradient in pairs:
        yield own, difference(models.laid_out(model, own, gradient).numpy(), parameter.grad.numpy())


@pytest.mark.torch
@pytest.mark.parametrize("name", ["alexnet", "vgg16", "resnet34", "googlenet", "lenet5"])
def test_agrees_with_pytorch(models: Any, name: str) -> None:
    found = list(differences(models, name))
    whole, parameters = found[:3], found[3:]
    shown = ", ".join(f"{tensor} {value:.1e}" for tensor, value in whole)
    worst, value = max(parameters, key=lambda pair: pair[1])
    print(f"\n{name}: {shown}, {len(parameters)} parameter gradients, worst {worst} {value:.1e}")
    assert not {tensor: value for tensor, value in found if value > TOLERANCE}
