"""Five networks as an author of PyTorch code writes them, with nothing taken from the specs.

Their tensors come in the order of the specs, so that `load` needs no table of names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import nn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnnstat.executor.kernel import Array

C3_TABLE = (
    *((0, 1, 2), (1, 2, 3), (2, 3, 4), (3, 4, 5), (0, 4, 5), (0, 1, 5)),
    *((0, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 5), (0, 3, 4, 5), (0, 1, 4, 5), (0, 1, 2, 5)),
    *((0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5)),
    (0, 1, 2, 3, 4, 5),
)
"""The maps that each filter of LeNet-5's C3 reads (LeCun et al. 1998, Table I)."""


class ScaledTanh(nn.Module):
    def forward(self, x: Any) -> Any:
        return 1.7159 * torch.tanh(2 / 3 * x)


class Subsample(nn.Module):
    """The sum of four cells, times a trained weight, plus a trained bias."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.full((channels,), 0.25))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.sum = nn.AvgPool2d(2, divisor_override=1)

    def forward(self, x: Any) -> Any:
        return self.sum(x) * self.weight[:, None, None] + self.bias[:, None, None]


class TableConv2d(nn.Conv2d):
    """A convolution with the weights of missing connections masked."""

    def __init__(self, channels: int, table: tuple[tuple[int, ...], ...], kernel_size: int) -> None:
        super().__init__(channels, len(table), kernel_size)
        mask = torch.tensor([[[[c in row]] for c in range(channels)] for row in table])
        self.register_buffer("mask", mask, persistent=False)

    def forward(self, x: Any) -> Any:
        return nn.functional.conv2d(x, self.weight * self.mask, self.bias)

    def dense(self, kernels: Any) -> Any:
        """Lay out kernels, one for each connection, as a full weight."""
        weight = torch.zeros_like(self.weight)
        weight[self.mask[:, :, 0, 0]] = kernels
        return weight


class RBF(nn.Module):
    """The squared distances from fixed codes."""

    def __init__(self, features: int, classes: int) -> None:
        super().__init__()
        self.register_buffer("codes", torch.ones(classes, features))

    def forward(self, x: Any) -> Any:
        return (x[:, None] - self.codes).square().sum(-1)


class LeNet5(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            *(nn.Conv2d(1, 6, 5), ScaledTanh(), Subsample(6), ScaledTanh()),
            *(TableConv2d(6, C3_TABLE, 5), ScaledTanh(), Subsample(16), ScaledTanh()),
            *(nn.Conv2d(16, 120, 5), ScaledTanh()),
        )
        self.classifier = nn.Sequential(nn.Linear(120, 84), ScaledTanh(), RBF(84, 10))

    def forward(self, x: Any) -> Any:
        return self.classifier(self.features(x).flatten(1))


class AlexNet(nn.Module):
    """The network of 2012: two halves, local response normalisation, overlapping pools."""

    def __init__(self) -> None:
        super().__init__()
        alpha = 5 * 1e-4  # PyTorch divides it by the size, the paper does not
        self.features = nn.Sequential(
            *(nn.Conv2d(3, 96, 11, stride=4), nn.ReLU(inplace=True)),
            *(nn.LocalResponseNorm(5, alpha, 0.75, 2.0), nn.MaxPool2d(3, 2)),
            *(nn.Conv2d(96, 256, 5, padding=2, groups=2), nn.ReLU(inplace=True)),
            *(nn.LocalResponseNorm(5, alpha, 0.75, 2.0), nn.MaxPool2d(3, 2)),
            *(nn.Conv2d(256, 384, 3, padding=1), nn.ReLU(inplace=True)),
            *(nn.Conv2d(384, 384, 3, padding=1, groups=2), nn.ReLU(inplace=True)),
            *(nn.Conv2d(384, 256, 3, padding=1, groups=2), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2)),
        )
        self.classifier = classifier(256 * 6 * 6)

    def forward(self, x: Any) -> Any:
        return self.classifier(self.features(x).flatten(1)).softmax(1)


def classifier(features: int) -> Any:
    """Return the fully connected end that AlexNet and VGG share."""
    return nn.Sequential(
        *(nn.Linear(features, 4096), nn.ReLU(inplace=True), nn.Dropout()),
        *(nn.Linear(4096, 4096), nn.ReLU(inplace=True), nn.Dropout()),
        nn.Linear(4096, 1000),
    )


class VGG16(nn.Module):
    plan = (64, 64, "M", 128, 128, "M", 256, 256, 256, "M", 512, 512, 512, "M", 512, 512, 512, "M")

    def __init__(self) -> None:
        super().__init__()
        layers: list[Any] = []
        channels = 3
        for item in self.plan:
            if isinstance(item, int):
                layers += [nn.Conv2d(channels, item, 3, padding=1), nn.ReLU(inplace=True)]
                channels = item
            else:
                layers.append(nn.MaxPool2d(2))
        self.features = nn.Sequential(*layers)
        self.classifier = classifier(512 * 7 * 7)

    def forward(self, x: Any) -> Any:
        return self.classifier(self.features(x).flatten(1)).softmax(1)


class BasicBlock(nn.Module):
    def __init__(self, inplanes: int, planes: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inplanes, planes, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = nn.Conv2d(planes, planes, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = nn.Identity()
        if stride != 1 or inplanes != planes:
            shortcut = nn.Conv2d(inplanes, planes, 1, stride, bias=False)
            self.downsample = nn.Sequential(shortcut, nn.BatchNorm2d(planes))

    def forward(self, x: Any) -> Any:
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        out += self.downsample(x)
        return self.relu(out)


class ResNet34(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, 2, padding=1)
        self.layer1 = self.layer(64, 64, 3, 1)
        self.layer2 = self.layer(64, 128, 4, 2)
        self.layer3 = self.layer(128, 256, 6, 2)
        self.layer4 = self.layer(256, 512, 3, 2)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(512, 1000)

    @staticmethod
    def layer(inplanes: int, planes: int, blocks: int, stride: int) -> Any:
        first = BasicBlock(inplanes, planes, stride)
        return nn.Sequential(first, *(BasicBlock(planes, planes, 1) for _ in range(1, blocks)))

    def forward(self, x: Any) -> Any:
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(self.avgpool(x).flatten(1))


class BasicConv2d(nn.Module):
    def __init__(self, inputs: int, outputs: int, kernel_size: int, stride: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel_size, stride, padding=kernel_size // 2)

    def forward(self, x: Any) -> Any:
        return torch.relu_(self.conv(x))


class Inception(nn.Module):
    def __init__(self, inputs: int, n1: int, r3: int, n3: int, r5: int, n5: int, proj: int) -> None:
        super().__init__()
        self.branch1 = BasicConv2d(inputs, n1, 1)
        self.branch2 = nn.Sequential(BasicConv2d(inputs, r3, 1), BasicConv2d(r3, n3, 3))
        self.branch3 = nn.Sequential(BasicConv2d(inputs, r5, 1), BasicConv2d(r5, n5, 5))
        self.branch4 = nn.Sequential(nn.MaxPool2d(3, 1, padding=1), BasicConv2d(inputs, proj, 1))

    def forward(self, x: Any) -> Any:
        return torch.cat([self.branch1(x), self.branch2(x), self.branch3(x), self.branch4(x)], 1)


class GoogLeNet(nn.Module):
    """The network of the paper, without batch normalisation and without its auxiliary heads."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = BasicConv2d(3, 64, 7, stride=2)
        self.conv2 = BasicConv2d(64, 64, 1)
        self.conv3 = BasicConv2d(64, 192, 3)
        self.norm = nn.LocalResponseNorm(5, 1e-4, 0.75, 2.0)
        self.pool = nn.MaxPool2d(3, 2, ceil_mode=True)
        self.inception3a = Inception(192, 64, 96, 128, 16, 32, 32)
        self.inception3b = Inception(256, 128, 128, 192, 32, 96, 64)
        self.inception4a = Inception(480, 192, 96, 208, 16, 48, 64)
        self.inception4b = Inception(512, 160, 112, 224, 24, 64, 64)
        self.inception4c = Inception(512, 128, 128, 256, 24, 64, 64)
        self.inception4d = Inception(512, 112, 144, 288, 32, 64, 64)
        self.inception4e = Inception(528, 256, 160, 320, 32, 128, 128)
        self.inception5a = Inception(832, 256, 160, 320, 32, 128, 128)
        self.inception5b = Inception(832, 384, 192, 384, 48, 128, 128)
        self.avgpool = nn.AvgPool2d(7)
        self.dropout = nn.Dropout(0.4)
        self.fc = nn.Linear(1024, 1000)

    def forward(self, x: Any) -> Any:
        x = self.norm(self.pool(self.conv1(x)))
        x = self.pool(self.norm(self.conv3(self.conv2(x))))
        x = self.pool(self.inception3b(self.inception3a(x)))
        x = self.inception4c(self.inception4b(self.inception4a(x)))
        x = self.pool(self.inception4e(self.inception4d(x)))
        x = self.avgpool(self.inception5b(self.inception5a(x)))
        return self.fc(self.dropout(x.flatten(1))).softmax(1)


