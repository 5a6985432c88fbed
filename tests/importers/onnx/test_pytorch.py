"""Modules by both of PyTorch's exporters: figures are PyTorch's, numbers those of ONNX Runtime."""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("torch")
pytest.importorskip("onnxruntime")

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode

import cnnstat
from tests.importers.onnx.graphs import ours, theirs
from tests.program import within
from tests.zoo.parts import Gate, Residual, conv_bn

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.exchange


class Classifier(nn.Module):
    """Residual blocks, a gate, functional and inplace activations, and a view."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = conv_bn(3, 8, 3, 2)
        self.layer1 = nn.Sequential(*(Residual(conv_bn(8, 8, 3), act=nn.ReLU) for _ in range(2)))
        self.gate = Gate(8, 4, last=nn.Hardsigmoid)
        self.down = nn.Conv2d(8, 12, 3, 2, 1, groups=2)
        self.fc = nn.Linear(12, 10)

    def forward(self, x: Any) -> Any:
        x = self.gate(self.layer1(self.stem(x)))
        x = functional.gelu(functional.hardswish(self.down(x)).clamp_(-1, 6))
        x = functional.adaptive_avg_pool2d(functional.dropout(x, training=self.training), 1)
        return functional.log_softmax(self.fc(x.view(x.size(0), -1)), dim=1)


class Shuffled(nn.Module):
    """Channels dealt out by views, split, joined, and shuffled into places."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(4, 16, 1, bias=False)
        self.depthwise = nn.Conv2d(8, 8, 3, padding=1, groups=8)
        self.act, self.up = nn.Mish(), nn.PixelShuffle(2)

    def forward(self, x: Any) -> Any:
        x = self.conv(x)
        n, c, h, w = x.shape
        x = x.view(n, 2, c // 2, h, w).transpose(1, 2).reshape(n, c, h, w)
        a, b = x.chunk(2, dim=1)
        x = torch.cat([a, functional.silu(self.depthwise(b))], 1)
        x = self.up(self.act(x))
        return functional.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)[
            :, :, 1:-1, ::2
        ]


class Tokens(nn.Module):
    """An encoder's layer on tokens, with a class token and positions."""

    def __init__(self) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, 8, 4, 4)
        self.token = nn.Parameter(torch.zeros(1, 1, 8))
        self.positions = nn.Parameter(torch.zeros(1, 10, 8))
        self.norm, self.qkv, self.out = nn.LayerNorm(8, 1e-6), nn.Linear(8, 24), nn.Linear(8, 8)

    def forward(self, x: Any) -> Any:
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(x.shape[0], -1, -1), x], 1) + self.positions
        q, k, v = (t.unflatten(-1, (2, 4)).transpose(1, 2) for t in self.qkv(self.norm(x)).chunk(3, -1))
        scores = functional.softmax(q @ k.transpose(-2, -1) * 0.5, -1)
        return (x + self.out((scores @ v).transpose(1, 2).flatten(2)))[:, 0]


class Shared(nn.Module):
    """One convolution that is used twice."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(4, 4, 3, padding=1)

    def forward(self, x: Any) -> Any:
        return self.conv(functional.relu(self.conv(x)))


class Places(nn.Module):
    """Attention with learned rows and columns, which are added before any sample is; turned twice."""

    def __init__(self) -> None:
        super().__init__()
        self.rows = nn.Parameter(torch.zeros(1, 8, 5, 1))
        self.columns = nn.Parameter(torch.zeros(1, 8, 1, 4))

    def forward(self, x: Any) -> Any:
        n = x.shape[0]
        places = (self.rows + self.columns).reshape(1, 2, 4, 20)
        x = x.reshape(n, 2, 4, 20)
        turned = x.transpose(-2, -1)
        shares = functional.softmax(turned @ x + turned @ places, -1)
        return (x @ shares.transpose(-2, -1)).reshape(n, 8, 5, 4)


class WholePlaces(nn.Module):
    """The same of numbers without an axis of samples, and a learned matrix for all samples."""

    def __init__(self) -> None:
        super().__init__()
        self.rows = nn.Parameter(torch.zeros(8, 5, 1))
        self.columns = nn.Parameter(torch.zeros(8, 1, 4))
        self.mixed = nn.Parameter(torch.zeros(2, 20, 20))

    def forward(self, x: Any) -> Any:
        n = x.shape[0]
        places = (self.rows + self.columns).view(2, 4, 20).unsqueeze(0)
        y = x.reshape(n, 2, 4, 20) + places
        return x + (y @ self.mixed.expand(n, -1, -1, -1)).reshape(x.shape) + (self.rows - self.columns)


class Gains(nn.Module):
    """Weights that are worked out: of lengths and directions, and of other weights and gains."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.utils.parametrizations.weight_norm(nn.Conv2d(4, 6, 3))
        self.weight, self.gain = nn.Parameter(torch.zeros(5, 6, 3, 3)), nn.Parameter(torch.zeros(5, 1, 1, 1))
        self.shift = nn.Parameter(torch.zeros(5))

    def forward(self, x: Any) -> Any:
        weight = (self.weight - self.weight.mean((1, 2, 3), keepdim=True)) * self.gain
        return functional.conv2d(self.conv(x), weight, self.shift)


