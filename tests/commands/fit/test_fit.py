"""`fit` finds what a walk through every point finds, says how, and never says met of what is not."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest

import cnnstat
from cnnstat.base.errors import ArgumentError
from cnnstat.commands.fit import search
from cnnstat.commands.fit.search import simplest
from cnnstat.commands.fit.wishes import read_share, read_target, read_wishes
from tests.program import within

SPEC = """
input: [1, $side, $side]
params: {width: 1, depth: 1, side: 16}
layers:
  - {type: conv, filters: round(8 * $width), kernel: 3, padding: 1, repeat: $depth}
  - {type: global_avg_pool}
  - {type: flatten}
  - {type: linear, units: 10}
"""


@pytest.fixture
def spec(tmp_path: Any) -> str:
    path = tmp_path / "net.yaml"
    path.write_text(SPEC, encoding="utf-8")
    return str(path)


def fitted(*arguments: str, code: int = 0) -> dict[str, Any]:
    ended = within("fit", *arguments, "--format", "json")
    assert ended.returncode == code, ended.stderr
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def figures(spec: str, **params: object) -> cnnstat.Counts:
    return cnnstat.analyze(cnnstat.load(spec, params=params)).totals.counts


def test_bisection_finds_the_width_of_few_digits_that_is_nearest(spec: str) -> None:
    """8w filters of 9 + 1 and 10 more numbers each, and 10 biases: 2000 params are 99.5 filters."""
    found = fitted(spec, "--vary", "width=0.25:40", "--to", "params = 2010")
    best = found["rows"][0]
    assert best["figures"]["params"] == 100 * 20 + 10
    assert best["params"]["width"] == pytest.approx(12.5, abs=0.07)
    assert len(str(best["params"]["width"])) <= 4
    assert found["way"].startswith("bisection")
    assert found["tried"] < 150
    assert best["met"]
    assert best["off"] == [0]


@pytest.mark.parametrize("target", [500, 1234, 1999, 2001, 3333])
def test_of_two_neighbours_the_nearer_one_is_first(spec: str, target: int) -> None:
    found = fitted(spec, "--vary", "width=0.25:40", "--to", f"params = {target}", "--within", "3%")
    every = [20 * filters + 10 for filters in range(2, 321)]
    assert abs(found["rows"][0]["figures"]["params"] - target) == min(abs(each - target) for each in every)


@pytest.mark.parametrize(
    ("key", "bound", "limit"),
    [("params", "1M", 10**6), ("params", "777", 777), ("inference_memory", "64KiB", 1 << 16)],
)
def test_most_of_a_figure_under_a_bound_is_the_last_that_holds(
    spec: str, key: str, bound: str, limit: int
) -> None:
    found = fitted(spec, "--vary", "width=0.25:40:0.125", "--most", "params", "--under", f"{key} <= {bound}")
    best = found["rows"][0]
    every = [cnnstat.analyze(cnnstat.load(spec, params={"width": Fraction(i, 8)})) for i in range(2, 321)]
    held = [
        each.totals.counts.params
        for each in every
        if (each.totals.counts.params if key == "params" else each.totals.inference_memory_bytes) <= limit
    ]
    assert best["figures"]["params"] == max(held)
    assert best["met"]


def test_a_small_grid_is_gone_through_and_that_is_said(spec: str) -> None:
    found = fitted(
        *(spec, "--vary", "width=1:3:0.5", "--vary", "depth=1,2,3", "--least", "macs"),
        *("--under", "params >= 3000"),
    )
    assert (found["sure"], found["tried"]) == (True, 15)
    every = [
        figures(spec, width=Fraction(width, 2), depth=depth) for width in range(2, 7) for depth in (1, 2, 3)
    ]
    assert found["rows"][0]["figures"]["macs"] == min(each.macs for each in every if each.params >= 3000)


def test_the_optimiser_comes_near_the_best_of_a_grid(spec: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 1,305 points it looks at some: held against all of them."""
    asked = (spec, "--vary", "width=1:8:0.0625", "--vary", "side=8:40:2", "--vary", "depth=1,2,3")
    wish = ("--most", "activations", "--under", "macs <= 2M and params <= 5000")
    best = fitted(*asked, *wish)["rows"][0]["figures"]["activations"]
    monkeypatch.setattr(search, "GRID", 10)
    found = fitted(*asked, *wish)
    assert "differential evolution" in found["way"]
    assert not found["sure"]
    assert 0.95 * best <= found["rows"][0]["figures"]["activations"] <= best
    again = fitted(*asked, *wish)
    assert again == found  # the same seed


