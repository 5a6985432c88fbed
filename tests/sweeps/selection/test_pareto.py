"""Pareto fronts: against all points compared with all, and the work that they take."""

from __future__ import annotations

import random
import sys
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from cnnstat.sweeps.networks.columns import Columns
from cnnstat.sweeps.networks.evaluator import Row
from cnnstat.sweeps.selection import pareto
from cnnstat.sweeps.selection.conditions import Order
from cnnstat.sweeps.selection.pareto import Front
from cnnstat.sweeps.selection.selection import Selection, Wanted
from tests.program import within

if TYPE_CHECKING:
    from pathlib import Path
    from types import FrameType

FIGURES = ("params", "macs", "activations", "connections")


def beats(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    return one != other and all(a <= b for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("few", [0, 2_000])
@pytest.mark.parametrize("waiting", [3, 1_000])
@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 6])
def test_a_front_has_those_that_no_other_beats(
    size: int, waiting: int, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pareto, "_WAITING", waiting)
    monkeypatch.setattr(pareto, "_FEW", few)
    for seed in range(12):
        draw = random.Random(seed)
        values = [0, 1, Fraction(3, 2), 2.25, 3, -1, 10**30] if seed % 2 else range(1000)
        points = [tuple(draw.choice(values) for _ in range(size)) for _ in range(150)]
        front: Front[int] = Front()
        for number, point in enumerate(points):
            front.add(point, number, number)
        best = [i for i, point in enumerate(points) if not any(beats(other, point) for other in points)]
        assert sorted(front) == best
        assert len(front) == len(best)


def lines(count: int, size: int) -> int:
    """Return how many lines run for the front of points that are all on it."""
    draw = random.Random(size)
    columns = Columns(("a",), (), FIGURES[:size], ())
    points = []
    for number in range(count):
        own = [draw.randrange(10**9) for _ in range(size - 1)]
        points.append(Row(number, 0, (), (*own, -sum(own))))
    selection = Selection(Wanted(pareto=tuple(Order(key, True) for key in FIGURES[:size])), columns)
    ran = 0

    def line(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal ran
        ran += 1
        return line

    before = sys.gettrace()
    sys.settrace(lambda frame, event, argument: line)
    try:
        for row in points:
            selection.add(row)
        found = len(selection.front())
    finally:
        sys.settrace(before)
    assert found == count
    return ran


@pytest.mark.parametrize("size", [2, 3, 4])
def test_a_front_of_twice_the_points_is_little_more_than_twice_the_work(size: int) -> None:
    assert lines(3_000, size) < 3 * lines(1_500, size)


def test_a_network_that_is_drawn_twice_is_on_a_front_once() -> None:
    arguments = ("sweep", "mobilenet-v1", "--sample", "200", "--columns", "params,macs", "--format", "csv")
    found = within(*arguments, "--pareto", "params,macs").stdout.splitlines()[1:]
    numbers = [line.split(",")[0] for line in within(*arguments).stdout.splitlines() if ",0.25,128," in line]
    assert len(numbers) > 1
    assert [line.split(",")[0] for line in found] == numbers[:1]


def test_no_more_is_kept_than_twice_the_front() -> None:
    front: Front[int] = Front()
    for number in range(20_000):
        front.add((number, number), number, number)
    assert len(front._found) <= pareto._WAITING + 1
    assert [*front] == [0]


def test_a_query_says_how_far_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("duckdb", reason="the extra sweep")
    from cnnstat.commands.query import command  # noqa: PLC0415

    store = str(tmp_path / "s.duckdb")
    assert within("sweep", "mobilenet-v1", "--columns", "params,macs", "--store", store).returncode == 0
    asked: list[tuple[Any, ...]] = []
    read: list[float] = []

    class Bar:
        def __enter__(self) -> Any:
            return read.append

        def __exit__(self, *_: object) -> None:
            pass

    def progress(*arguments: Any, long: bool, **_: object) -> Bar:
        asked.append((*arguments, long))
        return Bar()

    monkeypatch.setattr(command, "progress", progress)
    monkeypatch.setattr(command, "MANY", 15)
    assert within("query", store, "--pareto", "params,macs").returncode == 0
    assert asked == [("reading", 16, True)]
    assert sum(read) == 16