MODULES: dict[str, tuple[Callable[[], Any], tuple[int, ...]]] = {
    "classifier": (Classifier, (3, 33, 30)),
    "shuffled": (Shuffled, (4, 6, 7)),
    "tokens": (Tokens, (3, 12, 12)),
    "shared": (Shared, (4, 6, 5)),
    "gains": (Gains, (4, 9, 8)),
    "places": (Places, (8, 5, 4)),
    "whole places": (WholePlaces, (8, 5, 4)),
}


def exported(name: str, folder: Path, *, newer: bool, **more: Any) -> tuple[Any, Any, str]:
    """Return a module, an input, and the file that an exporter writes of them."""
    torch.manual_seed(1)
    build, shape = MODULES[name]
    module = build().eval()
    with torch.no_grad():
        for tensor in (
            *module.parameters(),
            *(each for each in module.buffers() if each.is_floating_point()),
        ):
            tensor.copy_(torch.rand_like(tensor) * 0.5 + 0.1)
    x, path = torch.randn(1, *shape), str(folder / "model.onnx")
    if newer:
        more = {"verbose": False, "optimize": False, **more}
    else:
        more = {"training": torch.onnx.TrainingMode.PRESERVE, "do_constant_folding": False, **more}
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        logging.disable(logging.WARNING)
        try:
            torch.onnx.export(module, (x,), path, dynamo=newer, **more)
        finally:
            logging.disable(logging.NOTSET)
    return module, x, path


@pytest.mark.parametrize("newer", [False, True], ids=["torchscript", "dynamo"])
@pytest.mark.parametrize("name", MODULES)
def test_figures_are_those_of_pytorch(name: str, newer: bool, tmp_path: Path) -> None:
    module, x, path = exported(name, tmp_path, newer=newer)
    counter = FlopCounterMode(display=False)
    with counter, torch.no_grad():
        y = module(x)
    totals = cnnstat.analyze(path).totals
    assert totals.counts.params == sum(tensor.numel() for tensor in module.parameters())
    assert totals.counts.macs == counter.get_total_flops() // 2
    assert totals.output_shape == tuple(y.shape[1:])


@pytest.mark.parametrize("newer", [False, True], ids=["torchscript", "dynamo"])
@pytest.mark.parametrize("folded", [False, True], ids=["as-it-is", "folded"])
@pytest.mark.parametrize("name", MODULES)
def test_numbers_are_those_of_onnx_runtime(name: str, newer: bool, folded: bool, tmp_path: Path) -> None:
    training = torch.onnx.TrainingMode
    plain = {"training": training.EVAL, "do_constant_folding": True}
    more: dict[str, Any] = {} if not folded else {"optimize": True} if newer else plain
    _, _, path = exported(name, tmp_path, newer=newer, **more)
    network, (y,) = ours(path)
    (expected,) = theirs(path, network)
    np.testing.assert_allclose(y, expected, rtol=1e-4, atol=1e-4)


def test_a_run_is_proved_with_the_weights_inside(tmp_path: Path) -> None:
    _, _, path = exported("classifier", tmp_path, newer=True)
    ended = within("run", path, "--check-grad")
    assert ended.returncode == 0, ended.stderr
    assert "proved: " in ended.stdout


def test_any_number_of_samples_and_open_sizes(tmp_path: Path) -> None:
    axes = {"x": {0: "n", 2: "h", 3: "w"}}
    _, _, path = exported("classifier", tmp_path, newer=False, input_names=["x"], dynamic_axes=axes)
    assert "3xhxw, of which not all is fixed" in within("summary", path).stderr
    assert cnnstat.analyze(path, input_shape=(3, 20, 24)).totals.output_shape == (10,)


def test_layers_are_those_that_a_person_would_write(tmp_path: Path) -> None:
    _, _, path = exported("shuffled", tmp_path, newer=False)
    found = [(row.name, row.type) for row in cnnstat.analyze(path).rows]
    assert found[:6] == [
        *[("conv", "conv"), ("channel_shuffle", "channel_shuffle"), ("slice", "slice"), ("slice_2", "slice")],
        *[("depthwise", "depthwise_conv"), ("silu", "silu")],
    ]
    assert [kind for _, kind in found[6:9]] == ["concat", "mish", "pixel_shuffle"]


def test_what_is_used_twice_is_counted_once(tmp_path: Path) -> None:
    _, _, path = exported("shared", tmp_path, newer=True)
    analysis = cnnstat.analyze(path)
    assert [row.weights_of for row in analysis.rows] == ["", "", analysis.rows[0].name]
    assert analysis.totals.counts.params == 4 * 4 * 9 + 4
