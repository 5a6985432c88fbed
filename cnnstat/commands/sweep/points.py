"""The points of a sweep by their numbers: point 17 is the same network wherever it is asked for."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction
from math import isfinite
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from cnnstat.base.errors import ArgumentError, Fault, Source
from cnnstat.base.text import exact
from cnnstat.spec.axis import BITS, Range, Values
from cnnstat.spec.choice import choose
from cnnstat.spec.expression import parse, show_value
from cnnstat.spec.reader import read_family
from cnnstat.spec.space import Space, check_space, given_space, random_bits

if TYPE_CHECKING:
    from cnnstat.commands.sweep.plan import Member, Plan
    from cnnstat.spec.axis import Axis
    from cnnstat.spec.choice import Spec
    from cnnstat.spec.expression import Value
    from cnnstat.spec.model import Family

Plain: TypeAlias = int | float | str | bool | None
"""A value of a parameter as tables and files have it."""


class Network(Struct, frozen=True):
    """A member with its space: ``own`` are the parameters that it has where nothing varies."""

    member: Member
    family: Family
    own: dict[str, Value]
    space: Space

    def spec(self, values: dict[str, Value]) -> Spec:
        """Return the network with these parameters.

        Raises:
            SpecError: its input has no sizes with them.
        """
        given = {name: value for name, value in values.items() if name in self.family.params}
        return choose(self.family, self.member.variant, given)


class Points:
    """All points of a plan.

    Raises:
        SpecError: a spec is wrong.
        ArgumentError: what varies does not go with the networks.
    """

    def __init__(self, plan: Plan) -> None:
        self.seed = plan.seed
        families: dict[tuple[str, str], Family] = {}
        self.networks = tuple(_named(member, plan, families) for member in plan.members)
        names = (name for network in self.networks for name in _shown(network))
        self.params = tuple(dict.fromkeys(names))

    @property
    def count(self) -> int | None:
        """Return how many points the grid has, None where there is none: a range has no steps."""
        counts = [network.space.count for network in self.networks]
        return None if None in counts else sum(count for count in counts if count is not None)

    @property
    def endless(self) -> tuple[str, ...]:
        """Return the parameters whose range has no steps."""
        return tuple(dict.fromkeys(name for network in self.networks for name in network.space.endless))

    def at(self, number: int) -> tuple[int, dict[str, Value]]:
        """Return which network a point is of, and the values that vary, without what follows from them."""
        if self.seed is not None:
            chosen = random_bits(self.seed, number, "") * len(self.networks) >> BITS
            return chosen, self.networks[chosen].space.drawn(self.seed, number)
        for chosen, network in enumerate(self.networks):
            count = network.space.count
            assert count is not None
            if number < count:
                return chosen, network.space.at(number)
            number -= count
        raise IndexError(number)

    def described(self, plan: Plan) -> dict[str, str]:
        """Return what varies, as it would be written: of several networks, what each has of its own."""
        found: dict[str, str] = {}
        for network in self.networks:
            for name, axis in network.space.axes.items():
                found.setdefault(name, plan.vary.get(name) or _written(axis))
            for name, expression in network.space.derived.items():
                found.setdefault(name, expression.text)
        return found

    def numeric(self) -> dict[str, bool]:
        """Return the parameters that are shown, and whether each is always a number, as far as is seen."""
        found = dict.fromkeys(self.params, True)
        for network in self.networks:
            for name, kind in _kinds(network).items():
                found[name] = found.get(name, True) and kind
        return {name: found[name] for name in self.params}

    def shown(self, values: dict[str, Value]) -> tuple[Plain, ...]:
        """Return the parameters of a point, in the order of ``params``."""
        return tuple([plain(values.get(name)) for name in self.params])


def plain(value: Value) -> Plain:
    """Return a value as tables and files have it; a fraction as the nearest decimal."""
    if value is None or isinstance(value, bool | str | int):
        return value
    if isinstance(value, Fraction):
        near = float(value)
        return near if isfinite(near) else str(value)
    return show_value(value)


def _named(member: Member, plan: Plan, families: dict[tuple[str, str], Family]) -> Network:
    """Return a network with its space; what does not go with it is said with its name, of several."""
    try:
        return _network(member, plan, families)
    except ArgumentError as error:
        if len(plan.members) == 1:
            raise
        raise ArgumentError(f"{member.label}: {error}") from None


def _network(member: Member, plan: Plan, families: dict[tuple[str, str], Family]) -> Network:
    key = member.file, member.text
    family = families.get(key) or read_family(Source(*key))
    families[key] = family
    settled = choose(
        family, member.variant, {name: each for name, each in plan.params.items() if name in family.params}
    )
    space = (family.space or Space()).with_(given_space(plan.vary))
    unknown = [name for name in plan.params if name not in {*family.params, *space.axes, *space.derived}]
    if unknown:
        choose(family, member.variant, {unknown[0]: plan.params[unknown[0]]})  # which says what there is
    fixed = {name: settled.params.get(name, each) for name, each in plan.params.items()}
    own = {**settled.params, **fixed}
    space = space.without(plan.params)
    try:
        more = tuple(parse(text, lists=True) for text in plan.where)
    except Fault as fault:
        raise ArgumentError(f"--where: {fault.message}") from None
    space = space.with_(Space(where=more))
    check_space(space, own)
    return Network(member, family, own, space)


def _shown(network: Network) -> list[str]:
    """Return the names of what varies, and of the network's own parameters that follow from it."""
    space, params = network.space, network.family.params
    return [*space.axes, *(name for name in space.derived if name in params)]


_LOOKED_AT = 20
"""Points by which it is seen what an expression comes to."""


def _written(axis: Axis) -> str:
    if isinstance(axis, Values):
        return ",".join(map(_word, axis.items))
    numbers = (exact(each) for each in (axis.first, axis.last, axis.step) if each is not None)
    return f"{axis.kind} {':'.join(numbers)}".strip()


def _word(value: Value) -> str:
    return value if isinstance(value, str) else show_value(value)


def _kinds(network: Network) -> dict[str, bool]:
    """Return for each name that is shown whether it is a number: of what is worked out, in some points."""
    space = network.space
    found = {}
    for name, axis in space.axes.items():
        found[name] = isinstance(axis, Range) or all(_is_number(each) for each in axis.items)
    some = [space.drawn(0, number) for number in range(_LOOKED_AT)]
    for values in some:
        with suppress(Fault):
            for name, value in Space(space.axes, space.derived).settled(values, network.own).items():
                if name in space.derived:
                    found[name] = found.get(name, True) and _is_number(value)
    return found


def _is_number(value: Value) -> bool:
    return isinstance(plain(value), int | float) and not isinstance(value, bool)
