"""Time the convolutions of four networks against PyTorch on the CPU: float32, batch 1, two threads.

Run `python -m tests.benchmarks.kernels [network ...]` where PyTorch is installed, on a quiet machine.
Each geometry is timed several times, ours and PyTorch's in turn, and the best of each counts, times how
often the network has it.
"""

from __future__ import annotations

import sys
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from cnnstat.bridge.program import options_of
from cnnstat.executor.kernel import Context
from cnnstat.executor.kernels import KERNELS
from cnnstat.executor.mac_counter import MacCounter
from cnnstat.layers.conv import Conv

if TYPE_CHECKING:
    from collections.abc import Callable

Geometry = tuple[int, int, int, int, int, int, int]
"""How often, channels, size, filters, kernel, stride, padding."""


def vgg16() -> list[Geometry]:
    plan = [(3, 224, 64), (64, 224, 64), (64, 112, 128), (128, 112, 128), (128, 56, 256), (256, 56, 256)]
    deep = [(2, 256, 56, 256), (1, 256, 28, 512), (2, 512, 28, 512), (3, 512, 14, 512)]
    return [(1, *row, 3, 1, 1) for row in plan[:5]] + [(*row, 3, 1, 1) for row in deep]


def resnet34() -> list[Geometry]:
    found: list[Geometry] = [(1, 3, 224, 64, 7, 2, 3), (6, 64, 56, 64, 3, 1, 1)]
    for count, channels, size in ((7, 128, 28), (11, 256, 14), (5, 512, 7)):
        before = channels // 2
        found += [(1, before, 2 * size, channels, 3, 2, 1), (1, before, 2 * size, channels, 1, 2, 0)]
        found.append((count, channels, size, channels, 3, 1, 1))
    return found


def alexnet() -> list[Geometry]:
    return [
        (1, 3, 224, 64, 11, 4, 2),
        (1, 64, 27, 192, 5, 1, 2),
        (1, 192, 13, 384, 3, 1, 1),
        (1, 384, 13, 256, 3, 1, 1),
        (1, 256, 13, 256, 3, 1, 1),
    ]


def googlenet() -> list[Geometry]:
    found: list[Geometry] = [(1, 3, 224, 64, 7, 2, 3), (1, 64, 56, 64, 1, 1, 0), (1, 64, 56, 192, 3, 1, 1)]
    modules = [
        (28, 192, 64, 96, 128, 16, 32, 32),
        (28, 256, 128, 128, 192, 32, 96, 64),
        (14, 480, 192, 96, 208, 16, 48, 64),
        (14, 512, 160, 112, 224, 24, 64, 64),
        (14, 512, 128, 128, 256, 24, 64, 64),
        (14, 512, 112, 144, 288, 32, 64, 64),
        (14, 528, 256, 160, 320, 32, 128, 128),
        (7, 832, 256, 160, 320, 32, 128, 128),
        (7, 832, 384, 192, 384, 48, 128, 128),
    ]
    for size, c, one, three_in, three, five_in, five, pool in modules:
        found += [(1, c, size, f, 1, 1, 0) for f in (one, three_in, five_in, pool)]
        found += [(1, three_in, size, three, 3, 1, 1), (1, five_in, size, five, 5, 1, 2)]
    return found


NETWORKS = {"alexnet": alexnet, "vgg16": vgg16, "resnet34": resnet34, "googlenet": googlenet}


def ours(geometry: Geometry) -> tuple[Callable[[], Any], Callable[[], Any]]:
    _, c, n, f, k, s, p = geometry
    rng = np.random.default_rng(0)
    x = rng.standard_normal((1, c, n, n), dtype=np.float32)
    options = options_of(Conv(filters=f, kernel=k, stride=s, padding=p))
    conv = KERNELS["conv"]
    params = conv.parameters((x,), options, rng).all
    y, _ = conv.forward((x,), params, options, Context(MacCounter()))
    dy = rng.standard_normal(y.shape, dtype=np.float32)
    ahead, both = Context(MacCounter(), backward=False), Context(MacCounter())

    def forward() -> None:
        conv.forward((x,), params, options, ahead)

    def there_and_back() -> None:
        way_back = conv.forward((x,), params, options, both)[1]
        assert way_back is not None
        way_back(dy)

    return forward, there_and_back


def theirs(geometry: Geometry) -> tuple[Callable[[], Any], Callable[[], Any]]:
    _, c, n, f, k, s, p = geometry
    x = torch.randn(1, c, n, n, requires_grad=True)
    conv = torch.nn.Conv2d(c, f, k, s, p)
    dy = torch.randn_like(conv(x))

    def forward() -> None:
        with torch.inference_mode():
            conv(x)

    def there_and_back() -> None:
        x.grad = conv.weight.grad = conv.bias.grad = None
        conv(x).backward(dy)

    return forward, there_and_back


def best(runs: list[Callable[[], Any]], seconds: float = 0.25, least: int = 5) -> list[float]:
    """Time the runs in bursts, each on its own, so that no library's threads spin under the other's."""
    found = [float("inf")] * len(runs)
    for _ in range(3):
        for i, run in enumerate(runs):
            run()
            end, count = perf_counter() + seconds / 3, 0
            while count < least or perf_counter() < end:
                start = perf_counter()
                run()
                found[i] = min(found[i], perf_counter() - start)
                count += 1
    return found


def main(names: list[str]) -> None:
    torch.set_num_threads(2)
    for name in names or list(NETWORKS):
        totals = np.zeros(4)
        print(f"{name:30}    forward: ours  torch  ratio   both: ours  torch  ratio   (ms)")
        for geometry in NETWORKS[name]():
            mine, other = ours(geometry), theirs(geometry)
            times = np.array(best([mine[0], other[0], mine[1], other[1]])) * 1e3
            totals += times * geometry[0]
            count, c, n, f, k, s, _ = geometry
            row(f"{count} x {c:4}@{n:3} -> {f:3} k{k} s{s}", times)
        row("all convolutions", totals)


def row(title: str, t: Any) -> None:
    print(
        f"{title:30} {t[0]:15.2f} {t[1]:6.2f} {t[0] / t[1]:6.2f} {t[2]:12.2f} {t[3]:6.2f} {t[2] / t[3]:6.2f}",
        flush=True,
    )


if __name__ == "__main__":
    main(sys.argv[1:])
