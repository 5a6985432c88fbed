"""What a fit is to reach: figures or expressions that equal a number, bounds, and a figure to push."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.base.errors import ArgumentError, Fault
from cnnstat.base.figures import BUDGETED
from cnnstat.spec.compiled import evaluate
from cnnstat.spec.expect import printed
from cnnstat.spec.expression import Expression, parse
from cnnstat.spec.values import show_value
from cnnstat.sweeps.networks.figures import SWEPT, swept
from cnnstat.sweeps.selection.conditions import bound_of, check_together, number, read_orders, read_where

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cnnstat.spec.values import Value
    from cnnstat.sweeps.networks.figures import Side
    from cnnstat.sweeps.selection.conditions import Condition, Order

_EQUATION = re.compile(r"(.+?)\s*(?<![<>=!])=(?!=)\s*(\S.*)")
_BOUND = re.compile(r"<=|>=|<|>|\bat (?:most|least)\b|\bbetween\b")
_SHARE = re.compile(r"([0-9]{1,2}(?:\.[0-9]{1,9})?)%")
_WAYS = "write 'macs = 600M', or '$alpha * $beta**2 * $gamma**2 = 2' of parameters"


class Target(Struct, frozen=True):
    """A figure by its key, or an expression of parameters, and what it is to be; ``text`` is as written."""

    key: str
    expression: Expression | None
    value: Fraction
    text: str

    def apart(self, cell: Callable[[str], object], params: Mapping[str, Value]) -> Fraction | None:
        """Return how far a network is above it, beside it; None where its figure is unknown.

        Raises:
            Fault: the expression has no number with these parameters.
        """
        found = exact_number(cell(self.key), least=False) if self.expression is None else None
        if self.expression is not None:
            value = evaluate(self.expression, params)
            if isinstance(value, bool) or not isinstance(value, int | Fraction):
                message = f"'{self.expression.text}' is {show_value(value)}, no number"
                raise Fault(message, code="expression/value")
            found = Fraction(value)
        return None if found is None else (found - self.value) / (abs(self.value) or 1)


class Wishes(Struct, frozen=True):
    """``targets`` are met ``within`` a part of their value, ``under`` always; ``push`` is made best."""

    targets: tuple[Target, ...]
    under: tuple[Condition, ...]
    push: Order | None
    within: Fraction

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the figures that have to be known."""
        pushed = (self.push.key,) if self.push else ()
        targets = (target.key for target in self.targets if target.key)
        return tuple(dict.fromkeys((*targets, *(each.key for each in self.under), *pushed)))


class Standing(Struct, frozen=True):
    """How a network stands: how far outside of what has to hold, and how good it is; less is better.

    ``unproved`` are the wishes of which it is not known whether they hold, as their figure is only a bound.
    """

    outside: Fraction
    off: Fraction
    unproved: tuple[str, ...] = ()

    @property
    def met(self) -> bool | None:
        """Say whether all that has to hold does; None where that is not decided."""
        return False if self.outside else None if self.unproved else True


def standing(
    wishes: Wishes,
    apart: Sequence[Fraction],
    cell: Callable[[str], object],
    side: Callable[[str], Side] = lambda key: "",
) -> Standing | None:
    """Return how a network stands that misses its targets by so much; None where a figure is unknown.

    ``side`` says where a figure is only known to be on one side of its number: what that does not decide is
    no miss, and not met.
    """
    outside, unproved = Fraction(0), []
    for target, each in zip(wishes.targets, apart, strict=True):
        of_bound = side(target.key) if target.key else ""
        if of_bound and (each >= -wishes.within if of_bound == "at most" else each <= wishes.within):
            unproved.append(target.text)
        else:
            outside += max(abs(each) - wishes.within, Fraction(0))
    off = sum(map(abs, apart), start=Fraction(0))
    for bound in wishes.under:
        found = exact_number(cell(bound.key), least=not bound.most)
        if found is None:
            return None
        limit = Fraction(bound.limit)
        beyond = found - limit if bound.most else limit - found
        if bound.holds(cell(bound.key), side(bound.key)) is None:  # type: ignore[arg-type]
            unproved.append(bound.demand)
        else:
            outside += max(beyond, Fraction(0)) / (abs(limit) or 1)
    if wishes.push:
        pushed = wishes.push.value(cell(wishes.push.key))
        if pushed is None:
            return None
        off = Fraction(pushed)
    return Standing(outside, off, tuple(unproved))


def exact_number(cell: object, *, least: bool) -> Fraction | None:
    """Return `number` of a figure as an exact one."""
    found = number(cell, least=least)
    return None if found is None else Fraction(found)


def read_wishes(
    to: tuple[str, ...],
    under: tuple[str, ...],
    most: str | None,
    least: str | None,
    within: Fraction,
    params: Sequence[str] = (),
) -> Wishes:
    """Read what is wanted; ``params`` are names that somebody may take for figures.

    Raises:
        ArgumentError: nothing is, or something cannot be.
    """
    if most is not None and least is not None:
        raise ArgumentError("--most and --least exclude each other: one figure is made best")
    pushed = f"-{most}" if most is not None else least
    if not to and pushed is None:
        raise ArgumentError(f"nothing is wanted: {_WAYS}, to --to, or name a figure for --most or --least")
    orders = () if pushed is None else read_orders(pushed, params)
    if len(orders) > 1:
        raise ArgumentError("one figure is made best; --under bounds the others")
    push = orders[0] if orders else None
    if push is not None and push.key not in SWEPT:
        raise ArgumentError(f"{push.key} is a parameter: --most and --least name a figure")
    bounds = tuple(each for text in under for each in read_where(text, params))
    check_together(bounds)
    return Wishes(tuple(read_target(text, params) for text in to), bounds, push, within)


def read_target(text: str, params: Sequence[str] = ()) -> Target:
    """Read an equation.

    Raises:
        ArgumentError: it is none, or there is no such figure.
    """
    match = _EQUATION.fullmatch(text.strip())
    if match is None:
        way = "bounds are given to --under" if _BOUND.search(text) else _WAYS
        raise ArgumentError(f"'{text}' is no target; {way}")
    left, right = match[1], match[2].strip()
    if "$" in right:
        way = f"; write '{left} - ({right}) = 0'" if "$" in left else ""
        raise ArgumentError(f"'{text}': a target equals a number, not what parameters make{way}")
    try:
        if "$" in left:
            return Target("", parse(left), _number_of(left, right), text.strip())
        if left in params and not (left in SWEPT or left in BUDGETED):
            raise ArgumentError(f"{left} is a parameter, and is written with a $: '${left} = {right}'")
        figure = swept(left)
        if not figure.ordered:
            raise ArgumentError(f"{left} is no number, and has no target")
        value = bound_of(figure, left, f"<= {right}")[1]
    except Fault as fault:
        raise ArgumentError(fault.message) from None
    return Target(figure.key, None, Fraction(value), text.strip())


def _number_of(left: str, right: str) -> Fraction:
    try:
        return printed(right).value
    except Fault as fault:
        condition = f'--under "{left} == {right!r}"' if right.isidentifier() else "--under"
        message = f"{fault.message}; what is no number is a condition: {condition}"
        raise Fault(message, code=fault.code) from None


def read_share(text: str) -> Fraction:
    """Read how near a target is met: ``1%``.

    Raises:
        ArgumentError: it is no such share.
    """
    match = _SHARE.fullmatch(text.strip())
    if match is None:
        raise ArgumentError(f"expected a share from 0% to 99%, such as 0.5%, got '{text}'")
    return Fraction(match[1]) / 100
