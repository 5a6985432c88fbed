"""Modules read by `torch.export`: figures and numbers are PyTorch's, names those of the state dict."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("torch")
pytest.importorskip("onnxruntime")

import numpy as np
import torch
from torch import nn
from torch.nn import functional as f

from cnnstat.importers.onnx.network import drafted
from cnnstat.importers.torch_export.model import understood
from cnnstat.importers.torch_export.program import exported
from tests.importers.onnx.test_pytorch import MODULES
from tests.importers.torch_export.networks import analyzed, drawn, figures, ours, theirs

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.exchange


class Of(nn.Module):
    """A function of its input, as a module; attention reads it thrice."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__()
        self.function = function

    def forward(self, x: Any) -> Any:
        if isinstance(self.function, nn.MultiheadAttention):
            return self.function(x, x, x, need_weights=False)[0]
        return self.function(x)


def half_in_place(x: Any) -> Any:
    """Write into a part of a tensor that is read as a whole behind it."""
    x = x * 1.0
    x[:, :1] *= 3
    return x.relu()


CASES: dict[str, tuple[Any, tuple[int, ...], list[str]]] = {
    "conv1d": (nn.Conv1d(4, 6, 3, 2, 1, 2, 2), (4, 17), ["conv"]),
    "conv3d": (nn.Conv3d(2, 4, 3, padding=1, bias=False), (2, 3, 4, 5), ["conv"]),
    "same": (nn.Conv2d(3, 4, (4, 3), padding="same"), (3, 7, 8), ["conv"]),
    "depthwise": (nn.Conv2d(3, 6, 3, groups=3), (3, 7, 8), ["depthwise_conv"]),
    "transposed": (nn.ConvTranspose2d(4, 6, 3, 2, 1, 1, 2), (4, 5, 6), ["transposed_conv"]),
    "linear": (nn.Linear(8, 3), (5, 8), ["linear"]),
    "norms": (
        nn.Sequential(nn.GroupNorm(2, 4), nn.InstanceNorm2d(4, affine=True), nn.BatchNorm2d(4, affine=False)),
        (4, 5, 6),
        ["group_norm", "instance_norm", "batch_norm"],
    ),
    "layer norm": (nn.Sequential(nn.LayerNorm([4, 5]), nn.LayerNorm(5, 1e-6)), (4, 5), ["layer_norm"] * 2),
    "pools": (
        nn.Sequential(nn.MaxPool2d(3, 2, 1, ceil_mode=True), nn.AvgPool2d(2, 1, 1, count_include_pad=False)),
        (2, 9, 10),
        ["max_pool", "avg_pool"],
    ),
    "adaptive": (
        nn.Sequential(nn.AdaptiveAvgPool2d((3, 2)), nn.AdaptiveMaxPool2d(1)),
        (2, 9, 7),
        ["adaptive_avg_pool", "global_max_pool"],
    ),
    "activations": (
        nn.Sequential(
            nn.ReLU6(), nn.LeakyReLU(0.2), nn.ELU(), nn.PReLU(3), nn.Softplus(2), nn.Hardtanh(-2, 2)
        ),
        (3, 4),
        ["relu6", "leaky_relu", "elu", "prelu", "softplus", "clamp"],
    ),
    "in place": (
        nn.Sequential(nn.SiLU(True), nn.Hardswish(True), nn.Dropout(0.3)),
        (3, 4),
        ["silu", "hard_swish", "dropout"],
    ),
    "pieces": (
        Of(lambda x: x * (x + 3).clamp(0, 6) / 6 + x * x.sigmoid()),
        (3, 4),
        ["hard_swish", "silu", "add"],
    ),
    "numbers": (Of(lambda x: 2 - (x * 0.5 + 1) ** 2), (3, 4), ["power"] * 4),
    "sums": (
        Of(lambda x: torch.add(x, x.abs(), alpha=2) - x.square()),
        (3, 4),
        ["abs", "power", "add", "power", "subtract"],
    ),
    "parts": (
        Of(lambda x: torch.cat([x[:, 1:3], *x.split([1, 3], 1)[::-1]], 1)),
        (4, 5, 6),
        ["slice", "slice", "slice", "concat"],
    ),
    "one place": (
        Of(lambda x: x[:, :, 1] + x.unbind(2)[0]),
        (4, 5, 6),
        ["slice", "reshape", "slice", "reshape", "add"],
    ),
    "stacked": (
        Of(lambda x: torch.stack([x, x.tanh()], 1)),
        (4, 5),
        ["tanh", "reshape", "reshape", "concat"],
    ),
    "means": (Of(lambda x: x.mean((2, 3)) + x.amax((2, 3)) + x.max(3)[0].sum(-1)), (4, 5, 6), ["reduce"] * 2),
    "frames": (
        nn.Sequential(nn.ZeroPad2d((1, 2, 0, 1)), nn.ReflectionPad2d(1), nn.ReplicationPad2d((0, 1, 2, 0))),
        (2, 4, 5),
        ["pad"] * 3,
    ),
    "enlarged": (
        nn.Sequential(nn.Upsample(scale_factor=2), nn.UpsamplingBilinear2d(size=(9, 7))),
        (2, 4, 5),
        ["upsample"] * 2,
    ),
    "shuffled": (
        nn.Sequential(nn.PixelUnshuffle(2), nn.ChannelShuffle(4), nn.PixelShuffle(2)),
        (2, 4, 6),
        ["pixel_unshuffle", "channel_shuffle", "pixel_shuffle"],
    ),
    "attention": (
        Of(lambda x: f.scaled_dot_product_attention(x, x.tanh(), x)),
        (2, 5, 4),
        ["tanh", "matmul", "softmax", "matmul"],
    ),
    "glu": (nn.GLU(1), (4, 5, 6), ["glu"]),
    "squeezed": (
        Of(lambda x: f.adaptive_avg_pool2d(x, 1).squeeze()),
        (4, 5, 6),
        ["global_avg_pool", "flatten"],
    ),
    "axes that change places": (
        Of(lambda x: x.mT.tanh().swapaxes(1, 3).abs().moveaxis(1, -1) + x.movedim((1, 3), (2, 1)).relu()),
        (4, 5, 6),
        [],
    ),
    "sums of several": (
        Of(lambda x: x + x.abs() + x.tanh() + 2),
        (4, 5, 6),
        ["abs", "tanh", "add", "power"],
    ),
    "stacked to be joined": (
        Of(lambda x: torch.stack([x, x.abs(), x.tanh()]).sum(0) + torch.stack([x, x * 2], -1).amax(-1)),
        (4, 5),
        ["abs", "tanh", "power", "maximum", "add"],
    ),
    "as many bins as there are": (nn.AdaptiveAvgPool2d((5, 6)), (4, 5, 6), ["adaptive_avg_pool"]),
    "one bin of one": (nn.AdaptiveAvgPool2d(1), (4, 1, 1), ["global_avg_pool"]),
    "stretched": (
        Of(lambda x: x * x.mean((2, 3), keepdim=True).expand_as(x)),
        (4, 5, 6),
        ["global_avg_pool", "multiply"],
    ),
    "a norm": (
        Of(lambda x: x / (torch.norm(x, p=2, dim=(1, 2), keepdim=True) + 1)),
        (4, 5, 6),
        ["power", "reduce", "power", "power", "power", "multiply"],
    ),
    "several heads": (Of(nn.MultiheadAttention(8, 2, batch_first=True)), (5, 8), []),
    "a part written into": (Of(half_in_place), (4, 5, 6), []),
}
"""A module, the shape of a sample, and the types of the layers that it becomes."""


