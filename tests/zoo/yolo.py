"""YOLOv5 and YOLOv8, as an author of PyTorch code writes them."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 - its name everywhere
from torch import nn

from tests.zoo.parts import Residual, conv_bn


def conv(inputs: int, outputs: int, kernel: int = 1, stride: int = 1, **more: Any) -> Any:
    return conv_bn(inputs, outputs, kernel, stride, nn.SiLU, eps=1e-3, **more)


def bottleneck(channels: int, kernel: int, add: bool) -> Any:
    body = nn.Sequential(conv(channels, channels, kernel), conv(channels, channels, 3))
    return Residual(body) if add else body


class C3(nn.Module):
    def __init__(self, inputs: int, outputs: int, n: int = 1, add: bool = True) -> None:
        super().__init__()
        half = outputs // 2
        self.way = nn.Sequential(conv(inputs, half), *(bottleneck(half, 1, add) for _ in range(n)))
        self.side, self.join = conv(inputs, half), conv(2 * half, outputs)

    def forward(self, x: Any) -> Any:
        return self.join(torch.cat([self.way(x), self.side(x)], 1))


class C2f(nn.Module):
    def __init__(self, inputs: int, outputs: int, n: int = 1, add: bool = True) -> None:
        super().__init__()
        self.first = conv(inputs, outputs)
        self.blocks = nn.ModuleList(bottleneck(outputs // 2, 3, add) for _ in range(n))
        self.last = conv((2 + n) * (outputs // 2), outputs)

    def forward(self, x: Any) -> Any:
        kept = list(self.first(x).chunk(2, 1))
        for block in self.blocks:
            kept.append(block(kept[-1]))
        return self.last(torch.cat(kept, 1))


class SPPF(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first, self.pool = conv(channels, channels // 2), nn.MaxPool2d(5, 1, 2)
        self.last = conv(2 * channels, channels)

    def forward(self, x: Any) -> Any:
        kept = [self.first(x)]
        for _ in range(3):
            kept.append(self.pool(kept[-1]))
        return self.last(torch.cat(kept, 1))


def onto(coarse: Any, fine: Any) -> Any:
    return torch.cat([F.interpolate(coarse, size=fine.shape[-2:]), fine], 1)


class YOLOv5(nn.Module):
    """YOLOv5s."""

    def __init__(self, classes: int = 80) -> None:
        super().__init__()
        self.stage3 = nn.Sequential(
            *(
                conv(3, 32, 6, 2, padding=2),
                conv(32, 64, 3, 2),
                C3(64, 64),
                conv(64, 128, 3, 2),
                C3(128, 128, 2),
            ),
        )
        self.stage4 = nn.Sequential(conv(128, 256, 3, 2), C3(256, 256, 3))
        self.stage5 = nn.Sequential(conv(256, 512, 3, 2), C3(512, 512), SPPF(512))
        self.top, self.mixed4 = conv(512, 256), C3(512, 256, add=False)
        self.side, self.p3 = conv(256, 128), C3(256, 128, add=False)
        self.back4, self.p4 = conv(128, 128, 3, 2), C3(256, 256, add=False)
        self.back5, self.p5 = conv(256, 256, 3, 2), C3(512, 512, add=False)
        self.detect = nn.ModuleList(nn.Conv2d(c, 3 * (5 + classes), 1) for c in (128, 256, 512))

    def forward(self, x: Any) -> list[Any]:
        stage3 = self.stage3(x)
        stage4 = self.stage4(stage3)
        top = self.top(self.stage5(stage4))
        side = self.side(self.mixed4(onto(top, stage4)))
        p3 = self.p3(onto(side, stage3))
        p4 = self.p4(torch.cat([self.back4(p3), side], 1))
        p5 = self.p5(torch.cat([self.back5(p4), top], 1))
        return [detect(p) for detect, p in zip(self.detect, (p3, p4, p5), strict=True)]


class Means(nn.Module):
    """Of four distributions over 16 steps at each position."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(16, 1, 1, bias=False).requires_grad_(False)

    def forward(self, x: Any) -> Any:
        return self.conv(x.reshape(len(x), 4, 16, -1).transpose(1, 2).softmax(1))


class YOLOv8(nn.Module):
    """YOLOv8n."""

    def __init__(self, classes: int = 80) -> None:
        super().__init__()
        self.stage3 = nn.Sequential(
            *(conv(3, 16, 3, 2), conv(16, 32, 3, 2), C2f(32, 32), conv(32, 64, 3, 2), C2f(64, 64, 2)),
        )
        self.stage4 = nn.Sequential(conv(64, 128, 3, 2), C2f(128, 128, 2))
        self.stage5 = nn.Sequential(conv(128, 256, 3, 2), C2f(256, 256), SPPF(256))
        self.mixed4, self.p3 = C2f(384, 128, add=False), C2f(192, 64, add=False)
        self.back4, self.p4 = conv(64, 64, 3, 2), C2f(192, 128, add=False)
        self.back5, self.p5 = conv(128, 128, 3, 2), C2f(384, 256, add=False)
        means = Means()
        heads: list[Any] = []
        for c in (64, 128, 256):
            heads += [nn.Sequential(self.tower(c, 64, 64), means), self.tower(c, 80, classes)]
        self.heads = nn.ModuleList(heads)

    @staticmethod
    def tower(inputs: int, middle: int, outputs: int) -> Any:
        return nn.Sequential(conv(inputs, middle, 3), conv(middle, middle, 3), nn.Conv2d(middle, outputs, 1))

    def forward(self, x: Any) -> list[Any]:
        stage3 = self.stage3(x)
        stage4 = self.stage4(stage3)
        stage5 = self.stage5(stage4)
        mixed4 = self.mixed4(onto(stage5, stage4))
        p3 = self.p3(onto(mixed4, stage3))
        p4 = self.p4(torch.cat([self.back4(p3), mixed4], 1))
        p5 = self.p5(torch.cat([self.back5(p4), stage5], 1))
        return [head(p) for head, p in zip(self.heads, (p3, p3, p4, p4, p5, p5), strict=True)]
