"""Charts of a sweep: their numbers are those of the points."""

from __future__ import annotations

import json
from array import array
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from cnnstat.commands.sweep.charts import chart_of
from cnnstat.sweeps.networks.columns import Columns
from cnnstat.sweeps.networks.evaluator import Row
from cnnstat.sweeps.selection.chart_data import SOME, ChartData
from cnnstat.sweeps.selection.conditions import read_orders
from cnnstat.sweeps.selection.selection import Selection, Wanted
from tests.program import within

if TYPE_CHECKING:
    from pathlib import Path

    from cnnstat.commands.plot.chart import Chart

COLUMNS = Columns(("a",), ("width", "act"), ("params", "macs"), ("params", "macs"))


def charted(kind: str, figures: list[tuple[Any, Any]], pareto: str = "params,macs") -> Chart:
    chart_data = ChartData(COLUMNS)
    selection = Selection(Wanted(pareto=read_orders(pareto)), COLUMNS, chart_data)
    for number, each in enumerate(figures):
        selection.add(Row(number, 0, (Fraction(number, 2), "relu"), each))
    return chart_of(kind, chart_data, selection)


def points(chart: Chart, panel: int = 0, series: int = 0) -> list[tuple[float, float | None]]:
    return [(point.x, point.y) for point in chart.panels[panel].series[series].points]


def test_a_distribution_says_which_part_is_not_more() -> None:
    chart = charted("edf", [(30, 1), (10, 1), (20, 1), (10, None)])
    assert points(chart) == [(10, 0), (10, 0.5), (20, 0.75), (30, 1)]
    assert points(chart, panel=1) == [(1, 0), (1, 1)]


def test_a_distribution_of_very_many_is_drawn_in_few_steps() -> None:
    values = [((number * 7919) % 100_003, 1) for number in range(100_003)]
    steps = points(charted("edf", values))
    assert len(steps) < 500
    assert steps[0] == (0, 0)
    assert steps[-1] == (100_002, 1)
    assert all(abs((x + 1) / 100_003 - (y or 0)) < 1e-9 for x, y in steps[1:])


def test_the_front_stands_out_from_all_others() -> None:
    chart = charted("pareto", [(1, 9), (2, 5), (3, 6), (4, 1), (None, 0)])
    assert points(chart) == [(1, 9), (2, 5), (3, 6), (4, 1)]
    assert points(chart, series=1) == [(1, 9), (2, 5), (4, 1)]
    assert chart.lines[-1] == "3 of them are on the front of less params, less MACs"


def test_parameters_that_are_numbers_stand_against_each_figure() -> None:
    chart = charted("params", [(1, 9), (2, 5)])
    assert [(panel.x.title, panel.y.title) for panel in chart.panels] == [
        ("width", "params"),
        ("width", "MACs"),
    ]
    assert points(chart) == [(0, 1), (0.5, 2)]