@pytest.mark.parametrize("name", CASES)
def test_an_operator_is_what_pytorch_computes(name: str) -> None:
    module, shape, kinds = CASES[name]
    module = drawn(module)
    found, ys = ours(module, shape)
    types = [step.type for step in found.program.steps]
    if kinds:
        assert types[: len(kinds)] == kinds
    for y, expected in zip(ys, theirs(module, found), strict=True):
        np.testing.assert_allclose(y, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", MODULES)
def test_figures_and_numbers_are_those_of_pytorch(name: str) -> None:
    build, shape = MODULES[name]
    module = drawn(build())
    totals = analyzed(module, shape).totals
    assert (totals.counts.params, totals.counts.macs) == figures(module, shape)
    found, (y,) = ours(module, shape)
    np.testing.assert_allclose(y, theirs(module, found)[0], rtol=1e-4, atol=1e-4)


def test_a_module_is_left_as_it_was() -> None:
    module = MODULES["classifier"][0]().train()
    module.gate.eval()
    before = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    own = [*module.parameters()]
    analyzed(module, (3, 33, 30))
    assert module.training
    assert not module.gate.training
    assert all(a is b for a, b in zip(own, module.parameters(), strict=True))
    assert all(torch.equal(before[name], tensor) for name, tensor in module.state_dict().items())


class Twice(nn.Module):
    """One activation that is called again, and two inputs."""

    def __init__(self) -> None:
        super().__init__()
        self.of_left, self.of_right = nn.Sequential(nn.Conv2d(3, 4, 3)), nn.Conv2d(1, 4, 3)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, left: Any, right: Any) -> Any:
        return self.relu(self.of_left(left)) + self.relu(self.of_right(right))