def test_a_wish_that_holds_here_and_there_is_no_matter_for_bisection(spec: str) -> None:
    """More params make more memory, and a least of one with a most of the other is an island."""
    found = fitted(
        spec, "--vary", "width=1:40:0.125", "--most", "macs", "--under", "params between 400 and 500"
    )
    assert found["rows"][0]["figures"]["params"] == 490
    assert found["way"].startswith("every point")


def test_compound_scaling(spec: str) -> None:
    """Tan and Le 2019, eq. (3), by names that the network does not have."""
    found = fitted(
        *(spec, "--vary", "alpha=1:2:0.25", "--vary", "beta=1:2:0.25", "--vary", "gamma=1:2:0.25"),
        *("--vary", "depth=round($alpha)", "--vary", "width=$beta", "--vary", "side=round(16 * $gamma)"),
        *("--to", "$alpha * $beta**2 * $gamma**2 = 2", "--within", "6%"),
    )
    for row in found["rows"]:
        params = row["params"]
        product = params["alpha"] * params["beta"] ** 2 * params["gamma"] ** 2
        assert row["off"][0] == pytest.approx(product / 2 - 1)
        assert row["met"] == (abs(row["off"][0]) <= 0.06)


def test_what_is_not_met_is_not_called_met(spec: str) -> None:
    found = fitted(spec, "--vary", "width=1:2", "--to", "params = 1M", code=1)
    assert not found["met"]
    assert found["rows"][0]["figures"]["params"] == 16 * 20 + 10
    ended = within("fit", spec, "--vary", "width=1:2", "--to", "params = 1M")
    assert "NOT MET" in ended.stdout
    assert ended.returncode == 1


def test_what_is_no_network_is_counted_by_its_reason(spec: str) -> None:
    found = fitted(spec, "--vary", "depth=1:1.2:0.05", "--to", "params = 170", "--within", "5%")
    assert [(each["code"], each["count"]) for each in found["refused"]] == [("option/value", 4)]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--to", "macs = 600M"), "nothing varies"),
        (("--vary", "width=1:2"), "nothing is wanted"),
        (("--vary", "width=1:2", "--to", "macs <= 5"), "is no target"),
        (("--vary", "width=1:2", "--to", "mac = 5"), "did you mean 'macs'"),
        (("--vary", "width=1:2", "--to", "$width = many"), "'many' is not a figure"),
        (("--vary", "width=1:2", "--most", "macs", "--least", "params"), "exclude each other"),
        (("--vary", "width=1:2", "--most", "macs, params"), "one figure is made best"),
        (("--vary", "width=1:2", "--to", "macs = 5", "--within", "1e9"), "expected a share"),
        (("--vary", "widht=1:2", "--to", "macs = 5"), "did you mean 'width'"),
        (("--vary", "width=1:2", "--to", "macs = 5", "--input", "1x8x8", "--input", "1x9x9"), "given once"),
    ],
)
def test_what_makes_no_sense_is_refused(spec: str, arguments: tuple[str, ...], words: str) -> None:
    ended = within("fit", spec, *arguments)
    assert ended.returncode == 2
    assert words in ended.stderr


def test_the_fewest_digits() -> None:
    assert simplest(Fraction(117, 100), Fraction(124, 100)) == Fraction(12, 10)
    assert simplest(Fraction(1), Fraction(9)) == 5
    assert simplest(Fraction(1, 3), Fraction(1, 3)) is None
    assert read_share("0.5%") == Fraction(1, 200)
    with pytest.raises(ArgumentError):
        read_share("1e999999999%")
    assert read_target("inference_memory = 64MiB").value == 64 << 20
    assert read_wishes(("macs = 5",), (), None, None, Fraction(0)).keys == ("macs",)
