"""Where a network of a sweep is worked out: its parameters, and its figures or why it is refused."""

from __future__ import annotations

import gc
import pickle
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat import __version__
from cnnstat.analysis.composed import Pieces
from cnnstat.base.errors import ArgumentError, Fault, SpecError
from cnnstat.sweeps.networks.network_figures import figures_of
from cnnstat.sweeps.networks.points import Points

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.spec.values import Value
    from cnnstat.sweeps.networks.figures import Cell
    from cnnstat.sweeps.networks.plan import Plan


class Row(Struct, frozen=True, array_like=True, gc=False):
    """One point: its number, which of the networks it is of, parameters and figures in the plan's order.

    Parameters are exact, as the network has them: readers get them by `cells.plain`.
    Of a refused one ``code`` and ``why`` say the reason, and it has no figures.
    """

    number: int
    network: int
    params: tuple[Value, ...]
    figures: tuple[Cell, ...]
    code: str = ""
    why: str = ""


class Evaluator:
    """What works out the rows of a plan, and keeps what it knows of a family's parts for the next point."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.points = Points(plan)
        kept: dict[str, Pieces] = {}
        self._pieces = [kept.setdefault(network.member.text, Pieces()) for network in self.points.networks]

    def row(self, number: int) -> Row:
        """Return the row of a point.

        Raises:
            ArgumentError: what was asked for does not go with the network.
        """
        return self.row_of(number, *self.points.at(number))

    def row_of(self, number: int, chosen: int, values: dict[str, Value]) -> Row:
        """Return the row of these values of a network, as the point of a number.

        Raises:
            ArgumentError: what was asked for does not go with the network.
        """
        network = self.points.networks[chosen]
        try:
            values = network.space.settled(values, network.own)
            spec = network.spec({**self._fixed(chosen), **values})
            inputs, settings = network.member.inputs, self.plan.settings
            pieces, machine = self._pieces[chosen], self.plan.machine
            cells = figures_of(spec, self.plan.figures, settings, pieces, inputs, machine)
        except Fault as fault:
            return self._refused(number, chosen, values, fault.code, fault.message)
        except SpecError as error:
            first = error.problems[0]
            return self._refused(number, chosen, values, first.code, first.message)
        return Row(number, chosen, self.points.shown(chosen, values), tuple(cells))

    def _fixed(self, chosen: int) -> dict[str, Value]:
        own = self.points.networks[chosen].own
        return {name: own[name] for name in self.plan.params}

    def _refused(self, number: int, chosen: int, values: dict[str, Value], code: str, why: str) -> Row:
        return Row(number, chosen, self.points.shown(chosen, values), (), code, why)


class _Kept(threading.local):
    """The plan that a worker is at, and what it has worked out: each thread has its own."""

    pickled: bytes = b""
    evaluator: Evaluator


_KEPT = _Kept()


def _evaluator_of(pickled: bytes) -> Evaluator:
    """Return what works out a plan, made once for all its batches."""
    if _KEPT.pickled != pickled:
        _KEPT.evaluator = _read(pickled)
        _KEPT.pickled = pickled
    return _KEPT.evaluator


def _read(pickled: bytes) -> Evaluator:
    plan: Plan = pickle.loads(pickled)
    if plan.version != __version__:
        message = f"a worker has cnnstat {__version__}, and the sweep was begun by cnnstat {plan.version}"
        raise ArgumentError(message)
    return Evaluator(plan)


class Batch(Struct, frozen=True, array_like=True):
    """The rows of points that follow each other, and how many seconds they took."""

    start: int
    stop: int
    rows: list[Row]
    seconds: float


def evaluated(pickled: bytes, start: int, stop: int) -> Batch:
    """Return the rows of some points of a plan: what a worker does.

    Raises:
        ArgumentError: the worker has another version of the program, or the plan does not go with a network.
    """
    evaluator = _evaluator_of(pickled)
    begun = time.perf_counter()
    with _nothing_collected():
        found = [evaluator.row(number) for number in range(start, stop)]
    return Batch(start, stop, found, time.perf_counter() - begun)


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Look for no cycles of garbage, of which networks leave none: what is kept would be gone through.

    That takes a tenth of the time of a sweep, and more in a worker of a cluster, which has more to keep.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()
