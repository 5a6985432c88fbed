"""Which points are shown: conditions, Pareto fronts and order, against all points compared with all."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

import cnnstat
from cnnstat.base.errors import ArgumentError
from cnnstat.sweeps.networks.columns import Columns
from cnnstat.sweeps.networks.evaluator import Row
from cnnstat.sweeps.networks.figures import SWEPT
from cnnstat.sweeps.selection.condition_texts import params_and_figures
from cnnstat.sweeps.selection.conditions import (
    Condition,
    Order,
    check_together,
    read_orders,
    read_where,
)
from cnnstat.sweeps.selection.selection import Selection, Wanted
from tests.program import within

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = Columns(("a",), ("width",), ("params", "macs", "receptive_field"), ("params",))


def rows(count: int, seed: int = 0) -> list[Row]:
    draw = random.Random(seed)
    found = []
    for number in range(count):
        params = draw.choice([None, *range(20)])
        figures = params, draw.randrange(20), (draw.randrange(9), draw.randrange(9))
        found.append(Row(number, number, (draw.randrange(5),), figures))
    return found


def selected(wanted: Wanted, points: list[Row]) -> list[int]:
    selection = Selection(wanted, COLUMNS)
    for row in points:
        selection.add(row)
    return [row.number for row in selection.rows()]


def value(row: Row, order: Order) -> Any:
    return order.value(COLUMNS.cell(row, order.key))


@pytest.mark.parametrize(
    "orders", ["params", "params, macs", "-params, macs", "params, macs, -receptive_field"]
)
def test_a_front_has_those_that_no_other_beats(orders: str) -> None:
    pareto = read_orders(orders)
    for seed in range(20):
        points = rows(120, seed)
        known = [row for row in points if all(value(row, order) is not None for order in pareto)]
        front = []
        for row in known:
            own = [value(row, order) for order in pareto]
            others = ([value(other, order) for order in pareto] for other in known)
            if not any(
                other != own and all(a <= b for a, b in zip(other, own, strict=True)) for other in others
            ):
                front.append(row.number)
        assert selected(Wanted(pareto=pareto), points) == front
        random.Random(seed).shuffle(points)
        assert selected(Wanted(pareto=pareto), points) == front


def beats(one: list[Any], other: list[Any]) -> bool:
    return one != other and all(a <= b for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("top", [None, 1, 7, 500])
def test_the_first_by_figures_are_those_of_all_sorted(top: int | None) -> None:
    sort = read_orders("-macs, params, width", ("width",))
    points = rows(300)

    def key(row: Row) -> tuple[Any, ...]:
        values = [value(row, order) for order in sort]
        return *((each is None, each or 0) for each in values), row.number

    wanted = [row.number for row in sorted(points, key=key)][:top]
    assert selected(Wanted(sort=sort, top=top), points) == wanted


def test_no_more_is_kept_than_is_shown() -> None:
    selection = Selection(Wanted(sort=read_orders("macs"), top=5), COLUMNS)
    for row in rows(1000):
        selection.add(row)
    assert len(selection._kept) == 5
    assert selection.matching == selection.selected == 1000


@pytest.mark.parametrize(
    ("text", "conditions"),
    [
        ("params <= 6M", [Condition("params", True, 6_000_000, "6M")]),
        (
            "macs between 360M and 440M and params at most 6M",
            [
                Condition("macs", False, 360_000_000, "360M"),
                Condition("macs", True, 440_000_000, "440M"),
                Condition("params", True, 6_000_000, "6M"),
            ],
        ),
        ("inference_memory <= 64MiB", [Condition("inference_memory_bytes", True, 64 << 20, "64MiB")]),
        ("inference_memory_bytes >= 1", [Condition("inference_memory_bytes", False, 1, "1")]),
        ("fvcore <= 1.5G", [Condition("fvcore", True, 1_500_000_000, "1.5G")]),
        ("ptflops-pytorch >= 2", [Condition("ptflops-pytorch", False, 2, "2")]),
    ],
)
def test_conditions_are_bounds_of_budgets(text: str, conditions: list[Condition]) -> None:
    assert read_where(text) == tuple(conditions)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is no condition"),
        ("mac <= 3", "did you mean 'macs'"),
        ("macs < 3M", "did you mean '<= 3M'"),
        ("macs <= 3m", "did you mean '3M'"),
        ("macs", "is no condition"),
        ("macs between 3M", "lacks its upper bound"),
        ("macs between 3M and", "lacks its upper bound"),
        ("field_stride >= 3", "has no bounds"),
        ("macs <= 3M and", "'3M and' is no number of macs; write"),
        ("macs <= 3M or params <= 4", "know 'and' alone, no 'or'"),
        ("not macs <= 3M", "know 'and' alone, no 'not'"),
        ("macs <= 3M, params <= 4", "know 'and' alone, no ','"),
        ("macs <= 5,000,000", "is no number of macs; write 5000000"),
        ("macs == 3M", "write 'macs between 3M and 3M'"),
        ("macs = 3M", "write 'macs between 3M and 3M'"),
        ("output_shape <= 5", "has no bounds"),
        ("width <= 0.5", "width is a parameter, and is written with a $: '$width <= 0.5'"),
    ],
)
def test_what_is_no_condition_is_refused(text: str, why: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        read_where(text, ("width",))
    assert why in str(caught.value)


def test_of_a_field_the_axis_counts_that_is_farthest_from_the_bound() -> None:
    (most,), (least,) = read_where("receptive_field <= 5"), read_where("receptive_field >= 5")
    assert not most.holds((3, 6))
    assert not least.holds((3, 6))
    assert most.holds((3, 5))
    assert least.holds((5, 6))
    assert not most.holds(None)
    assert not least.holds(None)


@pytest.mark.parametrize("most", [True, False])
@pytest.mark.parametrize("limit", range(8))
def test_a_bound_decides_what_holds_of_all_figures_that_it_may_stand_for(limit: int, most: bool) -> None:
    condition = Condition("params", most, limit, f"{limit}")
    for value in range(8):
        for side, figures in (("at most", range(value + 1)), ("at least", range(value, 20)), ("", [value])):
            held = {each <= limit if most else each >= limit for each in figures}
            decided = held.pop() if len(held) == 1 else None
            # That a figure of 0 or more is within >= 0 follows from no number, and nobody asks for it.
            if not (side == "at most" and limit == 0 and not most):
                assert condition.holds(value, side) is decided, (value, side)  # type: ignore[arg-type]
    assert condition.holds(None) is condition.holds(()) is None


@pytest.mark.parametrize(
    ("text", "meeting", "undecided"),
    [
        ("params >= 2", [1], {"params >= 2": 2}),
        ("params <= 4 and macs <= 9", [0, 1, 3, 4], {"params <= 4": 1}),
        ("macs <= 9 and params <= 4", [0, 1, 3, 4], {"params <= 4": 1}),
        ("params >= 2 and macs >= 9", [], {"params >= 2": 1}),
        ("params between 2 and 4", [1], {"params >= 2": 2}),
        ("params >= 9", [], {}),
    ],
)
def test_a_point_is_undecided_where_one_condition_is_and_the_others_hold(
    text: str, meeting: list[int], undecided: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SWEPT, "params", replace(SWEPT["params"], bounded_by="layers", side="at most"))
    columns = Columns(("a",), (), ("params", "macs", "layers"), ("params",))
    selection = Selection(Wanted(read_where(text)), columns)
    figures = [(3, 1, 1), (3, 5, 0), (5, 9, 1), (1, 9, 0), (1, 9, 1)]
    for number, each in enumerate(figures):
        selection.add(Row(number, 0, (), each))
    assert [row.number for row in selection.rows()] == meeting
    assert {each.condition.demand: n for each, n in selection.undecided.counts.items()} == undecided


@pytest.mark.parametrize("command", ["sweep", "query", "python"])
def test_points_that_go_into_a_stream_are_not_kept(
    command: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nor are they a second time in a document: however many there are, memory holds a batch."""
    made: list[Selection] = []

    class Seen(Selection):
        def __init__(self, *arguments: Any, **keywords: Any) -> None:
            super().__init__(*arguments, **keywords)
            made.append(self)

    for module in ("sweep.outcome", "sweep.python_sweep"):
        monkeypatch.setattr(f"cnnstat.commands.{module}.Selection", Seen)
    if command == "python":
        assert len([*cnnstat.sweep("mobilenet-v1", figures=["params"])]) == 16
    else:
        asked = ["sweep", "mobilenet-v1", "--columns", "params"]
        if command == "query":
            pytest.importorskip("duckdb", reason="the extra sweep")
            store = str(tmp_path / "s.duckdb")
            assert within(*asked, "--store", store).returncode == 0
            asked = ["query", store]
        ended = within(*asked, "--format", "csv", "--top", "15")
        assert ended.stdout.count("\n") == 16
    assert (made[-1].matching, [*made[-1].rows()]) == (16, [])


