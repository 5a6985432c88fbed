"""`fit` finds what a walk through every point finds, says how, and never says met of what is not."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

import cnnstat
from cnnstat.base.errors import ArgumentError
from cnnstat.commands.fit import search
from cnnstat.commands.fit.line import simplest
from cnnstat.commands.fit.wishes import read_share, read_target, read_wishes
from tests.program import within

if TYPE_CHECKING:
    from pathlib import Path

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


@pytest.mark.parametrize("name", ["side", "depth"])
def test_whole_numbers_are_tried_where_those_between_are_refused(spec: str, name: str) -> None:
    asked = (spec, "--least", "macs", "--under", "activations >= 9000", "--vary")
    found = fitted(*asked, f"{name}=1:40")
    assert found["whole"] == [name]
    assert found["space"] == {name: "1:40:1"}
    assert found["refused"] == []
    assert found["rows"] == fitted(*asked, f"{name}=1:40:1")["rows"]
    shown = within("fit", *asked, f"{name}=1:40").stdout
    assert f"{name}: those between are refused" in shown
    assert fitted(*asked, "width=1:40")["whole"] == []
    several = fitted(*asked, "side=8:20", "--vary", "depth=1:3", "--vary", "width=1:3", "--tries", "50")
    assert several["whole"] == ["side", "depth"]


@pytest.mark.parametrize("targets", [("macs = 400K", "params = 3000"), ("params = 3000", "macs = 400K")])
def test_several_targets_of_one_parameter_are_met_as_nearly_as_can_be(
    spec: str, targets: tuple[str, ...]
) -> None:
    found = fitted(spec, "--vary", "width=0.25:40", "--to", targets[0], "--to", targets[1], code=1)
    every = [figures(spec, width=Fraction(filters, 8)) for filters in range(2, 321)]
    wanted = {"macs": 400_000, "params": 3000}
    missed = []
    for each in every:
        apart = (abs(Fraction(getattr(each, key), value) - 1) for key, value in wanted.items())
        missed.append(sum(max(off - Fraction(1, 100), Fraction(0)) for off in apart))
    best = every[missed.index(min(missed))]
    assert found["rows"][0]["figures"]["params"] == best.params
    assert "for each target" in found["way"]


def test_every_row_has_numbers_of_few_digits_within_the_range(spec: str) -> None:
    for target in ("params = 2010", "params = 1"):
        rows = within("fit", spec, "--vary", "width=0.26:40", "--to", target, "--format", "json").stdout
        for row in json.loads(rows)["rows"]:
            assert len(str(row["params"]["width"])) <= 5
            assert 0.26 <= row["params"]["width"] <= 40


def test_what_the_space_refuses_itself_is_no_try(spec: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "GRID", 10)
    asked = (spec, "--vary", "width=1:8:0.0625", "--vary", "side=8:60:1", "--most", "activations")
    under = ("--under", "macs <= 2M", "--under", "$width * $side <= 300")
    for tries in (100, 400):
        found = fitted(*asked, *under, "--tries", str(tries))
        refused = sum(each["count"] for each in found["refused"])
        assert refused > 0
        assert tries <= found["tried"] - refused <= tries + 120  # a generation is tried to its end


@pytest.mark.parametrize(
    ("target", "code", "count"),
    [("$w / ($w - 1) = 2", "expression/zero-division", 1), ("$s * 1 = 4", "expression/type", 1)],
)
def test_where_a_target_has_no_value_a_network_is_refused(
    tmp_path: Path, target: str, code: str, count: int
) -> None:
    path = tmp_path / "words.yaml"
    path.write_text("input: [1]\nparams: {w: 2, s: 4}\nlayers: [{type: linear, units: $w + 1}]\n")
    varied = "w=1,2,3" if "w" in target else "s=4,a"
    found = fitted(str(path), "--vary", varied, "--to", target)
    assert found["refused"][0]["code"] == code
    assert found["refused"][0]["count"] == count


SAW = """
input: [1]
params: {w: 1}
layers: [{type: linear, units: $w + 40 * ($w % 5)}]
"""


def test_a_figure_that_goes_up_and_down_is_met_where_it_can_be(tmp_path: Path) -> None:
    path = tmp_path / "saw.yaml"
    path.write_text(SAW)
    found = fitted(str(path), "--vary", "w=1:3000:1", "--to", "params = 2760", "--within", "0.01%")
    assert found["rows"][0]["params"]["w"] == 1380
    assert found["rows"][0]["off"] == [0]
    assert found["sure"]


def test_a_miss_by_far_is_written_out(spec: str) -> None:
    ended = within("fit", spec, "--vary", "width=1:2", "--to", "macs = 1")
    assert "e+" not in ended.stdout
    assert re.search(r"[+][1-9]\d{0,2}(,\d{3})+ %", ended.stdout)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--to", "macs = 600M"), "nothing varies"),
        (("--vary", "width=1:2"), "nothing is wanted"),
        (("--vary", "width=1:2", "--to", "macs <= 5"), "is no target"),
        (("--vary", "width=1:2", "--to", "mac = 5"), "did you mean 'macs'"),
        (("--vary", "width=1:2", "--to", "$width = many"), "'many' is not a figure"),
        (("--vary", "width=1:2", "--to", "$width = $k + 1"), "write '$width - ($k + 1) = 0'"),
        (("--vary", "width=1:2", "--to", "macs = $k"), "a target equals a number, not what parameters make"),
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


STACK = """
input: [3, 16, 16]
params: {w: 4, k: 3}
layers: [{type: conv, filters: $w, kernel: $k, padding: same}]
"""


@pytest.mark.parametrize("steps", ["", ":1"])
def test_a_logarithmic_range_is_looked_at_logarithmically(tmp_path: Path, steps: str) -> None:
    """Of a range that is refused from its thousandth part on, what is below is found all the same."""
    pytest.importorskip("scipy", reason="the extra fit")
    spec = tmp_path / "net.yaml"
    spec.write_text(STACK)
    found = fitted(str(spec), "--vary", f"w=log 1:1e9{steps}", "--to", "params = 1M", "--within", "2%")
    assert found["rows"][0]["params"]["w"] == pytest.approx(1_000_000 / 28, rel=0.02)


def test_a_search_goes_on_where_nothing_has_been_a_network_yet(tmp_path: Path) -> None:
    """A hundredth of the range is networks: a generation without one is not the end."""
    pytest.importorskip("scipy", reason="the extra fit")
    spec = tmp_path / "net.yaml"
    spec.write_text(STACK)
    asked = ("--vary", "w=1:100000000:1", "--vary", "k=1:9:2", "--to", "macs = 1G", "--tries", "1000")
    found = json.loads(within("fit", str(spec), *asked, "--format", "json").stdout)
    assert found["tried"] >= 900


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--under", "width <= 5", "--most", "params"), "width is a parameter, and is written with a $"),
        (("--most", "width"), "width is a parameter: --most and --least name a figure"),
        (("--to", "width = 3"), "width is a parameter, and is written with a $: '$width = 3'"),
        (("--to", "params >= 3"), "bounds are given to --under"),
        (("--to", "$width = wide"), "what is no number is a condition: --under \"$width == 'wide'\""),
        (("--under", "params <= 3 or macs <= 4", "--most", "params"), "know 'and' alone, no 'or'"),
        (("--under", "$width between 1 and 2", "--most", "params"), "write '$width >= 1 and $width <= 2'"),
    ],
)
def test_a_wish_that_cannot_be_read_is_refused_with_the_way(
    spec: str, arguments: tuple[str, ...], why: str
) -> None:
    ended = within("fit", spec, "--vary", "width=1:4:1", *arguments)
    assert ended.returncode == 2
    assert why in ended.stderr


def test_bounds_of_parameters_and_of_figures_may_stand_in_one_text(spec: str) -> None:
    found = fitted(
        spec, "--vary", "width=1:9:1", "--under", "$width != 5 and params <= 810", "--most", "params"
    )
    assert found["rows"][0]["params"]["width"] == 4


def test_where_a_range_without_steps_has_no_network_steps_are_named() -> None:
    """Its filters are whole numbers at multiples of 1/32 of the width only."""
    pytest.importorskip("scipy", reason="the extra fit")
    asked = ("--vary", "width=0.26:0.28", "--set", "resolution=128", "--to", "macs = 1M", "--tries", "50")
    ended = within("fit", "mobilenet-v1", *asked)
    assert ended.returncode == 1
    assert "with steps, as --vary width=0.26:0.28:STEP, other values are tried" in ended.stdout
