"""Small and fast classifiers in PyTorch: GhostNet, RepVGG and EfficientNetV2."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from tests.zoo.parts import Gate, Residual, classifier, conv_bn

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