@pytest.mark.parametrize("text", ["macs between 400M and 300M", "macs >= 2 and params <= 4 and macs <= 1"])
def test_bounds_that_exclude_each_other_are_refused(text: str) -> None:
    with pytest.raises(ArgumentError, match="exclude each other"):
        check_together(read_where(text))
    check_together(read_where("macs between 300M and 300M and params >= 400M"))


@pytest.mark.parametrize(
    ("text", "of_params", "of_figures"),
    [
        ("macs <= 4", [], ["macs <= 4"]),
        ("width <= 4", [], ["width <= 4"]),
        ("$a < 1 and  $b > 2", ["$a < 1 and  $b > 2"], []),
        ("$a < 1 and macs <= 4", ["$a < 1"], ["macs <= 4"]),
        ("macs between 3M and 5M and $a < 1", ["$a < 1"], ["macs between 3M and 5M"]),
        ("$a < 1 AND macs between 3M AND 5M and $b", ["$a < 1 and $b"], ["macs between 3M and 5M"]),
        ("($a < 1 and $b) or $c and params <= 6", ["($a < 1 and $b) or $c"], ["params <= 6"]),
        ("$act == 'macs and params' and macs <= 4", ["$act == 'macs and params'"], ["macs <= 4"]),
        ("$macs <= 4 and count($power, 0) == 1", ["$macs <= 4 and count($power, 0) == 1"], []),
        ("$a < 1 and true", ["$a < 1 and true"], []),
    ],
)
def test_conditions_on_parameters_and_on_figures_may_stand_in_one_text(
    text: str, of_params: list[str], of_figures: list[str]
) -> None:
    assert params_and_figures([text]) == (tuple(of_params), tuple(of_figures))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("$a <= 1 or macs <= 20M", "give each a condition of its own"),
        ("macs <= $width", "give each a condition of its own"),
        ("$macs < 100M", "figures are written without a $, as 'macs <= 100M'"),
        ("$a between 1 and 2", "write '$a >= 1 and $a <= 2'"),
        ("$a < 100M", "'100M' is written out for parameters"),
        ("$a = 5", "write == for ="),
        ("$a <", "cannot read the expression '$a <'"),
    ],
)
def test_what_is_no_condition_on_parameters_is_refused_with_the_way(text: str, why: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        params_and_figures([text])
    assert why in str(caught.value)


def test_a_figure_without_an_order_is_compared_nowhere() -> None:
    for text in ("output_shape", "field_stride"):
        with pytest.raises(ArgumentError, match="cannot be compared"):
            read_orders(text)
