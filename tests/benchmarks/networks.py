"""Time five whole networks against PyTorch on the CPU: float32, batch 1, two threads.

    python -m tests.benchmarks.networks [--rounds ROUNDS] [NETWORK ...]

PyTorch must be installed, and the machine quiet. Ours and PyTorch's run in turn, so that a machine's drift
meets both. The times are the best of all rounds; the ratio is the median over rounds, beside its range. The
last column is what the forward pass achieves of the product of two large matrices, measured in the same run.
"""

from __future__ import annotations

import argparse
import os
import statistics
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

THREADS = 2
# BLAS reads these when NumPy is imported.
for library in ("OPENBLAS", "OMP", "MKL"):
    os.environ[f"{library}_NUM_THREADS"] = str(THREADS)

import numpy as np  # noqa: E402
import torch  # noqa: E402

import cnnstat  # noqa: E402
from tests.executor.torch_models import MODELS, built  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[[], Any]

FORWARD, BOTH = 2.0, 2.5
TARGETS = {name: (FORWARD, None if name == "lenet5" else BOTH) for name in MODELS}
"""The largest ratios aimed at: forward, and forward with backward."""
SIDE = 2048
SETTLE = 0.06
"""Seconds of each turn that do not count: the other library's threads spin on for a while."""
TURN = 0.15
"""Least seconds of each turn that count."""


@dataclass(frozen=True, slots=True)
class Turns:
    """Seconds of ours and of PyTorch's, round by round."""

    ours: tuple[float, ...]
    theirs: tuple[float, ...]

    @property
    def ratios(self) -> tuple[float, ...]:
        """Ours over PyTorch's, sorted."""
        return tuple(sorted(a / b for a, b in zip(self.ours, self.theirs, strict=True)))


def turn(run: Run) -> float:
    """Return the best time of a run, repeated until the turn is over."""
    settled = perf_counter() + SETTLE
    while perf_counter() < settled:
        run()
    found: list[float] = []
    while sum(found) < TURN:
        start = perf_counter()
        run()
        found.append(perf_counter() - start)
    return min(found)


def in_turn(ours: Run, theirs: Run, rounds: int) -> Turns:
    pairs = [(turn(ours), turn(theirs)) for _ in range(rounds)]
    return Turns(tuple(a for a, _ in pairs), tuple(b for _, b in pairs))


def our_runs(network: cnnstat.Network, sample: Any) -> tuple[Run, Run]:
    y = network.forward(sample, backward=False)
    assert not isinstance(y, tuple)
    dy = np.random.default_rng(1).standard_normal(y.shape, dtype=np.float32)

    def forward() -> None:
        network.forward(sample, backward=False)

    def both() -> None:
        network.forward(sample)
        network.backward(dy)

    return forward, both


def their_runs(model: Any, sample: Any) -> tuple[Run, Run]:
    plain, x = torch.from_numpy(sample), torch.from_numpy(sample.copy()).requires_grad_()
    dy = torch.randn_like(model(plain))

    def forward() -> None:
        with torch.no_grad():
            model(plain)

    def both() -> None:
        x.grad = None
        model.zero_grad(set_to_none=True)
        model(x).backward(dy)

    return forward, both


def peak() -> float:
    """Return the multiply-adds per second of a large matrix product."""
    a, b = np.random.default_rng(0).standard_normal((2, SIDE, SIDE), dtype=np.float32)
    out = np.empty_like(a)
    return float(SIDE**3 / turn(lambda: np.matmul(a, b, out=out)))


def as_text(turns: Turns, target: float | None) -> str:
    ours, theirs = 1e3 * min(turns.ours), 1e3 * min(turns.theirs)
    ratios = turns.ratios
    middle = statistics.median(ratios)
    spread = f"{ratios[0]:.2f}..{ratios[-1]:.2f}"
    aim = "" if target is None else f"{target:.1f}{' ' if middle <= target else '!'}"
    return f"{ours:9.2f} {theirs:8.2f} {middle:6.2f} {spread:>11} {aim:>5}"


def measure(name: str, rounds: int) -> str:
    network = cnnstat.Network(name, seed=0)
    sample = network.sample()
    ours, theirs = our_runs(network, sample), their_runs(built(name, network.parameters), sample)
    best = peak()
    forward = in_turn(ours[0], theirs[0], rounds)
    both = in_turn(ours[1], theirs[1], rounds)
    best = max(best, peak())
    macs = cnnstat.analyze(name).totals.counts.macs
    share = macs / min(forward.ours) / best
    aims = TARGETS[name]
    return f"{name:10}{as_text(forward, aims[0])}  {as_text(both, aims[1])} {share:7.1%} of {2e-9 * best:.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(description="Time whole networks against PyTorch.")
    parser.add_argument("networks", nargs="*", metavar="NETWORK", help=f"of {', '.join(MODELS)}; default all")
    parser.add_argument("--rounds", type=int, default=11, help="turns of each library (11)")
    options = parser.parse_args()
    if unknown := set(options.networks) - set(MODELS):
        parser.error(f"unknown network: {', '.join(sorted(unknown))}")
    if options.rounds < 1:
        parser.error("at least one round is needed")
    torch.set_num_threads(THREADS)
    torch.manual_seed(0)
    columns = f"{'ours':>9} {'torch':>8} {'ratio':>6} {'min..max':>11} {'aim':>5}"
    print(f"{'':10}{'forward (ms)':^43}  {'forward + backward (ms)':^43}")
    print(f"{'network':10}{columns}  {columns}   share of peak (GFLOP/s)")
    for name in options.networks or MODELS:
        print(measure(name, options.rounds), flush=True)


if __name__ == "__main__":
    main()