def test_names_are_those_of_the_state_dict() -> None:
    analysis = analyzed(Twice(), {"left": (3, 8, 8), "right": (1, 8, 8)})
    assert [row.name for row in analysis.rows] == ["of_left.0", "relu", "of_right", "relu_2", "add"]
    assert [node.path for node in analysis.graph.inputs] == ["left", "right"]


class Blurred(nn.Module):
    """A filter that is a buffer, beside one that is trained and one that is not."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("filter", torch.ones(3, 1, 3, 3) / 9)
        self.conv, self.kept = nn.Conv2d(3, 4, 1), nn.Conv2d(4, 5, 1).requires_grad_(False)

    def forward(self, x: Any) -> Any:
        return self.kept(self.conv(f.conv2d(x, self.filter, groups=3)))


def test_what_training_leaves_is_frozen() -> None:
    counts = analyzed(Blurred(), (3, 6, 7)).totals.counts
    assert (counts.params, counts.trainable) == (27 + 16 + 25, 16)


class Unknown(nn.Module):
    """A sort between two convolutions."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = nn.Conv2d(3, 4, 1), nn.Conv2d(4, 5, 1)

    def forward(self, x: Any) -> Any:
        return self.b(self.a(x).sort(dim=1)[0])


def test_what_is_outside_the_catalogue_is_opaque_with_its_shape() -> None:
    analysis = analyzed(Unknown(), (3, 6, 7))
    assert [(row.type, row.output_shape) for row in analysis.rows] == [
        ("conv", (4, 6, 7)),
        ("opaque", (4, 6, 7)),
        ("conv", (5, 6, 7)),
    ]
    assert sum(analysis.without.values()) == 1


@pytest.mark.parametrize(
    "cut", [lambda x: x.to(torch.int32).float(), lambda x: x.bool().float(), lambda x: x.long().type_as(x)]
)
def test_numbers_that_are_cut_off_are_no_layer(cut: Callable[..., Any]) -> None:
    analysis = analyzed(Of(lambda x: cut(x.relu()).sigmoid()), (3, 4))
    assert [row.type for row in analysis.rows] == ["relu", "opaque", "sigmoid"]


def test_other_types_of_the_same_numbers_are_left_out() -> None:
    analysis = analyzed(Of(lambda x: x.double().relu().half().float()), (3, 4))
    assert [row.type for row in analysis.rows] == ["relu"]


