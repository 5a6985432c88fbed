"""What a figure that is only a bound proves: the same in `sweep`, `query`, `fit` and `check`."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import pytest

import cnnstat
from cnnstat.analysis.budgets import standings
from cnnstat.spec.budget import demand
from tests.program import within

if TYPE_CHECKING:
    from pathlib import Path

SPLIT = """
input: [2, 6, 6]
params: {k: 3}
layers:
  - {name: narrow, type: conv, filters: 2, kernel: 1}
  - {name: wide, type: conv, filters: 2, kernel: $k, padding: same, from: input}
  - {name: both, type: concat, from: [narrow, wide]}
  - {name: half, type: split, parts: 2, take: 1}
"""
"""One half of the channels sees 1x1, the other kxk: taken apart, each has the field of both."""

OPAQUE = """
input: [3, 8, 8]
params: {w: 4}
layers:
  - {name: a, type: conv, filters: $w, kernel: 3, bias: false}
  - {name: b, type: opaque, op: Odd, shape: [4]}
"""
"""27w params, and those of a node that nothing is known of."""

NAMED = """
input: [3, 8, 8]
params: {macs: 4}
layers: [{type: conv, filters: $macs, kernel: 3}]
"""
"""A parameter has the name of a figure, which is 972 times as much."""

GRID = ("--vary", "k=1,3,5")


@pytest.fixture
def split(tmp_path: Path) -> str:
    return written(tmp_path, SPLIT)


def written(folder: Path, text: str) -> str:
    path = folder / "net.yaml"
    path.write_text(text)
    return str(path)


def stored(spec: str, *arguments: str) -> str:
    pytest.importorskip("duckdb", reason="the extra sweep")
    store = f"{spec}.duckdb"
    assert within("sweep", spec, *arguments, "--store", store).returncode == 0
    return store


def document(*arguments: str, code: int = 0) -> dict[str, Any]:
    ended = within(*arguments, "--format", "json")
    assert ended.returncode == code, ended.stderr
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


CONDITIONS = {
    "receptive_field >= 1": ([1], [("receptive_field >= 1", "at most", 2, 1, [3, 3])]),
    "receptive_field >= 4": ([], [("receptive_field >= 4", "at most", 1, 2, [5, 5])]),
    "receptive_field <= 4": ([1, 3], [("receptive_field <= 4", "at most", 1, 2, [5, 5])]),
    "receptive_field <= 5": ([1, 3, 5], []),
    "receptive_field between 1 and 3": ([1], [("receptive_field >= 1", "at most", 2, 1, [3, 3])]),
    "receptive_field >= 1 and params <= 50": ([1], [("receptive_field >= 1", "at most", 1, 1, [3, 3])]),
}


@pytest.mark.parametrize("where", CONDITIONS)
def test_an_upper_bound_meets_what_it_proves_and_is_counted_where_it_proves_nothing(
    where: str, split: str
) -> None:
    wanted, undecided = CONDITIONS[where]
    asked = (*GRID, "--columns", "receptive_field,params")
    store = stored(split, *asked)
    answers = [
        document("sweep", split, *asked, "--where", where),
        *(document("query", store, where, *more) for more in ((), ("--where", "$k <= 9"), ("--sort", "k"))),
    ]
    for answer in answers:
        assert [row["params"]["k"] for row in answer["rows"]] == wanted
        assert answer["matching"] == len(wanted)
        found = [
            (each["condition"], each["figure"], each["count"], each["point"], each["value"])
            for each in answer["undecided"]
        ]
        assert found == undecided
    for command in (("sweep", split, *asked), ("query", store)):
        ended = within(*command, "--where", where, "--format", "csv")
        rows = [*csv.DictReader(io.StringIO(ended.stdout))]
        assert [int(row["k"]) for row in rows] == wanted
        assert ("not decided" in ended.stderr) == bool(undecided)
    if " and " not in where:
        analyses = {k: cnnstat.analyze(cnnstat.load(split, params={"k": k})) for k in (1, 3, 5)}
        kept = [k for k, each in analyses.items() if next(standings(each, (), [demand(where)])).kept]
        assert kept == wanted


def test_readers_see_what_is_a_bound_and_data_formats_have_a_key(split: str) -> None:
    asked = (split, *GRID, "--columns", "receptive_field,params")
    table = within("sweep", *asked).stdout
    assert "at most 3×3" in table
    assert "upper bound" not in table
    assert "at most 1×1" not in table
    rows = [*csv.DictReader(io.StringIO(within("sweep", *asked, "--format", "csv").stdout))]
    assert [(row["receptive_field"], row["field_is_bound"]) for row in rows] == [
        ("1x1", "0"),
        ("3x3", "1"),
        ("5x5", "1"),
    ]
    points = [*cnnstat.sweep(split, vary={"k": [1, 3]}, figures=["receptive_field"])]
    assert [point.figures["field_is_bound"] for point in points] == [0, 1]
    sweep = cnnstat.sweep(split, vary={"k": [1, 3]}, where="receptive_field >= 1", figures=["params"])
    assert [point.params["k"] for point in sweep] == [1]
    assert [(each.condition, each.count) for each in sweep.undecided] == [("receptive_field >= 1", 1)]
    store = stored(*asked)
    assert "at most 3×3" in within("query", store).stdout
    assert (
        within("query", store, "--format", "csv").stdout == within("sweep", *asked, "--format", "csv").stdout
    )


@pytest.mark.parametrize("how", ["--pareto=-receptive_field,params", "--sort=-receptive_field"])
def test_fronts_and_orders_say_that_they_compare_bounds(how: str, split: str) -> None:
    asked = (split, *GRID, "--columns", "params", how)
    assert document("sweep", *asked)["compared_bounds"] == ["receptive_field"]
    assert "field: compared as it stands" in within("sweep", *asked).stdout
    assert document("sweep", *asked, "--where", "receptive_field >= 1")["compared_bounds"] == []


@pytest.mark.parametrize(
    ("wish", "code", "said"),
    [
        (("--under", "receptive_field >= 5", "--least", "macs"), 1, "NOT PROVED"),
        (("--under", "receptive_field <= 5", "--most", "macs"), 0, "met by k = 5"),
        (("--under", "receptive_field >= 1", "--most", "macs"), 0, "met by k = 1\n"),
        (("--under", "receptive_field >= 20", "--most", "macs"), 1, "NOT MET"),
        (("--to", "receptive_field = 5"), 1, "NOT PROVED"),
        (("--to", "receptive_field = 20"), 1, "NOT MET"),
        (("--to", "receptive_field = 1"), 0, "met by k = 1\n"),
        (("--most", "receptive_field"), 0, "field: compared as it stands"),
    ],
)
def test_a_fit_does_not_call_met_what_is_not_proved(
    wish: tuple[str, ...], code: int, said: str, split: str
) -> None:
    ended = within("fit", split, "--vary", "k=1:9:2", *wish)
    assert ended.returncode == code
    assert said in ended.stdout
    found = document("fit", split, "--vary", "k=1:9:2", *wish, code=code)
    assert found["met"] is (code == 0)
    assert found["rows"][0]["met"] is (None if "NOT PROVED" in said else code == 0)
    assert bool(found["rows"][0]["unproved"]) == ("NOT PROVED" in said)


def test_a_sum_without_a_layer_is_at_least_so_much(tmp_path: Path) -> None:
    spec = written(tmp_path, OPAQUE)
    asked = (spec, "--vary", "w=1,2,4")
    assert "at least 54" in within("sweep", *asked).stdout
    store = stored(*asked, "--columns", "params")
    for where, wanted, open_ in (
        ("params >= 54", [2, 4], 1),
        ("params <= 54", [], 2),
        ("params <= 1", [], 0),
    ):
        for command in (("sweep", *asked, "--columns", "params"), ("query", store)):
            found = document(*command, "--where", where)
            assert [row["params"]["w"] for row in found["rows"]] == wanted
            assert sum(each["count"] for each in found["undecided"]) == open_
            assert {each["figure"] for each in found["undecided"]} <= {"at least"}
            assert all(row["figures"]["unknown_nodes"] == 1 for row in found["rows"])
    assert "NOT PROVED" in within("fit", *asked, "--to", "params = 54").stdout
    assert "NOT MET" in within("fit", *asked, "--to", "params = 20").stdout


def test_what_is_unknown_is_counted_as_not_decided() -> None:
    found = document("sweep", "vit", "--vary", "classes=10,20", "--where", "receptive_field >= 1")
    (open_,) = found["undecided"]
    assert (open_["figure"], open_["count"], open_["point"], open_["value"]) == ("unknown", 2, 0, None)


def test_a_name_without_a_sign_is_that_of_the_figure_and_with_one_of_the_parameter(tmp_path: Path) -> None:
    spec = written(tmp_path, NAMED)
    asked = (spec, "--vary", "macs=4,8,16", "--columns", "params")
    store = stored(spec, "--vary", "macs=4,8,16", "--columns", "params,macs")
    for command in (("sweep", *asked), ("query", store, "--columns", "params")):
        of_figure = document(*command, "--where", "macs <= 8000", "--sort=-macs")
        assert [row["params"]["macs"] for row in of_figure["rows"]] == [8, 4]
        of_param = document(*command, "--where", "$macs >= 8", "--sort=-$macs")
        assert [row["params"]["macs"] for row in of_param["rows"]] == [16, 8]
