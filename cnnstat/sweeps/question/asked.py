"""What is asked for, as it is written: what varies, which points are wanted, and what of them is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.sweeps.networks.columns import param_key
from cnnstat.sweeps.selection.condition_texts import params_and_figures
from cnnstat.sweeps.selection.conditions import check_together, read_orders, read_where
from cnnstat.sweeps.selection.selection import Wanted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cnnstat.base.arguments import Inputs
    from cnnstat.sweeps.selection.conditions import Order

PLOTS = ("edf", "pareto", "params")
"""What can be plotted of a sweep."""

FORMS = ("svg", "png", "pdf", "json")
"""What a file of a chart can be."""

SHOWN = 20
"""Points that a page shows where nothing else is asked for."""


class Varied(Struct, frozen=True):
    """What varies, and how points are chosen."""

    vary: dict[str, str]
    params: dict[str, object]
    inputs: tuple[Inputs, ...]
    variants: bool = False
    sample: int | None = None
    seed: int | None = None


class Asked(Struct, frozen=True):
    """Which points are wanted, and what of them is shown."""

    where: tuple[str, ...]
    pareto: str | None
    sort: str | None
    top: int | None
    columns: tuple[str, ...] | None
    plots: tuple[Plot, ...]

    @property
    def of_params(self) -> tuple[str, ...]:
        """Return the conditions on parameters."""
        return params_and_figures(self.where)[0]

    def wanted(self, params: Sequence[str], *, top: int | None) -> Wanted:
        """Return what is wanted of points with these parameters; ``top`` is how many where nobody says.

        Raises:
            ArgumentError: there is no such figure, or no such bound.
        """
        where = tuple(each for text in params_and_figures(self.where)[1] for each in read_where(text, params))
        check_together(where)
        return Wanted(where, _orders(self.pareto), _orders(self.sort, params), self.top or top)


class Plot(Struct, frozen=True):
    """A chart that is wanted: its kind, and its file; without one it is shown in characters."""

    kind: str
    file: Path | None

    @property
    def form(self) -> str:
        """Return what the file is to be."""
        return "" if self.file is None else self.file.suffix.lower().removeprefix(".")


def _orders(text: str | None, params: Sequence[str] = ()) -> tuple[Order, ...]:
    return () if text is None else read_orders(text, params)


def figures_for(wanted: Wanted, shown: Sequence[str], params: Sequence[str]) -> tuple[str, ...]:
    """Return the figures that have to be known: those that are shown, and those that are compared."""
    compared = [condition.key for condition in wanted.where]
    compared += [order.key for order in (*wanted.pareto, *wanted.sort)]
    of_params = {param_key(name) for name in params}
    return tuple(dict.fromkeys((*shown, *(key for key in compared if key not in of_params))))