def test_of_many_points_some_are_kept_which_are_always_the_same() -> None:
    def chart_data(numbers: list[int]) -> ChartData:
        found = ChartData(COLUMNS)
        for number in numbers:
            found.add(Row(number, 0, (1, "x"), (number, 2)))
        return found

    forth, back = chart_data([*range(30_000)]), chart_data([*range(29_999, -1, -1)])
    some = [row.number for row in forth.some()]
    assert len(some) == SOME
    assert some == [row.number for row in back.some()]
    assert len(forth._some) < 2 * SOME
    assert forth.count == len(forth.values["params"]) == 30_000
    assert isinstance(forth.values["params"], array)
    tenths = [sum(number // 3000 == tenth for number in some) for tenth in range(10)]
    assert min(tenths) > 120


def test_a_chart_goes_to_a_file_or_is_shown(tmp_path: Path) -> None:
    file = tmp_path / "chart.json"
    asked = ("sweep", "mobilenet-v1", "--columns", "params,macs", "--pareto", "params,-macs")
    ended = within(*asked, "--plot", f"pareto={file}", "--plot", "edf", "--top", "1")
    assert ended.returncode == 0, ended.stderr
    assert "networks with at most so much" in ended.stdout
    drawn = json.loads(file.read_text())
    assert drawn["title"]["text"] == ["MACs by params"]
    rows = json.loads(within(*asked, "--format", "json").stdout)["rows"]
    rings = [layer["data"]["values"] for layer in drawn["vconcat"][0]["layer"] if "data" in layer][-1]
    front = {(row["figures"]["params"], row["figures"]["macs"]) for row in rows}
    assert {(each["x"], each["y"]) for each in rings} == front


def test_a_store_is_charted_as_its_sweep_was(tmp_path: Path) -> None:
    store, one, other = (tmp_path / name for name in ("s.duckdb", "one.json", "other.json"))
    asked = ("--columns", "params,macs", "--where", "macs <= 200M", "--pareto", "params,-macs")
    for kind in ("edf", "pareto", "params"):
        swept = within("sweep", "mobilenet-v1", *asked, "--store", str(store), "--plot", f"{kind}={one}")
        assert swept.returncode == 0, swept.stderr
        assert within("query", str(store), *asked, "--plot", f"{kind}={other}").returncode == 0
        assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize("suffix", ["svg", "png", "pdf"])
def test_pictures_need_a_library_and_are_made_by_it(tmp_path: Path, suffix: str) -> None:
    pytest.importorskip("vl_convert", reason="the extra draw")
    file = tmp_path / f"chart.{suffix}"
    assert within("sweep", "mobilenet-v1", "--plot", f"edf={file}").returncode == 0
    assert file.read_bytes()[:4] in (b"<svg", b"\x89PNG", b"%PDF")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--plot", "edff"], "did you mean 'edf'?"),
        (["--plot", "edf=chart.gif"], ".svg, .png, .pdf or .json"),
        (["--plot", "edf="], ".svg, .png, .pdf or .json"),
        (["--plot", "pareto"], 'name them: --pareto "params, macs"'),
        (["--plot", "pareto", "--pareto", "params"], "two figures"),
        (["--plot", "edf", "--format", "csv"], "standard output has the points"),
        (["--plot", "edf=/nowhere/chart.json"], "does not exist"),
    ],
)
def test_a_chart_that_cannot_be_made_is_refused_with_a_way_out(arguments: list[str], why: str) -> None:
    ended = within("sweep", "mobilenet-v1", *arguments)
    assert ended.returncode == 2
    assert why in ended.stderr


@pytest.mark.parametrize(
    ("figures", "logs"),
    [
        ([(1, 100), (100, 9_999)], [True, False]),
        ([(0, 1), (100, 100)], [False, True]),
        ([(5, 7), (5, None)], [False, False]),
    ],
)
@pytest.mark.parametrize("kind", ["edf", "pareto", "params"])
def test_an_axis_is_logarithmic_where_values_span_decades(
    kind: str, figures: list[tuple[Any, Any]], logs: list[bool]
) -> None:
    chart = charted(kind, figures)
    if kind == "pareto":
        (panel,) = chart.panels
        if None not in figures[1]:
            assert [panel.x.log, panel.y.log] == logs
    elif kind == "edf":
        assert [(panel.x.log, panel.y.log) for panel in chart.panels] == [(each, False) for each in logs]
    else:
        assert [panel.y.log for panel in chart.panels] == logs
        assert {(panel.x.unit, panel.x.log) for panel in chart.panels} == {("number", False)}


def test_the_front_of_one_is_said_as_one() -> None:
    assert "1 of them is on the front" in charted("pareto", [(1, 1), (2, 2)]).lines[-1]


def test_a_parameter_that_is_no_number_is_named_in_place_of_being_drawn(tmp_path: Path) -> None:
    """Of words and a number the number alone would be drawn, and true would be 1."""
    spec = tmp_path / "words.yaml"
    spec.write_text(
        "input: [3, 8, 8]\nparams: {w: 4, on: true, mode: a}\n"
        "space: {w: [4, 8], on: [true, false], mode: [a, b, 1]}\n"
        "layers: [{type: conv, filters: $w, kernel: 3}, {type: relu, when: $on},"
        " {type: relu, when: \"$mode == 'a'\"}]\n",
        encoding="utf-8",
    )
    shown = within("sweep", str(spec), "--columns", "params", "--top", "1", "--plot", "params").stdout
    chart = shown.partition("Figures by parameters")[2]
    assert "not all numbers, and not drawn: on, mode" in chart
    assert [line.split()[1] for line in chart.splitlines() if line.split()[:1] == ["4"]] == ["w"]
    assert chart.count("└") == 1
