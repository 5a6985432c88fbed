"""Several parameters: SciPy's optimiser goes through the networks of a space."""

from __future__ import annotations

from fractions import Fraction
from math import isfinite, log
from typing import TYPE_CHECKING, Any

from cnnstat.cli.output import Undone
from cnnstat.spec.axis import BITS, Range

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cnnstat.commands.fit.trials import Trials
    from cnnstat.spec.axis import Axis
    from cnnstat.spec.values import Value

_POPULATION = 60
"""Points of a generation, about."""

_REFUSED_FOR_ONE = 20
"""Points that a space may refuse by its own conditions for each network that is tried."""


def optimised(trials: Trials, seed: int, tries: int, grid: int) -> None:
    """Let SciPy's optimiser look for the best network, at about so many.

    Raises:
        Undone: it is not installed, and there are more points than ``grid``, which could all be tried.
    """
    optimiser = _library(grid)
    axes = trials.space.axes
    names = [*axes]
    places = [_places(axis) for axis in axes.values()]

    def values(x: Sequence[float]) -> dict[str, Value]:
        return {name: _value(axes[name], place) for name, place in zip(names, x, strict=True)}

    def worth(x: Sequence[float]) -> float:
        standing = trials.tried(values(x)).standing
        if standing is None:  # none is like another, else a generation of them were the end of the search
            return _REFUSED * (1 + len(trials))
        return _squeezed(float(standing.off)) if standing.met else _OUTSIDE * (1 + float(standing.outside))

    def enough(*_: object) -> bool:
        return trials.networks >= tries or len(trials) >= _REFUSED_FOR_ONE * tries

    optimiser(
        worth,
        bounds=[(0, last) for last, _ in places],
        integrality=[whole for _, whole in places],
        rng=seed,
        maxiter=max(200, _REFUSED_FOR_ONE * tries // _POPULATION),
        popsize=max(4, _POPULATION // len(names)),
        polish=False,
        callback=enough,
        tol=1e-10,
    )


_OUTSIDE = 10.0
"""What is not met is worth more than this, and what is met less: a figure is squeezed between 0 and 2."""
_REFUSED = 1e12
"""What is no network is worth more than any."""


def _squeezed(off: float) -> float:
    """Return a number that grows with a figure, however large that is, between 0 and 2."""
    size = log(1 + abs(off)) if isfinite(off) else 1e3
    return 1 + (size if off > 0 else -size) / (1 + size)


def _places(axis: Axis) -> tuple[float, bool]:
    """Return up to where an optimiser goes along an axis, and whether in whole steps."""
    return (1.0, False) if axis.count is None or _is_log(axis) else (axis.count - 1, True)


def _value(axis: Axis, place: float) -> Value:
    if axis.count is not None and not _is_log(axis):
        return axis.at(min(axis.count - 1, max(0, round(place))))
    assert isinstance(axis, Range)
    share = Fraction(min(max(float(place), 0.0), 1.0))
    return axis.drawn(min(int(share * 2**BITS), 2**BITS - 1))


def _is_log(axis: Axis) -> bool:
    """Say whether steps stand nearer to each other along an axis the larger they are."""
    return isinstance(axis, Range) and axis.kind == "log"


def _library(grid: int) -> Callable[..., Any]:
    try:
        from scipy.optimize import differential_evolution  # noqa: PLC0415 - only this way needs it
    except ImportError:
        raise Undone(
            "several parameters without a small grid need SciPy: pip install 'cnnstat[fit]'; or give steps,"
            f" so that there are at most {grid:,} points"
        ) from None
    found: Callable[..., Any] = differential_evolution
    return found
