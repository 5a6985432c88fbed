"""The networks that a fit tries: each once, with its figures and how it stands."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from cnnstat.base.errors import Fault
from cnnstat.commands.fit.wishes import Standing, standing
from cnnstat.spec.values import show_value
from cnnstat.sweeps.selection.selection import Reasons

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnstat.commands.fit.task import Task
    from cnnstat.spec.space import Space
    from cnnstat.spec.values import Value
    from cnnstat.sweeps.networks.evaluator import Row
    from cnnstat.sweeps.networks.figures import Side


class Trial(Struct, frozen=True):
    """A network that was tried: the values that vary, its row, and how it stands; None if that is unknown.

    ``apart`` is how far each target is missed, beside it.
    """

    values: dict[str, Value]
    row: Row
    standing: Standing | None = None
    apart: tuple[Fraction, ...] = ()

    @property
    def met(self) -> bool:
        """Say whether all that has to hold does."""
        return self.standing is not None and self.standing.met is True

    @property
    def rank(self) -> tuple[bool, Fraction, int, Fraction]:
        """Return what trials are sorted by, the best first."""
        each = self.standing or _LAST
        return self.standing is None, each.outside, len(each.unproved), each.off

    @property
    def length(self) -> tuple[int, int]:
        """Return how long its values are, written out; of equal ones, that tried first is shorter."""
        return sum(len(show_value(value)) for value in self.values.values()), self.row.number


OUTSIDE = "space/where"
"""The code of points that a space refuses by its own conditions."""

_LAST = Standing(Fraction(0), Fraction(0))


class Trials:
    """All that were tried, by their values; numbered as they come. Those ``refused`` are no network."""

    def __init__(self, task: Task, advance: Callable[[float], None] = lambda step: None) -> None:
        self.columns, self.wishes = task.columns, task.wishes
        self.refused: Reasons[str] = Reasons()
        self._evaluator, self._advance = task.evaluator, advance
        self._found: dict[tuple[tuple[type, Value], ...], Trial] = {}

    @property
    def space(self) -> Space:
        """Return what varies."""
        return self._evaluator.points.networks[0].space

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._found)

    @property
    def networks(self) -> int:
        """Return how many there are that the space does not refuse by its own conditions."""
        return len(self._found) - self.refused.counts[OUTSIDE]

    def best(self, count: int) -> list[Trial]:
        """Return the best of them; of networks with the same figures that whose parameters are shortest."""
        found: dict[object, Trial] = {}
        for trial in sorted(self._found.values(), key=lambda trial: (trial.rank, trial.length)):
            if trial.standing is not None:
                found.setdefault((trial.row.figures, trial.apart), trial)
        return [*found.values()][:count]

    def tried(self, values: dict[str, Value]) -> Trial:
        """Return the network of some values, tried now or before."""
        key = tuple((type(value), value) for value in values.values())  # 1 is not true
        if key not in self._found:
            row = self._evaluator.row_of(len(self._found), 0, values)
            try:
                self._found[key] = Trial(values, row, *(() if row.code else self._judged(values, row)))
            except Fault as fault:  # a target has no value there
                row = replace(row, figures=(), code=fault.code, why=fault.message)
                self._found[key] = Trial(values, row)
            if row.code:
                self.refused.add(row.code, row)
            self._advance(row.code != OUTSIDE)
        return self._found[key]

    def _judged(self, values: dict[str, Value], row: Row) -> tuple[Standing | None, tuple[Fraction, ...]]:
        network = self._evaluator.points.networks[0]
        known = {**network.own, **network.space.settled(values, network.own)}

        def cell(key: str) -> object:
            return self.columns.cell(row, key)

        def side(key: str) -> Side:
            return self.columns.side(row, key)

        apart = tuple(target.apart(cell, known) for target in self.wishes.targets)
        found = tuple(each for each in apart if each is not None)
        return (standing(self.wishes, found, cell, side), found) if len(found) == len(apart) else (None, ())
