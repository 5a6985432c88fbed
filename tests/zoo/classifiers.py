"""Classifiers as an author of PyTorch code writes them, with nothing taken from the specs."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 - its name everywhere
from torch import nn

from tests.zoo.parts import Gate, Residual, classifier, conv_bn, resnet50

# -- Xception: Keras's `same`, which pads an even size at its end alone -------------------------------


class SameMaxPool(nn.Module):
    """3x3 with stride 2, padded as TensorFlow does."""

    def forward(self, x: Any) -> Any:
        h, w = (max((-(-n // 2) - 1) * 2 + 3 - n, 0) for n in x.shape[-2:])
        return F.max_pool2d(F.pad(x, (w // 2, w - w // 2, h // 2, h - h // 2), value=-1e300), 3, 2)


def separable(inputs: int, outputs: int) -> list[Any]:
    depthwise = nn.Conv2d(inputs, inputs, 3, padding=1, groups=inputs, bias=False)
    return [depthwise, *conv_bn(inputs, outputs, act=None, eps=1e-3)]


def xception_flow(inputs: int, middle: int, outputs: int, *, relu: bool = True) -> Any:
    body = (nn.ReLU(), *separable(inputs, middle), nn.ReLU(), *separable(middle, outputs), SameMaxPool())
    shortcut = conv_bn(inputs, outputs, 1, 2, None, eps=1e-3)
    return Residual(nn.Sequential(*(body if relu else body[1:])), shortcut)


def middle() -> list[Any]:
    return [nn.ReLU(), *separable(728, 728)]


def xception() -> Any:
    return nn.Sequential(
        *(conv_bn(3, 32, 3, 2, padding=0, eps=1e-3), conv_bn(32, 64, 3, padding=0, eps=1e-3)),
        xception_flow(64, 128, 128, relu=False),
        *(xception_flow(128, 256, 256), xception_flow(256, 728, 728)),
        *(Residual(nn.Sequential(*middle(), *middle(), *middle())) for _ in range(8)),
        xception_flow(728, 728, 1024),
        *(*separable(1024, 1536), nn.ReLU(), *separable(1536, 2048), nn.ReLU()),
        *classifier(2048),
    )


def seresnet50() -> Any:
    return nn.Sequential(*resnet50(first=True, gate=16), *classifier(2048))


# -- DCGAN, SRResNet ------------------------------------------------------------------------------------


def dcgan_generator(n: int = 128, kernel: int = 5) -> Any:
    def up(inputs: int, outputs: int) -> Any:
        return nn.ConvTranspose2d(inputs, outputs, kernel, 2, (kernel - 1) // 2, kernel % 2, bias=False)

    widths = (8 * n, 4 * n, 2 * n, n)
    return nn.Sequential(
        *(nn.ConvTranspose2d(100, 8 * n, 4, bias=False), nn.BatchNorm2d(8 * n), nn.ReLU()),
        *(x for i, o in pairwise(widths) for x in (up(i, o), nn.BatchNorm2d(o), nn.ReLU())),
        *(up(n, 3), nn.Tanh()),
    )


def dcgan_discriminator(n: int = 64) -> Any:
    def down(inputs: int, outputs: int) -> Any:
        return nn.Conv2d(inputs, outputs, 4, 2, 1, bias=False)

    widths = (n, 2 * n, 4 * n, 8 * n)
    return nn.Sequential(
        *(down(3, n), nn.LeakyReLU(0.2)),
        *(x for i, o in pairwise(widths) for x in (down(i, o), nn.BatchNorm2d(o), nn.LeakyReLU(0.2))),
        *(nn.Conv2d(8 * n, 1, 4, bias=False), nn.Sigmoid()),
    )


def srresnet(n: int = 64) -> Any:
    def conv(outputs: int = n) -> Any:
        return nn.Conv2d(n, outputs, 3, padding=1)

    blocks = (
        Residual(nn.Sequential(conv(), nn.BatchNorm2d(n), nn.PReLU(n), conv(), nn.BatchNorm2d(n)))
        for _ in range(16)
    )
    return nn.Sequential(
        *(nn.Conv2d(3, n, 9, padding=4), nn.PReLU(n)),
        Residual(nn.Sequential(*blocks, conv(), nn.BatchNorm2d(n))),
        *(x for _ in range(2) for x in (conv(4 * n), nn.PixelShuffle(2), nn.PReLU(n))),
        nn.Conv2d(n, 3, 9, padding=4),
    )


# -- GhostNet -------------------------------------------------------------------------------------------


def depthwise(channels: int, kernel: int = 3, stride: int = 1, act: Any = None) -> Any:
    return conv_bn(channels, channels, kernel, stride, act, groups=channels)


class HardSigmoid(nn.Module):
    """nn.Hardsigmoid's own gradient has the precision of a float32, whatever its input has."""

    def forward(self, x: Any) -> Any:
        return (x + 3).clamp(0, 6) / 6


