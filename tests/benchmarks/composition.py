"""Totals of RegNetX's design space: composed of pieces, by the walk, and by the counters of pycls.

    python -m tests.benchmarks.composition [--networks 2000] [--rounds 4] [--pycls FOLDER]

Each round draws other networks of the space in architectures/regnet.yaml and goes through them with each in
turn, so that a machine's drift meets all; the walk takes every fiftieth. Pieces are kept from round to round,
as a sweep does. What is printed are networks in a second of processor time, of one core, and the ratio to the
walk in the same round. The last lines of a round are for networks that are drawn, too: as a sweep does, and
as pycls' own tools/sweep_setup.py does.

pycls runs where FOLDER is a checkout of facebookresearch/pycls, and PyTorch, yacs, iopath, submitit,
simplejson and matplotlib are installed; its parameters and multiply-adds have to be ours. Last are 60,000
layers by `repeat`.
"""

from __future__ import annotations

import argparse
import os
import sys
from itertools import count
from time import process_time
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from cnnstat.analysis.analyze import analyze_graph
from cnnstat.analysis.composed import Pieces, totals
from cnnstat.analysis.settings import Settings
from cnnstat.base.errors import Fault
from cnnstat.graph.load import load, loads
from cnnstat.graph.model import build
from cnnstat.spec.choice import choose
from cnnstat.sweeps.networks.evaluator import Evaluator
from cnnstat.sweeps.question.asked import Varied
from cnnstat.sweeps.question.plan_reader import read_plan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from cnnstat.spec.model import Family

COUNTS = ("params", "macs", "activations")
FIGURES = (*COUNTS, "receptive_field", "field_stride", "inference_memory_bytes", "training_memory_bytes")
SHARE = 50
BIAS = 1000
"""Additions of the last layer that pycls counts beside the multiply-adds."""
REPEATED = "input: [3, 8, 8]\nlayers: [{type: conv, filters: 3, kernel: 3, padding: 1, repeat: 60000}]"


def drawn(family: Family, seed: int) -> Iterator[dict[str, Any]]:
    """Yield the parameters of the networks of a space, in the order of a sample's points."""
    space, own = family.space, choose(family, None, {}).params
    assert space is not None
    for number in count():
        try:
            settled = space.settled(space.drawn(seed, number), own)
        except Fault:  # a condition does not hold
            continue
        yield {name: value for name, value in settled.items() if name in family.params}


def seconds(work: Callable[[Any], object], networks: Iterable[object]) -> float:
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


def sampler_of_pycls(seed: int) -> Callable[[object], object]:
    """Return what draws one more network and counts it, as tools/sweep_setup.py of pycls does."""
    os.environ.setdefault("CONDA_PREFIX", "")  # which it reads, and does not need here
    import numpy as np  # noqa: PLC0415
    from pycls.core import config  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415
    from pycls.models.regnet import RegNet  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415
    from pycls.sweep import samplers  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415
    from pycls.sweep.config import SAMPLERS, sweep_cfg  # type: ignore  # noqa: PLC0415

    np.random.seed(seed)  # which is where pycls draws

    def one_more(_: object) -> object:
        while True:
            params = samplers.sample_parameters({"REGNET": SAMPLERS.REGNET_SAMPLER})
            config.reset_cfg()
            config.cfg.MODEL.TYPE = "regnet"
            config.cfg.merge_from_list(params)
            if samplers.check_regnet_constraints(sweep_cfg.SETUP.CONSTRAINTS):
                return RegNet.complexity({"h": 224, "w": 224, "flops": 0, "params": 0, "acts": 0})

    return one_more


def sampler(seed: int) -> Callable[[object], object]:
    """Return what draws one more network and counts it, as a sweep does."""
    plan = read_plan(("regnet",), Varied({}, {}, (), sample=1, seed=seed), (), Settings())
    evaluator = Evaluator(replace(plan, figures=COUNTS))
    numbers = count()

    def one_more(_: object) -> object:
        return next(row for row in map(evaluator.row, numbers) if not row.code)

    return one_more


def works(family: Family, pycls: str | None) -> dict[str, Callable[[Any], Any]]:
    """Return what goes through the networks, by its name."""
    kept: dict[tuple[str, ...], Pieces] = {COUNTS: Pieces(), FIGURES: Pieces()}

    def composed(figures: tuple[str, ...]) -> Callable[[dict[str, int]], Any]:
        return lambda params: totals(choose(family, None, params), pieces=kept[figures], figures=figures)

    every: dict[str, Callable[[Any], Any]] = {
        "walk": lambda params: analyze_graph(build(choose(family, None, params))),
        "params, MACs, activations": composed(COUNTS),
        "with field and memory": composed(FIGURES),
    }
    if pycls is not None:
        every["pycls: params, flops, acts"] = of_pycls(pycls)
    every["drawn, with params, MACs, ..."] = sampler(1)
    if pycls is not None:
        every["pycls: drawn, with params, ..."] = sampler_of_pycls(1)
    return every


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--networks", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--pycls")
    asked = parser.parse_args()
    family = load("regnet").spec.family
    every, networks_of = works(family, asked.pycls), drawn(family, 1)
    for each in range(asked.rounds):
        networks = [next(networks_of) for _ in range(asked.networks)]
        print(f"round {each + 1}")
        walked = 0.0
        for name, work in every.items():
            some = networks[::SHARE] if name == "walk" else networks
            rate = len(some) / seconds(work, some)
            walked = walked or rate
            print(f"  {name:32}{rate:8.0f} networks/s  {rate / walked:7.1f} times the walk", flush=True)
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
