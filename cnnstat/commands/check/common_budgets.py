"""Budgets for all networks of a project: those of its configuration, and those of a command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.base.errors import ArgumentError, Fault
from cnnstat.spec.budget import bounds, demand

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cnnstat.spec.budget import Bound


def read_demands(texts: Iterable[str]) -> tuple[Bound, ...]:
    """Read bounds as a command line has them: ``params <= 5M``.

    Raises:
        ArgumentError: a bound cannot be read.
    """
    try:
        return tuple([demand(text) for text in texts])
    except Fault as fault:
        raise ArgumentError(fault.message) from None


def read_bounds(demands: Mapping[str, str]) -> tuple[Bound, ...]:
    """Read bounds as a configuration has them: figures and what they are held to.

    Raises:
        ArgumentError: a bound cannot be read.
    """
    try:
        return bounds(demands)
    except Fault as fault:
        raise ArgumentError(f"budget.{fault.field}: {fault.message}") from None


def with_budgets(demands: Mapping[str, str], given: Iterable[Bound]) -> tuple[Bound, ...]:
    """Return what a configuration says of a file, and all that a command line says, which wins.

    Raises:
        ArgumentError: the configuration has a bound that is none.
    """
    asked = tuple(given)
    settled = {(bound.figure, bound.most) for bound in asked}
    return (*(each for each in read_bounds(demands) if (each.figure, each.most) not in settled), *asked)