class Cut(nn.Module):
    """A buffer of which a convolution takes the whole numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("filter", torch.ones(2, 3, 1, 1))

    def forward(self, x: Any) -> Any:
        return f.conv2d(x, (10 * self.filter).to(torch.int64).float())


def test_a_buffer_is_cut_off_as_pytorch_does() -> None:
    module = drawn(Cut())
    found, (y,) = ours(module, (3, 4, 5))
    np.testing.assert_allclose(y, theirs(module, found)[0], rtol=1e-5)


@pytest.mark.parametrize("kind", ["float16", "bfloat16", "float64", "float32"])
def test_memory_is_that_of_the_type_of_the_module_s_parameters(kind: str) -> None:
    module = Of(nn.Conv2d(3, 4, 3)).to(getattr(torch, kind))
    assert analyzed(module, (3, 8, 8)).settings.dtype == kind


class Idle(nn.Module):
    """A module with parts that its forward does not call."""

    def __init__(self) -> None:
        super().__init__()
        self.used = nn.Conv2d(3, 4, 3)
        self.heads = nn.ModuleList([nn.Linear(10, 10), nn.Linear(10, 10)])
        self.factor = nn.Parameter(torch.ones(7))
        self.norm = nn.BatchNorm2d(4)

    def forward(self, x: Any) -> Any:
        return self.used(x)


def test_modules_that_forward_does_not_call_are_named() -> None:
    remarks = drafted(understood(exported(Idle(), (3, 8, 8)), "idle")).remarks
    assert remarks == (
        "235 of its 347 parameters are left out, for what it puts out in evaluation does not read them:"
        " factor, heads, norm",
    )


class Again(nn.Module):
    def forward(self, x: Any) -> Any:
        y = x.relu()
        return y, x.sigmoid(), y, x


def test_outputs_that_are_lost_are_named() -> None:
    draft = drafted(understood(exported(Again(), (3, 8, 8)), "twice"))
    assert draft.results == ("relu", "sigmoid", "relu", "")
    assert draft.remarks == (
        "its output 'x' is an input or a constant, and is left out",
        "its outputs 1, 3 are one value, which is put out once",
    )


def test_an_output_in_which_samples_are_mixed_is_opaque() -> None:
    analysis = analyzed(Of(lambda x: x.relu().reshape(1, -1)), (3, 4))
    assert [row.type for row in analysis.rows] == ["relu", "opaque"]


class Tied(nn.Module):
    """Two modules of one weight, each with a bias of its own, or one of them without."""

    def __init__(self, kind: Callable[..., Any], bias: bool) -> None:
        super().__init__()
        self.a, self.b = kind(bias=bias), kind()
        self.b.weight = self.a.weight

    def forward(self, x: Any) -> Any:
        return self.b(self.a(x).relu())


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(
    ("kind", "shape"),
    [
        (partial(nn.Linear, 7, 7), (5, 7)),
        (partial(nn.Conv2d, 4, 4, 3), (4, 8, 9)),
        (partial(nn.Linear, 7, 7), (7,)),
    ],
)
def test_a_weight_of_modules_with_their_own_biases_is_counted_once(
    kind: Callable[..., Any], shape: tuple[int, ...], bias: bool
) -> None:
    module = drawn(Tied(kind, bias))
    analysis = analyzed(module, shape)
    assert (analysis.totals.counts.params, analysis.totals.counts.macs) == figures(module, shape)
    assert {row.name.split("_")[0] for row in analysis.rows} == {"a", "b", "relu"}
    found, (y,) = ours(module, shape)
    np.testing.assert_allclose(y, theirs(module, found)[0], rtol=1e-5)


@pytest.mark.parametrize("between", [nn.Dropout(0.1), nn.SiLU(), nn.Dropout(0.0)])
def test_turned_axes_go_whatever_works_value_by_value_between(between: Any) -> None:
    """Norms and linear layers of channels last, with something between that knows no axes."""
    layers = nn.Sequential(nn.LayerNorm(3), between, nn.Linear(3, 5))
    module = drawn(Of(lambda x: layers(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)))
    module.layers = layers
    found = [row.type for row in analyzed(module, (3, 4, 6)).rows]
    assert "permute" not in found, found


@pytest.mark.parametrize("kind", [nn.AlphaDropout, nn.FeatureAlphaDropout])
def test_a_dropout_that_the_catalogue_lacks_is_named(kind: Callable[..., Any]) -> None:
    module = nn.Sequential(nn.Linear(4, 3), kind(0.25))
    draft = drafted(understood(exported(module, (4,)), "module"))
    assert [layer.type for layer in draft.layers] == ["linear"]
    (remark,) = draft.remarks
    assert remark.startswith("1 (")
    assert remark.endswith("alpha_dropout of 0.25): it is left out, for in evaluation it does nothing")
