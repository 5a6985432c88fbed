"""Classifiers as an author of PyTorch code writes them, with nothing taken from the specs."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 - its name everywhere
from torch import nn

from tests.zoo.parts import Gate, Residual, classifier, conv_bn, layer, resnet50

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
    return nn.Sequential(*resnet50(first=True, gate=lambda maps: Gate(maps, maps // 16)), *classifier(2048))


# -- Res2Net-50 ---------------------------------------------------------------------------------------


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


# -- ResNets and VGG-16 as torchvision builds them ------------------------------------------------------


def resnet(*blocks: int) -> Any:
    layers = (layer(i, n) for i, n in enumerate(blocks))
    return nn.Sequential(conv_bn(3, 64, 7, 2), nn.MaxPool2d(3, 2, 1), *layers, *classifier(2048))


def resnet101() -> Any:
    return resnet(3, 4, 23, 3)


def resnet152() -> Any:
    return resnet(3, 8, 36, 3)


def vgg16() -> Any:
    layers: list[Any] = []
    inputs = 3
    for maps, times in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(times):
            layers += [nn.Conv2d(inputs, maps, 3, padding=1), nn.ReLU()]
            inputs = maps
        layers.append(nn.MaxPool2d(2))
    layers += [nn.AdaptiveAvgPool2d(7), nn.Flatten(), nn.Linear(512 * 49, 4096), nn.ReLU(), nn.Dropout()]
    return nn.Sequential(*layers, nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout(), nn.Linear(4096, 1000))


# -- ConvNeXt -------------------------------------------------------------------------------------------


class ChannelsLast(nn.Sequential):
    """Layers that read channels as the last axis, on maps that have them first."""

    def forward(self, x: Any) -> Any:
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class Scale(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.factor = nn.Parameter(torch.full((channels,), 1e-6))

    def forward(self, x: Any) -> Any:
        return x * self.factor[:, None, None]


def convnext_block(c: int) -> Any:
    norm = nn.LayerNorm(c, eps=1e-6)
    mixed = ChannelsLast(norm, nn.Linear(c, 4 * c), nn.GELU(), nn.Linear(4 * c, c))
    return Residual(nn.Sequential(nn.Conv2d(c, c, 7, padding=3, groups=c), mixed, Scale(c)))


def convnext_tiny() -> Any:
    layers: list[Any] = [nn.Conv2d(3, 96, 4, 4), ChannelsLast(nn.LayerNorm(96, eps=1e-6))]
    for c, blocks in ((96, 3), (192, 3), (384, 9), (768, 3)):
        if c > 96:
            layers += [ChannelsLast(nn.LayerNorm(c // 2, eps=1e-6)), nn.Conv2d(c // 2, c, 2, 2)]
        layers += [convnext_block(c) for _ in range(blocks)]
    end = (ChannelsLast(nn.LayerNorm(768, eps=1e-6)), nn.Flatten(), nn.Linear(768, 1000))
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), *end)
