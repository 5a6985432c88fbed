"""The points of a sweep by their numbers: point 17 is the same network wherever it is asked for."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.base.errors import ArgumentError, Fault, Source
from cnnstat.base.figures import BUDGETED
from cnnstat.base.text import exact
from cnnstat.spec.axis import BITS, Values
from cnnstat.spec.choice import choose
from cnnstat.spec.expression import parse
from cnnstat.spec.reader import read_family
from cnnstat.spec.space import Space, check_space, random_bits
from cnnstat.spec.space_reader import given_space
from cnnstat.spec.values import show_value
from cnnstat.sweeps.cells import kind_of
from cnnstat.sweeps.networks.figures import SWEPT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnstat.analysis.settings import Settings
    from cnnstat.spec.axis import Axis
    from cnnstat.spec.choice import Spec
    from cnnstat.spec.model import Family
    from cnnstat.spec.values import Value
    from cnnstat.sweeps.cells import Kind
    from cnnstat.sweeps.networks.plan import Member, Plan


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
        names = [name for network in self.networks for name in _shown(network)]
        self.params = tuple(dict.fromkeys((*_apart(self.networks), *names)))

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
        """Return what varies, as it would be written; where networks differ in it, of which of them it is."""
        found: dict[str, dict[str, str]] = {}
        for network in self.networks:
            space = network.space
            texts = {name: plan.vary.get(name) or _written(axis) for name, axis in space.axes.items()}
            texts |= {name: expression.text for name, expression in space.derived.items()}
            for name, text in texts.items():
                found.setdefault(name, {}).setdefault(text, network.member.label)
        return {
            name: next(iter(texts))
            if len(texts) == 1
            else "; ".join(f"{text} of {label}" for text, label in texts.items())
            for name, texts in found.items()
        }

    def dtypes(self, settings: Settings) -> list[str]:
        """Return what the numbers of the networks are, each type once."""
        return [*dict.fromkeys(settings.dtype or network.family.dtype for network in self.networks)]

    def kinds(self) -> dict[str, Kind]:
        """Return the kind of each parameter that is shown; of what is worked out, as far as is seen."""
        found: dict[str, list[Value]] = {name: [] for name in self.params}
        for network in self.networks:
            for name, values in _examples(network).items():
                if name in found:
                    found[name] += values
            for name in found.keys() & network.own.keys() - {*network.space.axes, *network.space.derived}:
                found[name].append(network.own[name])
        return {name: kind_of(values) for name, values in found.items()}

    def shown(self, chosen: int, values: dict[str, Value]) -> tuple[Value, ...]:
        """Return the parameters of a point of a network, in the order of ``params``."""
        network = self.networks[chosen]
        varies = {*network.space.axes, *network.space.derived}
        return tuple(
            [values.get(name, None if name in varies else network.own.get(name)) for name in self.params]
        )


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
    declared = family.space if member.of_space else None
    space = (declared or Space()).with_(given_space(plan.vary))
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
    for each in more:
        for name in sorted(each.names & {*SWEPT, *BUDGETED} - {*own, *space.axes, *space.derived}):
            raise ArgumentError(f"'{each.text}': there is no ${name}, and the figure is written without a $")
    space = space.with_(Space(where=more))
    check_space(space, own)
    return Network(member, family, own, space)


def _shown(network: Network) -> list[str]:
    """Return the names of what varies, and of the network's own parameters that follow from it."""
    space, params = network.space, network.family.params
    return [*space.axes, *(name for name in space.derived if name in params)]


def _apart(networks: Sequence[Network]) -> Iterator[str]:
    """Yield the parameters in which networks of a family differ, as its variants do."""
    families: dict[tuple[str, str], list[Network]] = {}
    for network in networks:
        families.setdefault((network.member.file, network.member.text), []).append(network)
    for one, *others in families.values():
        for name in one.family.params:
            if any(other.own[name] != one.own[name] for other in others):
                yield name


_EXAMPLES = 20
"""Points by which it is seen what an expression comes to."""


def _written(axis: Axis) -> str:
    if isinstance(axis, Values):
        return ",".join(map(_word, axis.items))
    numbers = (
        exact(each.numerator if each.denominator == 1 else each)
        for each in (axis.first, axis.last, axis.step)
        if each is not None
    )
    return f"{axis.kind} {':'.join(numbers)}".strip()


def _word(value: Value) -> str:
    return value if isinstance(value, str) else show_value(value)


def _examples(network: Network) -> dict[str, list[Value]]:
    """Return values of each name by which its kind is seen."""
    space = network.space
    found: dict[str, list[Value]] = {name: [*_some(axis)] for name, axis in space.axes.items()}
    bare = Space(space.axes, space.derived)
    for number in range(_EXAMPLES):
        with suppress(Fault):
            for name, value in bare.settled(space.drawn(0, number), network.own).items():
                if name in space.derived:
                    found.setdefault(name, []).append(value)
    return found


def _some(axis: Axis) -> Iterator[Value]:
    """Yield values of an axis, of every kind that it has: of a range without steps what lies between."""
    if isinstance(axis, Values):
        yield from axis.items
    elif axis.count is None:
        yield (axis.first + axis.last) / 2
    else:
        yield from {axis.at(place) for place in (0, min(1, axis.count - 1), axis.count - 1)}
