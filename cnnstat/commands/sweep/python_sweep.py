"""A sweep from Python: networks one by one, as they are worked out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from cnnstat.base.arguments import check_count
from cnnstat.base.errors import ArgumentError
from cnnstat.sweeps.output.document import Refused, SweptPoint, Undecided, point, refused_of, undecided_of
from cnnstat.sweeps.question.asked import Asked, Varied
from cnnstat.sweeps.question.python_arguments import (
    as_error,
    columns_of,
    on_machine,
    parted,
    texts,
    vary_texts,
)
from cnnstat.sweeps.question.task import task_of
from cnnstat.sweeps.selection.selection import Selection
from cnnstat.sweeps.store.store import Store
from cnnstat.sweeps.workers.rows_in_order import rows_in_order

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Mapping, Sequence

    from cnnstat.analysis.settings import Options
    from cnnstat.sweeps.networks.evaluator import Row
    from cnnstat.sweeps.question.python_arguments import OnMachine, Texts
    from cnnstat.sweeps.question.task import Task


class Sweep(Iterator[SweptPoint]):
    """Networks that meet the conditions, each when it is worked out; what is known of all others so far.

    It goes through the points once. `close` ends it before its end, and a ``with`` does.
    """

    def __init__(self, task: Task, rows: Iterator[list[Row]], stack: ExitStack, matches: int | None) -> None:
        self._columns, self._stack, self._matches = task.columns, stack, matches
        self._selection = Selection(task.wanted, task.columns, handed_on=True)
        self._points = self._wanted(rows)

    def __next__(self) -> SweptPoint:
        """Return the next network.

        Raises:
            RuntimeError: a store, a cluster or a process fails.
        """
        with as_error():
            return next(self._points)

    def __enter__(self) -> Sweep:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End it: processes end, and the store has what was worked out."""
        self._points.close()
        self._stack.close()

    @property
    def points(self) -> int:
        """Return how many points were looked at."""
        return self._selection.points

    @property
    def matching(self) -> int:
        """Return how many of them are networks that meet the conditions."""
        return self._selection.matching

    @property
    def refused(self) -> tuple[Refused, ...]:
        """Return the points that are no network, by reason, the most frequent first."""
        return refused_of(self._selection.refusals)

    @property
    def undecided(self) -> tuple[Undecided, ...]:
        """Return the points of which a condition is not decided, by condition, the most frequent first."""
        return undecided_of(self._selection)

    def _wanted(self, rows: Iterator[list[Row]]) -> Generator[SweptPoint, None, None]:
        selection = self._selection
        top = selection.wanted.top
        with self._stack:
            for row in (row for some in rows for row in some):
                if selection.add(row) and selection.flows:
                    yield point(row, self._columns)
                if selection.matching == self._matches or (selection.flows and selection.matching == top):
                    break
        if not selection.flows:
            yield from (point(row, self._columns) for row in selection.rows())


def sweep(
    spec: str | Path | Iterable[str | Path],
    *,
    vary: Mapping[str, object] | None = None,
    sample: int | None = None,
    seed: int = 0,
    variants: bool = False,
    where: Texts = (),
    pareto: str | None = None,
    sort: str | None = None,
    top: int | None = None,
    matches: int | None = None,
    figures: Sequence[str] | None = None,
    machine: OnMachine | None = None,
    store: str | Path | None = None,
    jobs: int = 1,
    scheduler: str | None = None,
    **options: Unpack[Options],
) -> Sweep:
    """Go through the networks of a grid, or of a sample of one, and yield those that are wanted.

    ``vary`` has the values of parameters: a text as ``--vary`` takes it (``0.5:2:0.1``), or a list; without
    any, what the ``space:`` of the spec says. ``where``, ``pareto`` and ``sort`` are texts, too, and
    ``figures`` are keys, as docs/sweep.md has them. The other keywords are those of `analyze`. With
    ``jobs`` above 1, a script needs the guard ``if __name__ == "__main__":``, for processes import it.

    Networks come in the order of their points, and none is kept, unless a front or an order needs all.

    Raises:
        SpecError: a spec is wrong.
        ValueError: an argument is out of range or does not go with the networks.
        RuntimeError: a store or a library fails, or is missing.
    """
    params, shape, settings = parted(options)
    for name, value in (("sample", sample), ("top", top), ("matches", matches)):
        if value is not None:
            check_count(name, value)
    check_count("jobs", jobs)
    if sample is None and seed:
        raise ArgumentError("seed: goes with sample")
    varied = Varied(vary_texts(vary), params, () if shape is None else (shape,), variants, sample, seed)
    asked = Asked(texts("where", where), pareto, sort, top, columns_of(figures), ())
    specs = [spec] if isinstance(spec, str | Path) else [*spec]
    file = None if store is None else Path(store)
    with as_error(), ExitStack() as stack:
        task = task_of([*map(str, specs)], varied, asked, settings, on_machine(machine), file, None)
        kept = None if file is None else stack.enter_context(closing(Store(file, task.plan, task.points)))
        rows = rows_in_order(task.plan, task.count, kept, scheduler, jobs)
        stack.enter_context(closing(rows))
        handed_over = stack.pop_all()
    return Sweep(task, rows, handed_over, matches)
