"""What the reference modules have in common: convolutions with a norm and an activation, gates, joins."""

from __future__ import annotations

from typing import Any

from torch import nn


def conv_bn(
    inputs: int,
    outputs: int,
    kernel: int = 1,
    stride: int = 1,
    act: Any = nn.ReLU,
    *,
    eps: float = 1e-5,
    **more: Any,
) -> Any:
    """A convolution without bias, padded to keep the size, a batch norm, and perhaps an activation."""
    more = {"padding": kernel // 2, "bias": False, **more}
    layers = [nn.Conv2d(inputs, outputs, kernel, stride, **more), nn.BatchNorm2d(outputs, eps=eps)]
    return nn.Sequential(*layers, *([] if act is None else [act()]))


class Residual(nn.Module):
    """The sum of a body and a shortcut, the latter behind the body, then perhaps an activation."""

    def __init__(self, body: Any, shortcut: Any = None, act: Any = None) -> None:
        super().__init__()
        self.body, self.shortcut = body, shortcut or nn.Identity()
        self.act = act() if act else nn.Identity()

    def forward(self, x: Any) -> Any:
        return self.act(self.body(x) + self.shortcut(x))


class Gate(nn.Module):
    """Squeeze and excitation: each map times a factor worked out from the means of all."""

    def __init__(self, channels: int, middle: int, act: Any = nn.ReLU, last: Any = nn.Sigmoid) -> None:
        super().__init__()
        self.squeeze = nn.AdaptiveAvgPool2d(1)
        self.reduce, self.act = nn.Conv2d(channels, middle, 1), act()
        self.expand, self.last = nn.Conv2d(middle, channels, 1), last()

    def forward(self, x: Any) -> Any:
        return x * self.last(self.expand(self.act(self.reduce(self.squeeze(x)))))


def classifier(features: int, classes: int = 1000) -> list[Any]:
    return [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(features, classes)]


class Bottleneck(nn.Module):
    """ResNet's block of 1x1, 3x3 and 1x1, with what may be inserted behind it."""

    def __init__(
        self,
        inputs: int,
        width: int,
        stride: int = 1,
        *,
        dilation: int = 1,
        first: bool = False,
        gate: Any = None,
    ) -> None:
        super().__init__()
        early, late = (stride, 1) if first else (1, stride)
        self.body = nn.Sequential(
            conv_bn(inputs, width, 1, early),
            conv_bn(width, width, 3, late, padding=dilation, dilation=dilation),
            conv_bn(width, 4 * width, act=None),
        )
        self.gate = gate(4 * width) if gate else nn.Identity()
        changed = stride != 1 or inputs != 4 * width
        self.downsample = conv_bn(inputs, 4 * width, 1, stride, None) if changed else nn.Identity()

    def forward(self, x: Any) -> Any:
        return (self.gate(self.body(x)) + self.downsample(x)).relu()


def resnet50(**options: Any) -> tuple[Any, ...]:
    """Return the stem and the four layers of ResNet-50."""
    stem = nn.Sequential(conv_bn(3, 64, 7, 2), nn.MaxPool2d(3, 2, 1))
    return (stem, *(layer(i, blocks, **options) for i, blocks in enumerate((3, 4, 6, 3))))


def layer(number: int, blocks: int, *, dilations: Any = (), stem: int = 64, **options: Any) -> Any:
    """Return layer 1 to 4 of ResNet-50, behind a stem of so many maps.

    `dilations` has for each layer its stride, the dilation of its first block and that of the others.
    """
    width, inputs = 64 << number, stem if number == 0 else 128 << number
    stride, first, others = dilations[number] if dilations else (1 if number == 0 else 2, 1, 1)
    return nn.Sequential(
        Bottleneck(inputs, width, stride, dilation=first, **options),
        *(Bottleneck(4 * width, width, dilation=others, **options) for _ in range(1, blocks)),
    )
