"""Parameters of which only whole numbers make a network, though their range has no steps."""

from __future__ import annotations

from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING, TypeGuard

from cnnstat.spec.axis import Range

if TYPE_CHECKING:
    from cnnstat.spec.axis import Axis
    from cnnstat.spec.values import Value
    from cnnstat.sweeps.networks.evaluator import Evaluator

_POINTS = 8
"""Points at which it is seen."""


def whole_only(evaluator: Evaluator) -> tuple[str, ...]:
    """Return the names whose whole numbers make networks, while those between are refused.

    Who writes ``resolution=32:600`` means sizes in pixels; one half between two of them shows it.
    """
    network = evaluator.points.networks[0]
    asked = [name for name, axis in network.space.axes.items() if _might_be(axis)]
    points = [network.space.drawn(0, number) for number in range(_POINTS)] if asked else []
    whole = [{**values, **{name: _floor(values[name]) for name in asked}} for values in points]
    return tuple(name for name in asked if _refuses_halves(evaluator, name, whole))


def _refuses_halves(evaluator: Evaluator, name: str, points: list[dict[str, Value]]) -> bool:
    """Say whether some half is refused by the network, and none is accepted, where whole numbers are."""
    refused = False
    for values in points:
        if not evaluator.row_of(0, 0, values).code:
            half = evaluator.row_of(0, 0, {**values, name: _floor(values[name]) + Fraction(1, 2)})
            if not half.code:
                return False
            refused = refused or half.code != "space/where"
    return refused


def _might_be(axis: Axis) -> TypeGuard[Range]:
    if not isinstance(axis, Range) or axis.count is not None:
        return False
    return axis.first.denominator == axis.last.denominator == 1 and axis.last > axis.first


def _floor(value: Value) -> int:
    assert isinstance(value, int | Fraction)
    return floor(value)
