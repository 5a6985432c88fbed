"""Detectors, pyramids and segmentation on ResNet-50, as an author of PyTorch code writes them."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 - its name everywhere
from torch import nn

from tests.zoo.parts import conv_bn, layer, resnet50


def resized(x: Any, like: Any, mode: str = "bilinear", **more: Any) -> Any:
    return F.interpolate(x, size=like.shape[-2:], mode=mode, **more)


def conv3(inputs: int, outputs: int, stride: int = 1) -> Any:
    return nn.Conv2d(inputs, outputs, 3, stride, 1)


class Pyramid(nn.Module):
    """The levels of ResNet-50 from the coarsest to the finest, each with the coarser ones added."""

    def __init__(self, levels: int, *, first: bool) -> None:
        super().__init__()
        self.stem, *layers = resnet50(first=first)
        self.layers = nn.ModuleList(layers)
        for norm in (module for module in self.modules() if isinstance(module, nn.BatchNorm2d)):
            norm.requires_grad_(False)
        steps = [
            part
            for inputs in (2048, 1024, 512, 256)[:levels]
            for part in (nn.Conv2d(inputs, 256, 1), conv3(256, 256))
        ]
        self.laterals, self.smooth = steps[::2], steps[1::2]
        self.steps = nn.ModuleList(steps)

    def forward(self, x: Any) -> tuple[Any, ...]:
        """Return the levels, the finest first, and the last map of ResNet-50."""
        x, maps = self.stem(x), []
        for each in self.layers:
            x = each(x)
            maps.append(x)
        levels: list[Any] = []
        merged = None
        for fine, lateral, smooth in zip(reversed(maps), self.laterals, self.smooth, strict=False):
            here = lateral(fine)
            merged = here if merged is None else here + resized(merged, here, "nearest")
            levels.insert(0, smooth(merged))
        return (*levels, x)


class ResNet50FPN(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.pyramid = Pyramid(4, first=True)

    def forward(self, x: Any) -> tuple[Any, ...]:
        *levels, _ = self.pyramid(x)
        return (*levels, levels[-1][..., ::2, ::2])


class RetinaNet(nn.Module):
    def __init__(self, classes: int, *, first: bool, from_p5: bool) -> None:
        super().__init__()
        self.pyramid = Pyramid(3, first=first)
        self.from_p5 = from_p5
        self.p6, self.p7 = conv3(256 if from_p5 else 2048, 256, 2), conv3(256, 256, 2)
        self.classes, self.boxes = self.head(9 * classes), self.head(36)

    @staticmethod
    def head(outputs: int) -> Any:
        body = (x for _ in range(4) for x in (conv3(256, 256), nn.ReLU()))
        return nn.Sequential(*body, conv3(256, outputs))

    def forward(self, x: Any) -> list[Any]:
        *levels, last = self.pyramid(x)
        levels.append(self.p6(levels[-1] if self.from_p5 else last))
        levels.append(self.p7(levels[-1].relu()))
        return [head(level) for level in levels for head in (self.classes, self.boxes)]


class DeepLabV3(nn.Module):
    def __init__(self, classes: int = 21) -> None:
        super().__init__()
        plan = ((1, 1, 1), (2, 1, 1), (1, 1, 2), (1, 2, 4))
        self.stem, *layers = resnet50(dilations=plan)
        self.layers = nn.ModuleList(layers)
        self.looks = nn.ModuleList(
            [
                conv_bn(2048, 256),
                *(conv_bn(2048, 256, 3, padding=rate, dilation=rate) for rate in (12, 24, 36)),
                nn.Sequential(nn.AdaptiveAvgPool2d(1), conv_bn(2048, 256)),
            ]
        )
        self.project = nn.Sequential(conv_bn(5 * 256, 256), nn.Dropout(0.5))
        self.head = nn.Sequential(conv_bn(256, 256, 3), nn.Conv2d(256, classes, 1))
        self.aux = nn.Sequential(conv_bn(1024, 256, 3), nn.Dropout(0.1), nn.Conv2d(256, classes, 1))

    def forward(self, image: Any) -> tuple[Any, ...]:
        x = side = self.stem(image)
        for number, each in enumerate(self.layers, start=1):
            x = each(x)
            side = x if number == 3 else side
        looks = [resized(look(x), x) for look in self.looks]
        return resized(self.head(self.project(torch.cat(looks, 1))), image), resized(self.aux(side), image)


class PSPNet(nn.Module):
    def __init__(self, classes: int = 150) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            *(conv_bn(3, 64, 3, 2), conv_bn(64, 64, 3), conv_bn(64, 128, 3), nn.MaxPool2d(3, 2, 1))
        )
        plan = ((1, 1, 1), (2, 1, 1), (1, 2, 2), (1, 4, 4))
        self.layers = nn.ModuleList(
            layer(i, blocks, dilations=plan, stem=128) for i, blocks in enumerate((3, 4, 6, 3))
        )
        self.levels = nn.ModuleList(
            nn.Sequential(nn.AdaptiveAvgPool2d(bins), conv_bn(2048, 512)) for bins in (1, 2, 3, 6)
        )
        self.head, self.aux = self.logits(4096, 512, classes), self.logits(1024, 256, classes)

    @staticmethod
    def logits(inputs: int, middle: int, classes: int) -> Any:
        return nn.Sequential(conv_bn(inputs, middle, 3), nn.Dropout(0.1), nn.Conv2d(middle, classes, 1))

    def forward(self, image: Any) -> tuple[Any, ...]:
        x = side = self.stem(image)
        for number, each in enumerate(self.layers, start=1):
            x = each(x)
            side = x if number == 3 else side
        levels = [resized(level(x), x, align_corners=True) for level in self.levels]
        out = self.head(torch.cat([x, *levels], 1))
        return tuple(resized(y, image, align_corners=True) for y in (out, self.aux(side)))
