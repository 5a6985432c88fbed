"""WaveNet and TCN, as an author of PyTorch code writes them."""

from __future__ import annotations

from typing import Any

import torch.nn.functional as F  # noqa: N812 - its name everywhere
from torch import nn


class Causal(nn.Module):
    """A dilated convolution that reads nothing to come: zeros stand in front of the signal."""

    def __init__(self, inputs: int, outputs: int, kernel: int = 2, dilation: int = 1) -> None:
        super().__init__()
        self.front = dilation * (kernel - 1)
        self.conv = nn.Conv1d(inputs, outputs, kernel, dilation=dilation)

    def forward(self, x: Any) -> Any:
        return self.conv(F.pad(x, (self.front, 0)))


class Wave(nn.Module):
    def __init__(self, n: int, skip: int, dilation: int) -> None:
        super().__init__()
        self.filter, self.gate = Causal(n, n, dilation=dilation), Causal(n, n, dilation=dilation)
        self.skip, self.residual = nn.Conv1d(n, skip, 1), nn.Conv1d(n, n, 1)

    def forward(self, x: Any) -> tuple[Any, Any]:
        y = self.filter(x).tanh() * self.gate(x).sigmoid()
        return x + self.residual(y), self.skip(y)


class WaveNet(nn.Module):
    def __init__(self, n: int = 32, skip: int = 256) -> None:
        super().__init__()
        self.front = Causal(256, n)
        self.waves = nn.ModuleList(Wave(n, skip, 2 ** (i % 10)) for i in range(30))
        self.end = nn.Sequential(
            *(nn.ReLU(), nn.Conv1d(skip, skip, 1), nn.ReLU(), nn.Conv1d(skip, 256, 1), nn.Softmax(1))
        )

    def forward(self, x: Any) -> Any:
        x, skips = self.front(x), []
        for wave in self.waves:
            x, skip = wave(x)
            skips.append(skip)
        return self.end(sum(skips))


class Level(nn.Module):
    def __init__(self, inputs: int, n: int, dilation: int) -> None:
        super().__init__()
        body = (p for i in (inputs, n) for p in (Causal(i, n, 7, dilation), nn.ReLU(), nn.Dropout(0.05)))
        self.body = nn.Sequential(*body)
        self.downsample = nn.Conv1d(inputs, n, 1) if inputs != n else nn.Identity()

    def forward(self, x: Any) -> Any:
        return (self.body(x) + self.downsample(x)).relu()


class TCN(nn.Module):
    def __init__(self, n: int = 25) -> None:
        super().__init__()
        self.levels = nn.Sequential(*(Level(n if i else 1, n, 2**i) for i in range(8)))
        self.fc = nn.Linear(n, 10)

    def forward(self, x: Any) -> Any:
        return self.fc(self.levels(x)[..., -1]).log_softmax(1)