MODELS: dict[str, Any] = {
    "vgg16": VGG16,
    "resnet34": ResNet34,
    "googlenet": GoogLeNet,
    "alexnet": AlexNet,
    "lenet5": LeNet5,
}
"""By the name of the bundled architecture."""


def laid_out(model: Any, name: str, tensor: Array) -> Any:
    """Return a tensor of ours in the layout of the model's tensor of that name."""
    owner, _, own = name.rpartition(".")
    layer, given = model.get_submodule(owner), torch.from_numpy(tensor)
    return layer.dense(given) if own == "weight" and isinstance(layer, TableConv2d) else given


def load(model: Any, tensors: Mapping[str, Array]) -> None:
    """Copy tensors into a model, one after the other."""
    state = {name: own for name, own in model.state_dict().items() if own.is_floating_point()}
    with torch.no_grad():
        for (name, own), (source, tensor) in zip(state.items(), tensors.items(), strict=True):
            given = laid_out(model, name, tensor)
            if own.shape != given.shape:
                raise ValueError(f"{name} is {tuple(own.shape)}, {source} is {tuple(given.shape)}")
            own.copy_(given)


def built(name: str, tensors: Mapping[str, Array]) -> Any:
    """Return a model for inference with these tensors, in their precision."""
    kind = torch.from_numpy(next(iter(tensors.values()))).dtype
    model = MODELS[name]().to(kind).eval()
    load(model, tensors)
    return model