class Ghost(nn.Module):
    def __init__(self, inputs: int, outputs: int, act: Any = nn.ReLU) -> None:
        super().__init__()
        self.primary = conv_bn(inputs, outputs // 2, act=act)
        self.cheap = depthwise(outputs // 2, act=act)

    def forward(self, x: Any) -> Any:
        x = self.primary(x)
        return torch.cat([x, self.cheap(x)], 1)


def ghost_bottleneck(inputs: int, kernel: int, middle: int, outputs: int, gated: int, stride: int) -> Any:
    body = [Ghost(inputs, middle)]
    if stride > 1:
        body.append(depthwise(middle, kernel, stride))
    if gated:
        body.append(Gate(middle, rounded(middle / 4, 4), last=HardSigmoid))
    body.append(Ghost(middle, outputs, None))
    if stride == 1 and inputs == outputs:
        return Residual(nn.Sequential(*body))
    shortcut = nn.Sequential(depthwise(inputs, kernel, stride), conv_bn(inputs, outputs, act=None))
    return Residual(nn.Sequential(*body), shortcut)


def rounded(value: float, divisor: int) -> int:
    """Round to a multiple, down by at most a tenth (MobileNet)."""
    nearest = max(divisor, int(value + divisor / 2) // divisor * divisor)
    return nearest if nearest >= 0.9 * value else nearest + divisor


def ghostnet() -> Any:
    table = (  # kernel, maps between, maps, gate, stride
        *((3, 16, 16, 0, 1), (3, 48, 24, 0, 2), (3, 72, 24, 0, 1), (5, 72, 40, 1, 2), (5, 120, 40, 1, 1)),
        *((3, 240, 80, 0, 2), (3, 200, 80, 0, 1), (3, 184, 80, 0, 1), (3, 184, 80, 0, 1)),
        *((3, 480, 112, 1, 1), (3, 672, 112, 1, 1), (5, 672, 160, 1, 2)),
        *((5, 960, 160, 0, 1), (5, 960, 160, 1, 1), (5, 960, 160, 0, 1), (5, 960, 160, 1, 1)),
    )
    inputs = (16, *(row[2] for row in table))
    return nn.Sequential(
        conv_bn(3, 16, 3, 2),
        *(ghost_bottleneck(i, *row) for i, row in zip(inputs, table, strict=False)),
        *(conv_bn(160, 960), nn.AdaptiveAvgPool2d(1), nn.Conv2d(960, 1280, 1), nn.ReLU()),
        *(nn.Flatten(), nn.Dropout(0.2), nn.Linear(1280, 1000)),
    )


# -- RepVGG ---------------------------------------------------------------------------------------------


class RepBlock(nn.Module):
    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.dense = conv_bn(inputs, outputs, 3, stride, None)
        self.point = conv_bn(inputs, outputs, 1, stride, None)
        self.identity = nn.BatchNorm2d(inputs) if inputs == outputs and stride == 1 else None

    def forward(self, x: Any) -> Any:
        y = self.dense(x) + self.point(x)
        return (y if self.identity is None else y + self.identity(x)).relu()


def repvgg_a0(deploy: bool) -> Any:
    plan = [(48, 2)] + [
        (w, 2 if i == 0 else 1) for w, n in ((48, 2), (96, 4), (192, 14), (1280, 1)) for i in range(n)
    ]
    inputs = (3, *(w for w, _ in plan))
    layers: list[Any] = []
    for i, (w, s) in zip(inputs, plan, strict=False):
        layers += [nn.Conv2d(i, w, 3, s, 1), nn.ReLU()] if deploy else [RepBlock(i, w, s)]
    return nn.Sequential(*layers, *classifier(1280))


# -- EfficientNetV2-S, Res2Net-50 -----------------------------------------------------------------------


def fused(inputs: int, outputs: int, expand: int, stride: int) -> Any:
    middle = expand * inputs if expand > 1 else outputs
    layers = [conv_bn(inputs, middle, 3, stride, nn.SiLU, eps=1e-3)]
    if expand > 1:
        layers.append(conv_bn(middle, outputs, act=None, eps=1e-3))
    return kept(inputs, outputs, stride, layers)


def mbconv(inputs: int, outputs: int, expand: int, stride: int) -> Any:
    middle = expand * inputs
    layers = [
        conv_bn(inputs, middle, 1, 1, nn.SiLU, eps=1e-3),
        conv_bn(middle, middle, 3, stride, nn.SiLU, eps=1e-3, groups=middle),
        Gate(middle, inputs // 4, nn.SiLU),
        conv_bn(middle, outputs, act=None, eps=1e-3),
    ]
    return kept(inputs, outputs, stride, layers)


def kept(inputs: int, outputs: int, stride: int, layers: list[Any]) -> Any:
    """Add the input to the output of layers that keep its shape."""
    body = nn.Sequential(*layers)
    return Residual(body) if stride == 1 and inputs == outputs else body


def efficientnet_v2_s() -> Any:
    table = (  # block, maps, expansion, stride, repetitions
        *((fused, 24, 1, 1, 2), (fused, 48, 4, 2, 4), (fused, 64, 4, 2, 4)),
        *((mbconv, 128, 4, 2, 6), (mbconv, 160, 6, 1, 9), (mbconv, 256, 6, 2, 15)),
    )
    layers, inputs = [conv_bn(3, 24, 3, 2, nn.SiLU, eps=1e-3)], 24
    for block, outputs, expand, stride, repetitions in table:
        for i in range(repetitions):
            layers.append(block(inputs, outputs, expand, stride if i == 0 else 1))
            inputs = outputs
    return nn.Sequential(*layers, conv_bn(256, 1280, 1, 1, nn.SiLU, eps=1e-3), *classifier(1280))


class Res2Block(nn.Module):
    def __init__(self, inputs: int, planes: int, stride: int, first: bool) -> None:
        super().__init__()
        width = 26 * planes // 64
        self.conv1 = conv_bn(inputs, 4 * width)
        self.groups = nn.ModuleList(conv_bn(width, width, 3, stride) for _ in range(3))
        self.pool = nn.AvgPool2d(3, stride, 1) if first else None
        self.conv3 = conv_bn(4 * width, 4 * planes, act=None)
        self.downsample = conv_bn(inputs, 4 * planes, 1, stride, None) if first else nn.Identity()

    def forward(self, x: Any) -> Any:
        *parts, last = self.conv1(x).chunk(4, 1)
        results: list[Any] = []
        for part, conv in zip(parts, self.groups, strict=True):
            results.append(conv(part if self.pool or not results else part + results[-1]))
        results.append(self.pool(last) if self.pool else last)
        return (self.conv3(torch.cat(results, 1)) + self.downsample(x)).relu()


def res2net50() -> Any:
    blocks, inputs = [], 64
    for planes, repetitions, stride in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        for i in range(repetitions):
            blocks.append(Res2Block(inputs, planes, stride if i == 0 else 1, i == 0))
            inputs = 4 * planes
    return nn.Sequential(conv_bn(3, 64, 7, 2), nn.MaxPool2d(3, 2, 1), *blocks, *classifier(2048))
