"""Points of a store that are wanted: the database leaves out what does not meet conditions on figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.base.errors import ArgumentError, Fault
from cnnstat.spec.compiled import evaluate
from cnnstat.spec.expression import parse, truth
from cnnstat.sweeps.networks.evaluator import Row
from cnnstat.sweeps.networks.figures import SWEPT
from cnnstat.sweeps.selection.selection import Selection
from cnnstat.sweeps.store.database import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cnnstat.sweeps.networks.columns import Columns
    from cnnstat.sweeps.output.streams import Stream
    from cnnstat.sweeps.selection.chart_data import ChartData
    from cnnstat.sweeps.selection.conditions import Condition, Order
    from cnnstat.sweeps.selection.selection import Wanted
    from cnnstat.sweeps.store.store import Store


def selected(
    store: Store,
    columns: Columns,
    wanted: Wanted,
    of_params: Sequence[str],
    stream: Stream | None,
    chart_data: ChartData | None,
    advance: Callable[[float], None] = lambda step: None,
) -> Selection:
    """Return the points that are wanted; what needs no comparison goes to the stream at once.

    ``advance`` is called with the number of points that were read.

    Raises:
        ArgumentError: a condition on parameters has no value.
    """
    selection = Selection(wanted, columns.cell, chart_data, handed_on=stream is not None)
    conditions = [_OfParams(text, columns) for text in of_params]
    where = " AND ".join((*map(_sql, wanted.where), "true"))
    sorts_there = not (wanted.pareto or conditions or stream or chart_data)
    sorts_there = sorts_there and all(store.orders(each.key) for each in wanted.sort)
    if sorts_there:
        order = ", ".join((*(_order(each, store) for each in wanted.sort), "point"))
        found, matching = store.found(where, order, wanted.top), store.count(f"refused IS NULL AND {where}")
    else:
        found, matching = store.found(where), None
    for rows in found:
        kept = [row for row in rows if all(each.holds(row) for each in conditions)]
        for row in kept:
            selection.add(row)
        if stream is not None and selection.flows:
            before = selection.matching - len(kept)
            stream.write(kept if wanted.top is None else kept[: max(0, wanted.top - before)])
        advance(len(rows))
    if stream is not None and not selection.flows:
        stream.write([*selection.rows()])
    for condition in conditions:
        condition.check()
    selection.points = store.count("true")
    if matching is not None:
        selection.matching = matching
    for code, count, point, why in store.refusals():
        selection.refusals.counts[code] = count
        selection.refusals.first[code] = Row(point, 0, (), (), code, why)
    return selection


def _sql(condition: Condition) -> str:
    """Return a condition as the database has it: of sizes, the one farthest from the bound."""
    name, least = quoted(condition.key), "list_max" if condition.most else "list_min"
    cell = f"{least}({name})" if SWEPT[condition.key].kind == "sizes" else name
    # A float is compared as one: by itself, the database would take its digits for a decimal.
    limit = f"{condition.limit:d}" if isinstance(condition.limit, int) else f"{condition.limit!r}::DOUBLE"
    return f"{cell} {'<=' if condition.most else '>='} {limit}"


def _order(order: Order, store: Store) -> str:
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
