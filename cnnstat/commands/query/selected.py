"""Points of a store that are wanted: the database leaves out what does not meet conditions on figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.base.errors import ArgumentError, Fault
from cnnstat.commands.sweep.figures import SWEPT
from cnnstat.commands.sweep.rows import Row
from cnnstat.commands.sweep.selection import Selection
from cnnstat.commands.sweep.store import quoted
from cnnstat.commands.sweep.table import column_names
from cnnstat.spec.expression import Expression, parse, truth
from cnnstat.spec.given import from_python

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.commands.sweep.collected import Collected
    from cnnstat.commands.sweep.conditions import Condition, Order
    from cnnstat.commands.sweep.selection import Wanted
    from cnnstat.commands.sweep.store import Store
    from cnnstat.commands.sweep.streams import Stream
    from cnnstat.commands.sweep.table import Columns


def selected(
    store: Store,
    columns: Columns,
    wanted: Wanted,
    of_params: Sequence[str],
    stream: Stream | None,
    collected: Collected | None,
) -> Selection:
    """Return the points that are wanted; what needs no comparison goes to the stream at once.

    Raises:
        ArgumentError: a condition on parameters has no value.
    """
    selection = Selection(wanted, columns.cell, collected)
    conditions = [_condition(text, columns) for text in of_params]
    where = " AND ".join((*map(_sql, wanted.where), "true"))
    sorts_there = not (wanted.pareto or conditions or stream or collected)
    if sorts_there:
        order = ", ".join((*(_order(each, columns) for each in wanted.sort), "point"))
        found, matching = store.found(where, order, wanted.top), store.count(f"refused IS NULL AND {where}")
    else:
        found, matching = store.found(where), None
    for rows in found:
        kept = [row for row in rows if all(_holds(each, row, columns) for each in conditions)]
        for row in kept:
            selection.add(row)
        if stream is not None and selection.flows:
            before = selection.matching - len(kept)
            stream.write(kept if wanted.top is None else kept[: max(0, wanted.top - before)])
    if stream is not None and not selection.flows:
        stream.write([*selection.rows()])
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


def _order(order: Order, columns: Columns) -> str:
    if order.key in columns.params:
        name = quoted(column_names((order.key,))[0])
    elif SWEPT[order.key].kind == "sizes":
        name = f"{'list_max' if order.less else 'list_min'}({quoted(order.key)})"
    else:
        name = quoted(order.key)
    return f"{name} {'ASC' if order.less else 'DESC'} NULLS LAST"


def _condition(text: str, columns: Columns) -> Expression:
    try:
        expression = parse(text)
    except Fault as fault:
        raise ArgumentError(fault.message) from None
    for name in sorted(expression.names - {*columns.params}):
        raise ArgumentError(
            f"'{text}': the store has no parameter ${name}; it has {', '.join(columns.params)}"
        )
    return expression


def _holds(condition: Expression, row: Row, columns: Columns) -> bool:
    values = {name: from_python(value) for name, value in zip(columns.params, row.params, strict=True)}
    try:
        return truth(condition.evaluate(values))
    except Fault as fault:
        raise ArgumentError(f"'{condition.text}' at point {row.number}: {fault.message}") from None
