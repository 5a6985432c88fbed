"""Which points are shown: those that meet conditions, of these the Pareto front, the first by a figure.

Points come one by one and may be millions: what is kept is the front, or as many as are shown.
"""

from __future__ import annotations

from bisect import insort
from collections import Counter
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from msgspec import Struct

from cnnstat.sweeps.selection.conditions import Condition  # noqa: TC001 - msgspec reads it
from cnnstat.sweeps.selection.pareto import Front

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnnstat.sweeps.networks.columns import Columns
    from cnnstat.sweeps.networks.evaluator import Row
    from cnnstat.sweeps.networks.figures import Side
    from cnnstat.sweeps.selection.chart_data import ChartData
    from cnnstat.sweeps.selection.conditions import Number, Order

Reason = TypeVar("Reason", bound="str | Open")
Key: TypeAlias = "tuple[Any, ...]"


class Wanted(Struct, frozen=True):
    """What is asked for; ``top`` None are all."""

    where: tuple[Condition, ...] = ()
    pareto: tuple[Order, ...] = ()
    sort: tuple[Order, ...] = ()
    top: int | None = None


class Reasons(Generic[Reason]):
    """How many points are left out for which reason, and the first of each."""

    def __init__(self) -> None:
        self.counts: Counter[Reason] = Counter()
        self.first: dict[Reason, Row] = {}

    def add(self, reason: Reason, row: Row) -> None:
        """Count a point."""
        self.counts[reason] += 1
        first = self.first.setdefault(reason, row)
        if row.number < first.number:
            self.first[reason] = row


class Open(Struct, frozen=True):
    """A condition that is not decided: its figure is unknown, or only known to be on one ``side``."""

    condition: Condition
    side: Side


class Selection:
    """Points as they come, and those of them that are wanted.

    A point is left out where a condition does not hold, and where one is not decided while all others hold:
    these are counted by condition. What meets the conditions is added to ``chart_data``.
    Where points are ``handed_on`` as they come, none is kept that need not be compared with others.
    """

    def __init__(
        self,
        wanted: Wanted,
        columns: Columns,
        chart_data: ChartData | None = None,
        *,
        handed_on: bool = False,
    ) -> None:
        self.wanted, self.columns, self._chart_data = wanted, columns, chart_data
        self._cell = columns.cell
        self._handed_on = handed_on
        self.refusals: Reasons[str] = Reasons()
        self.undecided: Reasons[Open] = Reasons()
        self.points = self.matching = 0
        self._kept: list[tuple[Key, Row]] = []
        self._front: Front[Row] = Front()

    @property
    def flows(self) -> bool:
        """Say whether each point is wanted or not whatever comes behind it, so that none need be kept."""
        return not (self.wanted.pareto or self.wanted.sort)

    def add(self, row: Row) -> bool:
        """Take the next point and say whether it meets the conditions."""
        self.points += 1
        if row.code:
            self.refusals.add(row.code, row)
            return False
        if not self._meets(row):
            return False
        self.matching += 1
        if self._chart_data is not None:
            self._chart_data.add(row)
        if self.wanted.pareto:
            values = tuple([order.value(self._cell(row, order.key)) for order in self.wanted.pareto])
            if None not in values:
                self._front.add(values, (row.network, row.params), row)  # a sample draws some twice
        elif not self.flows or (
            not self._handed_on and (self.wanted.top is None or len(self._kept) < self.wanted.top)
        ):
            self._keep(row)
        return True

    def _meets(self, row: Row) -> bool:
        """Say whether all conditions hold; count a point of which that is not decided."""
        undecided = None
        for condition in self.wanted.where:
            side = self.columns.side(row, condition.key)
            held = condition.holds(self._cell(row, condition.key), side)
            if held is False:
                return False
            if held is None and undecided is None:
                undecided = Open(condition, side)
        if undecided is not None:
            self.undecided.add(undecided, row)
        return undecided is None

    def take(self, rows: Iterable[Row], matches: int | None = None) -> list[Row]:
        """Take the next points, until so many ``matches`` are found; return what is handed on."""
        top = self.wanted.top
        handed_on = []
        for row in rows:
            if self.add(row) and self.flows and (top is None or self.matching <= top):
                handed_on.append(row)
            if self.matching == matches:
                break
        return handed_on

    def rows(self) -> Iterator[Row]:
        """Yield the points that are wanted, in order."""
        if self.wanted.pareto:
            yield from sorted(self._front, key=self._place)[: self.wanted.top]
        else:
            yield from (row for _, row in self._kept)

    def front(self) -> list[Row]:
        """Return the Pareto front in order of number, all of it."""
        return sorted(self._front, key=lambda row: row.number)

    @property
    def selected(self) -> int:
        """Return how many points there are to show if ``top`` were left out."""
        return len(self._front) if self.wanted.pareto else self.matching

    def _place(self, row: Row) -> Key:
        """Return what rows are sorted by."""
        return *(_last(order.value(self._cell(row, order.key))) for order in self.wanted.sort), row.number

    def _keep(self, row: Row) -> None:
        """Put a row in its place, and drop what is behind the last one wanted."""
        key, kept, top = self._place(row), self._kept, self.wanted.top
        if top is not None and len(kept) >= top:
            if not kept or key >= kept[-1][0]:
                return
            kept.pop()
        if not kept or key >= kept[-1][0]:
            kept.append((key, row))
        else:
            insort(kept, (key, row), key=_key)


def _key(each: tuple[Key, Row]) -> Key:
    return each[0]


def _last(value: Number | None) -> tuple[bool, Number]:
    """Return a value with what is unknown behind all others."""
    return value is None, 0 if value is None else value
