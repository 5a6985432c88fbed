"""Networks of clips and of volumes, as an author of PyTorch code writes them."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from tests.zoo.parts import Residual


def c3d(classes: int = 487) -> Any:
    layers: list[Any] = []
    channels = 3
    for pool, widths in enumerate(((64,), (128,), (256, 256), (512, 512), (512, 512))):
        for width in widths:
            layers += [nn.Conv3d(channels, width, 3, padding=1), nn.ReLU()]
            channels = width
        layers.append(nn.MaxPool3d((1, 2, 2) if pool == 0 else 2, ceil_mode=pool == 4))
    layers.append(nn.Flatten())
    for inputs in (8192, 4096):
        layers += [nn.Linear(inputs, 4096), nn.ReLU(), nn.Dropout()]
    return nn.Sequential(*layers, nn.Linear(4096, classes), nn.Softmax(1))


def factored(inputs: int, outputs: int, middle: int, stride: int = 1) -> list[Any]:
    """A convolution over rows and columns, and one over time."""
    return [
        nn.Conv3d(inputs, middle, (1, 3, 3), (1, stride, stride), (0, 1, 1), bias=False),
        *(nn.BatchNorm3d(middle), nn.ReLU()),
        nn.Conv3d(middle, outputs, (3, 1, 1), (stride, 1, 1), (1, 0, 0), bias=False),
        nn.BatchNorm3d(outputs),
    ]


def between(inputs: int, outputs: int) -> int:
    return 27 * inputs * outputs // (9 * inputs + 3 * outputs)


def r2plus1d_18(*, own: bool, classes: int = 400) -> Any:
    def block(inputs: int, width: int, stride: int) -> Any:
        middle = between(inputs, width)
        second = between(width, width) if own else middle
        body = nn.Sequential(
            *factored(inputs, width, middle, stride), nn.ReLU(), *factored(width, width, second)
        )
        if stride == 1:
            return Residual(body, act=nn.ReLU)
        shortcut = nn.Conv3d(inputs, width, 1, stride, bias=False)
        return Residual(body, nn.Sequential(shortcut, nn.BatchNorm3d(width)), nn.ReLU)

    stem = [
        nn.Conv3d(3, 45, (1, 7, 7), (1, 2, 2), (0, 3, 3), bias=False),
        *(nn.BatchNorm3d(45), nn.ReLU()),
        nn.Conv3d(45, 64, (3, 1, 1), padding=(1, 0, 0), bias=False),
        *(nn.BatchNorm3d(64), nn.ReLU()),
    ]
    blocks = [block(64, 64, 1), block(64, 64, 1)]
    for width in (128, 256, 512):
        blocks += [block(width // 2, width, 2), block(width, width, 1)]
    end = [nn.AdaptiveAvgPool3d(1), nn.Flatten(), nn.Linear(512, classes)]
    return nn.Sequential(*stem, *blocks, *end)


def double(inputs: int, narrow: int, wide: int) -> Any:
    return nn.Sequential(
        *(nn.Conv3d(inputs, narrow, 3), nn.BatchNorm3d(narrow), nn.ReLU()),
        *(nn.Conv3d(narrow, wide, 3), nn.BatchNorm3d(wide), nn.ReLU()),
    )


class UNet3D(nn.Module):
    def __init__(self, classes: int = 3) -> None:
        super().__init__()
        self.down = nn.ModuleList(
            double(3 if width == 32 else width, width, 2 * width) for width in (32, 64, 128, 256)
        )
        self.pool = nn.MaxPool3d(2)
        self.up = nn.ModuleList(
            part
            for width in (256, 128, 64)
            for part in (
                nn.ConvTranspose3d(2 * width, 2 * width, 2, 2, bias=False),
                double(3 * width, width, width),
            )
        )
        self.labels = nn.Conv3d(64, classes, 1)

    def forward(self, x: Any) -> Any:
        beside: list[Any] = []
        for number, down in enumerate(self.down):
            x = down(x if number == 0 else self.pool(x))
            beside.append(x)
        beside.pop()
        for upconv, convs in zip(self.up[::2], self.up[1::2], strict=True):
            x = upconv(x)
            x = convs(torch.cat([centred(beside.pop(), x.shape[2:]), x], 1))
        return self.labels(x).softmax(1)


def centred(x: Any, sizes: tuple[int, ...]) -> Any:
    for axis, size in enumerate(sizes, 2):
        x = x.narrow(axis, (x.shape[axis] - size) // 2, size)
    return x
