"""Networks that put out pictures, or judge them, in PyTorch: DCGAN and SRResNet."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from torch import nn

from tests.zoo.parts import Residual


def dcgan_generator(n: int = 128, kernel: int = 5) -> Any:
    def up(inputs: int, outputs: int) -> Any:
        return nn.ConvTranspose2d(inputs, outputs, kernel, 2, (kernel - 1) // 2, kernel % 2, bias=False)

    widths = (8 * n, 4 * n, 2 * n, n)
    return nn.Sequential(
        *(nn.ConvTranspose2d(100, 8 * n, 4, bias=False), nn.BatchNorm2d(8 * n), nn.ReLU()),
        *(x for i, o in pairwise(widths) for x in (up(i, o), nn.BatchNorm2d(o), nn.ReLU())),
        *(up(n, 3), nn.Tanh()),
    )


def dcgan_discriminator(n: int = 64) -> Any:
    def down(inputs: int, outputs: int) -> Any:
        return nn.Conv2d(inputs, outputs, 4, 2, 1, bias=False)

    widths = (n, 2 * n, 4 * n, 8 * n)
    return nn.Sequential(
        *(down(3, n), nn.LeakyReLU(0.2)),
        *(x for i, o in pairwise(widths) for x in (down(i, o), nn.BatchNorm2d(o), nn.LeakyReLU(0.2))),
        *(nn.Conv2d(8 * n, 1, 4, bias=False), nn.Sigmoid()),
    )


def srresnet(n: int = 64) -> Any:
    def conv(outputs: int = n) -> Any:
        return nn.Conv2d(n, outputs, 3, padding=1)

    blocks = (
        Residual(nn.Sequential(conv(), nn.BatchNorm2d(n), nn.PReLU(n), conv(), nn.BatchNorm2d(n)))
        for _ in range(16)
    )
    return nn.Sequential(
        *(nn.Conv2d(3, n, 9, padding=4), nn.PReLU(n)),
        Residual(nn.Sequential(*blocks, conv(), nn.BatchNorm2d(n))),
        *(x for _ in range(2) for x in (conv(4 * n), nn.PixelShuffle(2), nn.PReLU(n))),
        nn.Conv2d(n, 3, 9, padding=4),
    )


class Siamese(nn.Module):
    """Two drawings, one twin: the probability that both are the same character."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[Any] = []
        for inputs, outputs, kernel in ((1, 64, 10), (64, 128, 7), (128, 128, 4), (128, 256, 4)):
            layers += [nn.Conv2d(inputs, outputs, kernel), nn.ReLU(), nn.MaxPool2d(2)]
        self.twin = nn.Sequential(*layers[:-1], nn.Flatten(), nn.Linear(256 * 6 * 6, 4096), nn.Sigmoid())
        self.same = nn.Linear(4096, 1)

    def forward(self, left: Any, right: Any) -> Any:
        return self.same((self.twin(left) - self.twin(right)).abs()).sigmoid()
