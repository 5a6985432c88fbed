"""Stacked hourglass and HRNet, as an author of PyTorch code writes them."""

from __future__ import annotations

from typing import Any

import torch.nn.functional as F  # noqa: N812 - its name everywhere
from torch import nn

from tests.zoo.parts import Bottleneck, Residual, classifier, conv_bn


def like(x: Any, y: Any) -> Any:
    """Repeat values up to the size of another map."""
    return F.interpolate(x, size=y.shape[-2:])


# -- Stacked hourglass ----------------------------------------------------------------------------------


def residual(inputs: int, outputs: int) -> Any:
    sizes = ((inputs, outputs // 2, 1), (outputs // 2, outputs // 2, 3), (outputs // 2, outputs, 1))
    body = (
        p for i, o, k in sizes for p in (nn.BatchNorm2d(i), nn.ReLU(), nn.Conv2d(i, o, k, padding=k // 2))
    )
    return Residual(nn.Sequential(*body), None if inputs == outputs else nn.Conv2d(inputs, outputs, 1))


class Hourglass(nn.Module):
    def __init__(self, levels: int, n: int) -> None:
        super().__init__()
        self.up = residual(n, n)
        below = Hourglass(levels - 1, n) if levels > 1 else residual(n, n)
        self.low = nn.Sequential(nn.MaxPool2d(2), residual(n, n), below, residual(n, n))

    def forward(self, x: Any) -> Any:
        up = self.up(x)
        return up + like(self.low(x), up)


class Stack(nn.Module):
    def __init__(self, n: int, joints: int, last: bool) -> None:
        super().__init__()
        self.features = nn.Sequential(
            Hourglass(4, n), residual(n, n), nn.Conv2d(n, n, 1), nn.BatchNorm2d(n), nn.ReLU()
        )
        self.heat = nn.Conv2d(n, joints, 1)
        self.back = None if last else nn.ModuleList([nn.Conv2d(joints, n, 1), nn.Conv2d(n, n, 1)])

    def forward(self, x: Any) -> tuple[Any, Any]:
        features = self.features(x)
        heat = self.heat(features)
        return (x + self.back[0](heat) + self.back[1](features) if self.back else x), heat


class StackedHourglass(nn.Module):
    def __init__(self, stacks: int = 8, n: int = 256, joints: int = 16) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            *(nn.Conv2d(3, 64, 7, 2, 3), nn.BatchNorm2d(64), nn.ReLU(), residual(64, 128)),
            *(nn.MaxPool2d(2), residual(128, 128), residual(128, n)),
        )
        self.stacks = nn.ModuleList(Stack(n, joints, i == stacks - 1) for i in range(stacks))

    def forward(self, x: Any) -> list[Any]:
        x, heats = self.stem(x), []
        for stack in self.stacks:
            x, heat = stack(x)
            heats.append(heat)
        return heats


# -- HRNet ----------------------------------------------------------------------------------------------


def basic(channels: int) -> Any:
    layers = (conv_bn(channels, channels, 3), conv_bn(channels, channels, 3, act=None))
    return Residual(nn.Sequential(*layers), act=nn.ReLU)


class Exchange(nn.Module):
    """Four blocks on each stream, then each stream gets all others."""

    def __init__(self, widths: list[int]) -> None:
        super().__init__()
        self.streams = nn.ModuleList(nn.Sequential(*(basic(w) for _ in range(4))) for w in widths)
        self.pairs = [(i, j) for i in range(len(widths)) for j in range(len(widths)) if i != j]
        self.ways = nn.ModuleList(self.way(widths, i, j) for i, j in self.pairs)

    @staticmethod
    def way(widths: list[int], to: int, of: int) -> Any:
        if of > to:
            return conv_bn(widths[of], widths[to], act=None)
        steps = (conv_bn(widths[of], widths[of], 3, 2) for _ in range(to - of - 1))
        return nn.Sequential(*steps, conv_bn(widths[of], widths[to], 3, 2, None))

    def forward(self, streams: list[Any]) -> list[Any]:
        before = [blocks(x) for blocks, x in zip(self.streams, streams, strict=True)]
        sums = list(before)
        for (to, of), way in zip(self.pairs, self.ways, strict=True):
            other = way(before[of])
            sums[to] = sums[to] + (like(other, before[to]) if of > to else other)
        return [x.relu() for x in sums]


class HRNet(nn.Module):
    def __init__(self, w: int = 18) -> None:
        super().__init__()
        widths = [w, 2 * w, 4 * w, 8 * w]
        self.stem = nn.Sequential(
            *(conv_bn(3, 64, 3, 2), conv_bn(64, 64, 3, 2), Bottleneck(64, 64)),
            *(Bottleneck(256, 64) for _ in range(3)),
        )
        self.a = conv_bn(256, w, 3)
        self.b = conv_bn(256, 2 * w, 3, 2)
        self.stage2 = nn.Sequential(Exchange(widths[:2]))
        self.c = conv_bn(2 * w, 4 * w, 3, 2)
        self.stage3 = nn.Sequential(*(Exchange(widths[:3]) for _ in range(4)))
        self.d = conv_bn(4 * w, 8 * w, 3, 2)
        self.stage4 = nn.Sequential(*(Exchange(widths) for _ in range(3)))
        head: list[Any] = [Bottleneck(w, 32)]
        for i in (1, 2, 3):
            head += [Bottleneck(widths[i], 32 << i), conv_bn(64 << i, 128 << i, 3, 2, bias=True)]
        self.head = nn.ModuleList(head)
        self.classifier = nn.Sequential(conv_bn(1024, 2048, bias=True), *classifier(2048))

    def forward(self, x: Any) -> Any:
        x = self.stem(x)
        streams = self.stage2([self.a(x), self.b(x)])
        streams = self.stage3([*streams, self.c(streams[-1])])
        streams = self.stage4([*streams, self.d(streams[-1])])
        y = self.head[0](streams[0])
        for i in (1, 2, 3):
            y = self.head[2 * i - 1](streams[i]) + self.head[2 * i](y)
        return self.classifier(y)
