"""The spaces of the bundled files: published networks come out of them, and pycls would draw the same."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest

import cnnstat
from cnnstat.analysis.settings import Settings
from cnnstat.base.errors import Fault
from cnnstat.sweeps.networks.points import Points
from cnnstat.sweeps.question.asked import Varied
from cnnstat.sweeps.question.plan_reader import read_plan
from tests.program import within

PUBLISHED = {
    # pycls, configs/dds_baselines/regnetx/*.yaml: DEPTH, W0, WA, WM, GROUP_W; and the bundled variant
    "regnet-x-400mf-pycls": (22, 24, "24.48", "2.54", 16),
    "regnet-x-800mf": (16, 56, "35.73", "2.28", 16),
    "regnet-x-1.6gf": (18, 80, "34.01", "2.25", 24),
    "regnet-x-3.2gf": (25, 88, "26.31", "2.25", 48),
    "regnet-x-8gf": (23, 80, "49.56", "2.88", 120),
    "regnet-x-16gf": (22, 216, "55.59", "2.1", 128),
    "regnet-x-32gf": (23, 320, "69.86", "2.0", 168),
}
NAMES = ("depth", "w0", "wa", "wm", "g")


def half_even(number: Fraction) -> int:
    return round(number)


def pycls(
    depth: int, w0: int, wa: Fraction, wm: Fraction, g: int, b: int
) -> tuple[list[int], list[int]] | None:
    """Return widths and depths as `generate_regnet` and `adjust_block_compatibility` of pycls do, exactly.

    Its logarithm is a search for the nearest power here: by squares, for halves have no root.
    """
    powers = []
    for block in range(depth):
        ratio, power = 1 + wa * block / w0, 0
        while ratio**2 > wm ** (2 * power + 1):
            power += 1
        powers.append(power)
    widths = [half_even(w0 * wm**power / 8) * 8 for power in powers]
    stages = sorted({*widths})
    if len(stages) != 4 or max(powers) != 3:
        return None
    adjusted = []
    for width in stages:
        wide = max(1, width * b)
        multiple = max(min(g, wide), b)
        adjusted.append(max(multiple, half_even(Fraction(wide, multiple)) * multiple) // b)
    return adjusted, [widths.count(width) for width in stages]


def swept(*arguments: str) -> list[dict[str, Any]]:
    ended = within("sweep", *arguments, "--format", "jsonl")
    assert ended.returncode == 0, ended.stderr
    return [json.loads(line) for line in ended.stdout.splitlines()]


@pytest.mark.parametrize("variant", PUBLISHED)
def test_a_published_regnet_comes_out_of_its_numbers(variant: str) -> None:
    given = zip(NAMES, PUBLISHED[variant], strict=True)
    settings = [each for name, value in given for each in ("--set", f"{name}={value}")]
    (row,) = swept("regnet", *settings, "--columns", "params,macs")
    analysis = cnnstat.analyze(variant)
    assert (row["params"], row["macs"]) == (analysis.totals.counts.params, analysis.totals.counts.macs)
    params = analysis.graph.spec.params
    assert {name: row[name] for name in ("n1", "n2", "n3", "n4", "w1", "w2", "w3", "w4")} == {
        name: params[name] for name in ("n1", "n2", "n3", "n4", "w1", "w2", "w3", "w4")
    }


@pytest.mark.parametrize("b", [1, 2, 4])
def test_regnets_are_those_that_pycls_makes_of_the_same_numbers(b: int) -> None:
    vary = {"b": f"{b}"} if b != 1 else {}
    points = Points(read_plan(["regnet"], Varied(vary, {}, (), False, 10, 5), (), Settings()))
    (network,) = points.networks
    kept = 0
    for number in range(400):
        _, values = points.at(number)
        numbers: list[Any] = [*(values[name] for name in NAMES), b]
        expected = pycls(*numbers)
        if expected is None:
            with pytest.raises(Fault, match="does not hold"):
                network.space.settled(values, network.own)
            continue
        found = network.space.settled(values, network.own)
        kept += 1
        assert [found[f"w{stage}"] for stage in (1, 2, 3, 4)] == expected[0]
        assert [found[f"n{stage}"] for stage in (1, 2, 3, 4)] == expected[1]
        assert network.spec(found).params["w4"] == expected[0][3]
    assert 40 < kept < 200


def test_every_network_that_is_drawn_is_one() -> None:
    """Widths fit their groups: what is refused is refused by the space."""
    ended = within(
        "sweep",
        "regnet",
        "--sample",
        "300",
        "--vary",
        "b=0.25,0.5,1,2,4",
        "--columns",
        "params",
        "--format",
        "json",
    )
    found = json.loads(ended.stdout)
    assert {reason["code"] for reason in found["refused"]} == {"space/where"}
    assert found["accepted"] > 30


def test_mobilenets_of_the_paper_are_points_of_its_space() -> None:
    rows = {
        (row["width"], row["resolution"]): row for row in swept("mobilenet-v1", "--columns", "params,macs")
    }
    assert len(rows) == 16
    published = {
        (1, 224): 569,
        (0.75, 224): 325,
        (0.5, 224): 149,
        (0.25, 224): 41,
        (1, 192): 418,
        (1, 160): 290,
        (1, 128): 186,
    }
    for point, millions in published.items():  # Howard et al. 2017, Tables 6 and 7: million mult-adds
        assert abs(rows[point]["macs"] / 1e6 - millions) < 1
