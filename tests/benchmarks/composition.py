"""Totals of RegNetX's design space: composed of pieces, by the walk, and by the counters of pycls.

    python -m tests.benchmarks.composition [--networks 2000] [--rounds 4] [--pycls FOLDER]

Each round draws other networks (Radosavovic et al. 2020, eq. 2 to 4: depth, w0, wa, wm and group width) and
goes through them with each in turn, so that a machine's drift meets all; the walk takes every fiftieth.
Pieces are kept from round to round, as a sweep does. What is printed are networks in a second of processor
time, of one core, and the ratio to the walk in the same round.

pycls runs where FOLDER is a checkout of facebookresearch/pycls, and PyTorch, yacs, iopath, submitit and
simplejson are installed; its parameters and multiply-adds have to be ours. Last are 60,000 layers by
`repeat`.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
from time import process_time
from typing import TYPE_CHECKING, Any

from cnnstat.analysis.analyze import analyze_graph
from cnnstat.analysis.composed import Pieces, totals
from cnnstat.graph.load import load, loads
from cnnstat.graph.model import build
from cnnstat.spec.choice import choose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cnnstat.spec.model import Family

COUNTS = ("params", "macs", "activations")
FIGURES = (*COUNTS, "receptive_field", "field_stride", "inference_memory_bytes", "training_memory_bytes")
SHARE = 50
BIAS = 1000
"""Additions of the last layer that pycls counts beside the multiply-adds."""
REPEATED = "input: [3, 8, 8]\nlayers: [{type: conv, filters: 3, kernel: 3, padding: 1, repeat: 60000}]"


def widths(depth: int, w0: int, wa: float, wm: float) -> list[int]:
    """Return the width of each block, quantised to multiples of 8."""
    steps = (round(math.log(1 + wa * j / w0) / math.log(wm)) for j in range(depth))
    return [round(w0 * wm**step / 8) * 8 for step in steps]


def drawn(draw: random.Random) -> dict[str, int]:
    """Return the parameters of a network of four stages."""
    while True:
        blocks = widths(
            draw.randint(12, 28), 8 * draw.randint(1, 32), 8 * draw.uniform(1, 32), draw.uniform(2, 3)
        )
        stages = sorted(set(blocks))
        group = 8 * draw.choice([1, 2, 3, 4, 5, 6, 8])
        if len(stages) == 4 and not any(width % min(group, width) for width in stages):
            depths = {f"n{i}": blocks.count(width) for i, width in enumerate(stages, 1)}
            return {"g": group, **{f"w{i}": width for i, width in enumerate(stages, 1)}, **depths}


def seconds(work: Callable[[dict[str, int]], object], networks: Iterable[dict[str, int]]) -> float:
    """Return the processor time that some networks take."""
    started = process_time()
    for params in networks:
        work(params)
    return process_time() - started


def of_pycls(folder: str) -> Callable[[dict[str, int]], dict[str, int]]:
    """Return the counters of pycls."""
    sys.path.insert(0, folder)
    from pycls.models.anynet import AnyNet  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415

    def counted(params: dict[str, int]) -> dict[str, int]:
        stages = range(1, 5)
        counts: dict[str, int] = AnyNet.complexity(
            {"h": 224, "w": 224, "flops": 0, "params": 0, "acts": 0},
            {
                "stem_type": "simple_stem_in",
                "stem_w": 32,
                "block_type": "res_bottleneck_block",
                "depths": [params[f"n{i}"] for i in stages],
                "widths": [params[f"w{i}"] for i in stages],
                "strides": [2] * 4,
                "bot_muls": [1.0] * 4,
                "group_ws": [min(params["g"], params[f"w{i}"]) for i in stages],
                "head_w": 0,
                "se_r": 0,
                "num_classes": 1000,
            },
        )
        return counts

    return counted


def works(family: Family, pycls: str | None) -> dict[str, Callable[[dict[str, int]], Any]]:
    """Return what goes through the networks, by its name."""
    kept: dict[tuple[str, ...], Pieces] = {COUNTS: Pieces(), FIGURES: Pieces()}

    def composed(figures: tuple[str, ...]) -> Callable[[dict[str, int]], Any]:
        return lambda params: totals(choose(family, None, params), pieces=kept[figures], figures=figures)

    every: dict[str, Callable[[dict[str, int]], Any]] = {
        "walk": lambda params: analyze_graph(build(choose(family, None, params))),
        "params, MACs, activations": composed(COUNTS),
        "with field and memory": composed(FIGURES),
    }
    if pycls is not None:
        every["pycls: params, flops, acts"] = of_pycls(pycls)
    return every


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--networks", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--pycls")
    asked = parser.parse_args()
    draw = random.Random(1)
    every = works(load("regnet").spec.family, asked.pycls)
    for each in range(asked.rounds):
        networks = [drawn(draw) for _ in range(asked.networks)]
        print(f"round {each + 1}")
        walked = 0.0
        for name, work in every.items():
            some = networks[::SHARE] if name == "walk" else networks
            rate = len(some) / seconds(work, some)
            walked = walked or rate
            print(f"  {name:28}{rate:8.0f} networks/s  {rate / walked:7.1f} times the walk", flush=True)
    if asked.pycls is not None:
        counts, counted = every["params, MACs, activations"], every["pycls: params, flops, acts"]
        for params in networks:
            ours, theirs = counts(params).counts, counted(params)
            assert (ours.params, ours.macs + BIAS) == (theirs["params"], theirs["flops"]), params
        print(f"parameters and multiply-adds of {len(networks)} networks are those of pycls")
    graph = loads(REPEATED)
    walk = seconds(lambda _: analyze_graph(graph), [{}])
    pieces = seconds(lambda _: totals(graph.spec), [{}])
    print(f"60,000 layers by repeat: the walk {walk:.3f} s, composed {pieces:.4f} s")


if __name__ == "__main__":
    main()
