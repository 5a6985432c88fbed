"""A store decides as a sweep does: whatever figures and parameters are, however points are asked for."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from cnnstat.analysis.settings import Settings
from cnnstat.commands.query.stored_rows import StoredRows
from cnnstat.sweeps.networks.columns import Columns
from cnnstat.sweeps.networks.evaluator import Batch, Row
from cnnstat.sweeps.networks.points import Points
from cnnstat.sweeps.question.asked import Varied
from cnnstat.sweeps.question.plan_reader import read_plan
from cnnstat.sweeps.selection.conditions import read_orders, read_where
from cnnstat.sweeps.selection.selection import Selection, Wanted
from cnnstat.sweeps.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FIGURES = ("params", "macs", "receptive_field", "field_is_bound")
VARY = {"whole": "1:9:1", "part": "0.5,1.25,3", "flag": "true,false", "word": "a,b", "mixed": "same,2,10"}
SPEC = """\
input: [1]
params: {whole: 1, part: 1, flag: true, word: a, mixed: 1}
layers: [{type: linear, units: $whole}]
"""
COUNT = 400


def rows(draw: random.Random) -> Iterator[Row]:
    """Yield rows in which everything happens often: what is equal, not known, huge, or no number."""
    params: tuple[tuple[Any, ...], ...] = (
        (1, 2, 10, 2**70, None),
        (Fraction(1, 3), Fraction(1, 2), 3, None),
        (True, False),
        ("a", "b"),
        ("same", 2, 10, 2**70, Fraction(1, 3)),
    )
    figures: tuple[tuple[Any, ...], ...] = (
        (5, 6, 7, 10**30, None),
        (0, 1, 8, None),
    )
    for number in range(COUNT):
        own = tuple(map(draw.choice, params))
        if draw.random() < 0.2:
            yield Row(number, 0, own, (), "space/where", f"it is {number}")
        else:
            field = draw.choice(((3, 9), (5, 5), (9, 3), (7,), None))  # what is not known is no bound
            is_bound = None if field is None else draw.choice((0, 1))
            yield Row(number, 0, own, (*map(draw.choice, figures), field, is_bound))


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Columns, list[Row]]]:
    folder: Path = tmp_path_factory.mktemp("drawn")
    spec = folder / "drawn.yaml"
    spec.write_text(SPEC)
    plan = read_plan([str(spec)], Varied(VARY, {}, (), sample=COUNT, seed=0), (), Settings())
    plan = replace(plan, figures=FIGURES)
    points, given = Points(plan), [*rows(random.Random(7))]
    store = Store(folder / "drawn.duckdb", plan, points)
    for start in (300, 0, 200, 100):
        store.add(Batch(start, start + 100, given[start : start + 100], 1.0))
    store.close()
    columns = Columns(("drawn.yaml",), points.params, FIGURES, FIGURES, points.kinds())
    store = Store(folder / "drawn.duckdb")
    yield store, columns, given
    store.close()


WHERE = (
    "",
    "params <= 6",
    "macs between 1 and 8",
    "receptive_field >= 5",
    "receptive_field <= 7",
    "params >= 2",
)
SORT = ("", "-params,macs", "receptive_field", "-whole", "part,-whole", "flag", "-mixed", "word,macs")


@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize("sort", SORT)
@pytest.mark.parametrize("top", [1, 20, 10**6])
@pytest.mark.parametrize("pareto", ["", "params,-macs", "receptive_field,whole"])
def test_a_store_gives_what_a_sweep_would(
    stored: tuple[Store, Columns, list[Row]], where: str, sort: str, top: int, pareto: str
) -> None:
    store, columns, given = stored
    wanted = Wanted(
        read_where(where, columns.params) if where else (),
        read_orders(pareto, columns.params) if pareto else (),
        read_orders(sort, columns.params) if sort else (),
        top,
    )
    swept, asked = Selection(wanted, columns), Selection(wanted, columns)
    for row in given:
        swept.add(row)
    found = StoredRows(store, columns, wanted, (), sorted_here=False)
    for some in found:
        for row in some:
            asked.add(row)
    found.complete(asked)
    assert [*asked.rows()] == [*swept.rows()]
    assert (asked.points, asked.matching, asked.selected) == (swept.points, swept.matching, swept.selected)
    for one, other in ((asked.refusals, swept.refusals), (asked.undecided, swept.undecided)):
        assert one.counts == other.counts
        assert {key: row.number for key, row in one.first.items()} == {
            key: row.number for key, row in other.first.items()
        }
