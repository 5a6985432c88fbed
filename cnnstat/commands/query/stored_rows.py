"""Rows of a store that may be wanted: a `Selection` decides, as in a sweep, and the database spares it work.

The database leaves out what does not meet conditions on figures. Of ten million points it finds the first
ones by a figure in a tenth of a second, for which a `Selection` would have to read all of them, a minute.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.base.errors import ArgumentError, Fault
from cnnstat.spec.compiled import evaluate
from cnnstat.spec.expression import parse
from cnnstat.spec.values import truth
from cnnstat.sweeps.networks.evaluator import Row
from cnnstat.sweeps.networks.figures import SWEPT
from cnnstat.sweeps.selection.selection import Open
from cnnstat.sweeps.store.database import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnstat.sweeps.networks.columns import Columns
    from cnnstat.sweeps.selection.conditions import Condition, Order
    from cnnstat.sweeps.selection.selection import Selection, Wanted
    from cnnstat.sweeps.store.store import Store

_FEW = 1_000
"""Points that the database finds without putting all of them in order."""


class StoredRows:
    """The rows of a store that may be wanted, some at a time.

    The database leaves out those that do not meet conditions on figures. It sorts, too, and gives no more
    than are shown, unless these are many, or a front, a condition on parameters (`meets_params`) or whoever
    wants them ``sorted_here`` needs all of them.

    Raises:
        ArgumentError: a condition on parameters cannot be read.
    """

    def __init__(
        self,
        store: Store,
        columns: Columns,
        wanted: Wanted,
        of_params: Sequence[str],
        *,
        sorted_here: bool,
    ) -> None:
        self._store, self._wanted = store, wanted
        self._of_params = [_OfParams(text, columns) for text in of_params]
        self._conditions = [_sql(condition, columns) for condition in wanted.where]
        self._where = " AND ".join((*self._conditions, "true"))
        self._order = None if wanted.pareto or of_params or sorted_here else _order(wanted, store)

    def __iter__(self) -> Iterator[list[Row]]:
        """Yield the rows, some at a time."""
        if self._order is None or self._wanted.top is None:
            return self._store.found(f"({self._where}) IS NOT FALSE")
        return self._store.first(self._where, self._order, self._wanted.top)

    def meets_params(self, row: Row) -> bool:
        """Say whether a row meets the conditions on parameters."""
        return all(each.holds(row) for each in self._of_params)

    def complete(self, selection: Selection) -> None:
        """Give a selection of all rows the counts of those that the database left out.

        Raises:
            ArgumentError: a condition on parameters had no value.
        """
        for condition in self._of_params:
            condition.check()
        selection.points = self._store.count("true")
        if self._order is not None:
            selection.matching = self._store.count(f"refused IS NULL AND {self._where}")
            self._count_undecided(selection)
        for code, count, point, why in self._store.refusals():
            selection.refusals.counts[code] = count
            selection.refusals.first[code] = Row(point, 0, (), (), code, why)

    def _count_undecided(self, selection: Selection) -> None:
        """Count the points of which conditions are not decided, each by the first of those."""
        for place, condition in enumerate(self._wanted.where):
            before, (own, *behind) = self._conditions[:place], self._conditions[place:]
            parts = [f"({own}) IS NULL", *(f"({each}) IS TRUE" for each in before)]
            parts += (f"({each}) IS NOT FALSE" for each in behind)
            for known in ("IS NULL", "IS NOT NULL"):
                where = " AND ".join((*parts, f"{_cell(condition)} {known}"))
                for row in (row for rows in self._store.first(where, "point", 1) for row in rows):
                    undecided = Open(condition, selection.columns.side(row, condition.key))
                    selection.undecided.first[undecided] = row
                    selection.undecided.counts[undecided] = self._store.count(f"refused IS NULL AND {where}")


def _cell(condition: Condition) -> str:
    """Return the number that is held against a bound: of sizes, the one farthest from it."""
    name, least = quoted(condition.key), "list_max" if condition.most else "list_min"
    return f"{least}({name})" if SWEPT[condition.key].kind == "sizes" else name


def _sql(condition: Condition, columns: Columns) -> str:
    """Return a condition as the database has it, which is true, false or NULL: `Condition.holds`."""
    # A float is compared as one: by itself, the database would take its digits for a decimal.
    limit = f"{condition.limit:d}" if isinstance(condition.limit, int) else f"{condition.limit!r}::DOUBLE"
    kept = f"({_cell(condition)} {'<=' if condition.most else '>='} {limit})"
    figure = SWEPT[condition.key]
    if figure.bounded_by not in columns.place:
        return kept
    proof = str(condition.decided(figure.side)).lower()
    return f"(CASE WHEN {quoted(figure.bounded_by)} > 0 AND {kept} <> {proof} THEN NULL ELSE {kept} END)"


def _order(wanted: Wanted, store: Store) -> str | None:
    """Return the order of the first points in SQL; None of too many, or where the database has another."""
    if wanted.top is None or wanted.top > _FEW or not all(store.orders(each.key) for each in wanted.sort):
        return None
    return ", ".join((*(_ordered(each, store) for each in wanted.sort), "point"))


def _ordered(order: Order, store: Store) -> str:
    if order.key in store.columns:
        name = store.columns[order.key]
    elif SWEPT[order.key].kind == "sizes":
        name = f"{'list_max' if order.less else 'list_min'}({quoted(order.key)})"
    else:
        name = quoted(order.key)
    return f"{name} {'ASC' if order.less else 'DESC'} NULLS LAST"


class _OfParams:
    """A condition on parameters. As in a sweep, it does not hold where it has no value."""

    def __init__(self, text: str, columns: Columns) -> None:
        try:
            self._expression = parse(text, lists=True)
        except Fault as fault:
            raise ArgumentError(fault.message) from None
        self._columns = columns
        self._decided = False
        self._why = ""
        for name in sorted(self._expression.names - {*columns.params}):
            raise ArgumentError(
                f"'{text}': the store has no parameter ${name}; it has {', '.join(columns.params)}, and not"
                " what a space only works with: --where of sweep reads that"
            )

    def holds(self, row: Row) -> bool:
        """Say whether it holds for a point."""
        try:
            held = truth(evaluate(self._expression, dict(zip(self._columns.params, row.params, strict=True))))
        except Fault as fault:
            self._why = self._why or f"point {row.number}: {fault.message}"
            return False
        self._decided = True
        return held

    def check(self) -> None:
        """Refuse a condition that had a value at no point.

        Raises:
            ArgumentError: there were some, and all had the wrong types.
        """
        if self._why and not self._decided:
            raise ArgumentError(f"'{self._expression.text}' at {self._why}")
