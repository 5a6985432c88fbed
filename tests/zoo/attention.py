"""Networks with attention in PyTorch: CBAM, a non-local block, BoTNet and ViT."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from tests.zoo.parts import Bottleneck, classifier, conv_bn, layer, resnet50


class CBAM(nn.Module):
    def __init__(self, maps: int) -> None:
        super().__init__()
        self.mlp = nn.Sequential(nn.Conv2d(maps, maps // 16, 1), nn.ReLU(), nn.Conv2d(maps // 16, maps, 1))
        self.where = conv_bn(2, 1, 7, act=None)

    def forward(self, x: Any) -> Any:
        which = self.mlp(x.mean((2, 3), keepdim=True)) + self.mlp(x.amax((2, 3), keepdim=True))
        x = x * which.sigmoid()
        both = torch.cat([x.amax(1, keepdim=True), x.mean(1, keepdim=True)], 1)
        return x * self.where(both).sigmoid()


def cbam_resnet50() -> Any:
    return nn.Sequential(*resnet50(first=True, gate=CBAM), *classifier(2048))


class NonLocal(nn.Module):
    def __init__(self, maps: int) -> None:
        super().__init__()
        self.theta, self.phi, self.g = (nn.Conv2d(maps, maps // 2, 1) for _ in range(3))
        self.z = nn.Sequential(nn.Conv2d(maps // 2, maps, 1), nn.BatchNorm2d(maps))

    def forward(self, x: Any) -> Any:
        theta, phi, g = (each(x).flatten(2) for each in (self.theta, self.phi, self.g))
        shares = (theta.transpose(1, 2) @ phi).softmax(2)
        return x + self.z((g @ shares.transpose(1, 2)).unflatten(2, x.shape[2:]))


def nonlocal_resnet50() -> Any:
    stem, *layers = resnet50()
    *before, last = layers[2]
    return nn.Sequential(stem, *layers[:2], *before, NonLocal(1024), last, layers[3], *classifier(2048))


class MHSA(nn.Module):
    """Self-attention on a map, with a vector for each row and one for each column added to the keys."""

    def __init__(self, maps: int, height: int, width: int) -> None:
        super().__init__()
        self.q, self.k, self.v = (nn.Conv2d(maps, maps, 1, bias=False) for _ in range(3))
        self.rows = nn.ParameterList([torch.zeros(maps, height, 1)])
        self.columns = nn.ParameterList([torch.zeros(maps, 1, width)])

    def forward(self, x: Any) -> Any:
        places = (self.rows[0] + self.columns[0]).flatten(1).unflatten(0, (4, -1)).expand(len(x), -1, -1, -1)
        q, k, v = (each(x).flatten(2).unflatten(1, (4, -1)) for each in (self.q, self.k, self.v))
        scores = q.transpose(2, 3) @ k + q.transpose(2, 3) @ places
        mixed = v @ (scores / q.shape[2] ** 0.5).softmax(3).transpose(2, 3)
        return mixed.flatten(1, 2).unflatten(2, x.shape[2:])


class AttentionBottleneck(Bottleneck):
    def __init__(self, inputs: int, stride: int, height: int, width: int) -> None:
        super().__init__(inputs, 512, stride)
        pool = [nn.AvgPool2d(2)] if stride > 1 else []
        attention = (MHSA(512, height, width), *pool, nn.BatchNorm2d(512), nn.ReLU())
        self.body = nn.Sequential(self.body[0], *attention, self.body[2])


class BoTNet(nn.Sequential):
    """`height` and `width` are those of the map that layer4 reads."""

    def __init__(self, height: int = 14, width: int = 14) -> None:
        stem = (conv_bn(3, 64, 7, 2), nn.MaxPool2d(3, 2, 1))
        layers = (layer(i, blocks) for i, blocks in enumerate((3, 4, 6)))
        half = (height // 2, width // 2)
        last = (AttentionBottleneck(2048, 1, *half) for _ in range(2))
        first = AttentionBottleneck(1024, 2, height, width)
        super().__init__(*stem, *layers, first, *last, *classifier(2048))


class Attention(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.q, self.k, self.v, self.out = (nn.Linear(width, width) for _ in range(4))

    def forward(self, x: Any) -> Any:
        q, k, v = (
            each(x).unflatten(2, (self.heads, -1)).transpose(1, 2) for each in (self.q, self.k, self.v)
        )
        shares = (q @ k.transpose(2, 3) / q.shape[-1] ** 0.5).softmax(3)
        return self.out((shares @ v).transpose(1, 2).flatten(2))


class Encoder(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.attention = nn.Sequential(nn.LayerNorm(width, eps=1e-6), Attention(width, heads))
        mlp = (nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))
        self.mlp = nn.Sequential(nn.LayerNorm(width, eps=1e-6), *mlp)

    def forward(self, x: Any) -> Any:
        x = x + self.attention(x)
        return x + self.mlp(x)


class ViT(nn.Module):
    """Words are rows; what is trained for each of them is kept as columns."""

    def __init__(self, words: int = 197, width: int = 768) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, width, 16, 16)
        self.class_token = nn.ParameterList([torch.zeros(width, 1)])
        self.positions = nn.ParameterList([torch.zeros(width, words)])
        self.encoder = nn.Sequential(*(Encoder(width, 12) for _ in range(12)))
        self.norm, self.head = nn.LayerNorm(width, eps=1e-6), nn.Linear(width, 1000)

    def forward(self, x: Any) -> Any:
        x = self.patches(x).flatten(2)
        x = torch.cat([self.class_token[0].expand(len(x), -1, -1), x], 2) + self.positions[0]
        return self.head(self.norm(self.encoder(x.transpose(1, 2)))[:, 0])
