"""The rows of a sweep from end to end: what is stored is read, what is missing worked out, in order."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from cnnstat.cli.output import complain
from cnnstat.sweeps.workers.batches import Work, local_batches, ordered
from cnnstat.sweeps.workers.cluster import SECONDS, cluster_batches

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from cnnstat.sweeps.networks.evaluator import Batch, Row
    from cnnstat.sweeps.networks.plan import Plan
    from cnnstat.sweeps.store.store import Store


def rows_in_order(
    plan: Plan, count: int, store: Store | None, scheduler: str | None, jobs: int
) -> Generator[list[Row], None, None]:
    """Yield the rows of the points below ``count`` in order, some at a time; what is missing is stored.

    Raises:
        Undone: something cannot be written, or a worker is lost.
        ArgumentError: what was asked for does not go with a network.
    """
    present = store.present() if store else []
    seconds = {"seconds": SECONDS} if scheduler else {}
    work = Work(plan, store.missing(count) if store else [range(count)], **seconds)
    made = cluster_batches(work, scheduler, _say) if scheduler else local_batches(work, jobs)
    with closing(made):
        yield from _in_order(ordered(work, made, store.add if store else _forgotten), store, present, count)


def _say(text: str) -> None:
    complain(f"{text}\n", 0)


def _forgotten(batch: Batch) -> None:
    """Keep nothing of a batch."""


def _in_order(
    made: Iterator[Batch], store: Store | None, there_before: Sequence[tuple[int, int]], count: int
) -> Iterator[list[Row]]:
    """Yield rows in order of number: those that are stored, and batches that are worked out."""
    present = iter(there_before)
    there = next(present, None)
    for batch in made:
        while store is not None and there is not None and there[0] < batch.start:
            yield from store.between(there[0], min(there[1], count))
            there = next(present, None)
        yield batch.rows
    while store is not None and there is not None and there[0] < count:
        yield from store.between(there[0], min(there[1], count))
        there = next(present, None)
