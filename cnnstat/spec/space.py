"""A space of networks: the parameters that vary, what follows from them, and conditions on both.

Its points have numbers: which parameters point 17 has is the same on every machine and in every order.
"""

from __future__ import annotations

from functools import cached_property
from hashlib import blake2b
from math import prod
from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.base.errors import ArgumentError, Fault, Problem
from cnnstat.base.text import suggestion
from cnnstat.spec.axis import BITS
from cnnstat.spec.compiled import evaluate
from cnnstat.spec.values import show_value, truth

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cnnstat.base.errors import Span
    from cnnstat.spec.axis import Axis
    from cnnstat.spec.expression import Expression
    from cnnstat.spec.values import Value

WHERE = "where"
"""The key of conditions, which no parameter can have."""


class Space(Struct, frozen=True, dict=True):
    """Parameters by name, each with the values that it may have; those that follow; and what has to hold.

    A name that the network does not have is there for others to read. ``spans`` are where names and
    conditions stand in a spec, which those of a command line do not.
    """

    axes: dict[str, Axis] = {}
    derived: dict[str, Expression] = {}
    where: tuple[Expression, ...] = ()
    spans: dict[str, Span] = {}

    @cached_property
    def count(self) -> int | None:
        """Return how many points the grid has; None where a range has no steps."""
        counts = [axis.count for axis in self.axes.values()]
        return None if None in counts else prod(count for count in counts if count is not None)

    @property
    def endless(self) -> tuple[str, ...]:
        """Return the parameters whose range has no steps."""
        return tuple(name for name, axis in self.axes.items() if axis.count is None)

    def at(self, number: int) -> dict[str, Value]:
        """Return the values of a point of the grid, in which the last parameter changes first."""
        values: dict[str, Value] = {}
        for name, axis in reversed(self.axes.items()):
            assert axis.count is not None  # `count` has been asked for
            number, place = divmod(number, axis.count)
            values[name] = axis.at(place)
        return {name: values[name] for name in self.axes}

    def drawn(self, seed: int, number: int) -> dict[str, Value]:
        """Return the values of a point of a sample."""
        return {name: axis.drawn(random_bits(seed, number, name)) for name, axis in self.axes.items()}

    def settled(self, values: Mapping[str, Value], params: Mapping[str, Value]) -> dict[str, Value]:
        """Return the values with what follows from them; ``params`` are the network's own.

        Raises:
            Fault: a value does not come about, or a condition does not hold.
        """
        known = {**params, **values}
        found = dict(values)
        for name, conditions in self._steps:
            if name:
                found[name] = known[name] = evaluate(self.derived[name], known)
            for condition in conditions:
                if not truth(evaluate(condition, known)):
                    raise Fault(_broken(condition, known), code="space/where")
        return found

    @cached_property
    def _steps(self) -> list[tuple[str, list[Expression]]]:
        """Return what follows, in order, with the conditions that can be decided behind each; at first none.

        Most points of a sample are mostly refused, and nothing more is worked out for these.
        """
        steps: list[tuple[str, list[Expression]]] = [("", []), *((name, []) for name in self.derived)]
        place = {name: number for number, (name, _) in enumerate(steps)}
        for condition in self.where:
            steps[max((place.get(name, 0) for name in condition.names), default=0)][1].append(condition)
        return steps

    def with_(self, other: Space) -> Space:
        """Return the space with what another says in place of what it says of the same names."""
        names = other.axes.keys() | other.derived.keys()
        return Space(
            {name: axis for name, axis in self.axes.items() if name not in names} | other.axes,
            {name: each for name, each in self.derived.items() if name not in names} | other.derived,
            (*self.where, *other.where),
            {name: span for name, span in self.spans.items() if name not in names} | other.spans,
        )

    def without(self, names: Iterable[str]) -> Space:
        """Return the space without some parameters, which have their own values then."""
        left = {*names}
        return Space(
            {name: axis for name, axis in self.axes.items() if name not in left},
            {name: each for name, each in self.derived.items() if name not in left},
            self.where,
            self.spans,
        )

    def unread(self, params: Iterable[str]) -> tuple[str, ...]:
        """Return the names that are no parameters of the network, and that nothing reads."""
        read = {name for each in (*self.derived.values(), *self.where) for name in each.names}
        return tuple(
            name for name in (*self.axes, *self.derived) if name not in read and name not in {*params}
        )


def _broken(condition: Expression, known: Mapping[str, Value]) -> str:
    read = ", ".join(
        f"${name} = {show_value(known[name])}" for name in sorted(condition.names & known.keys())
    )
    return f"'{condition.text}' does not hold, with {read}"


def random_bits(seed: int, number: int, name: str) -> int:
    """Return the random number of a parameter of a point: a hash, so that it depends on nothing else."""
    text = f"{seed}:{number}:{name}".encode()
    return int.from_bytes(blake2b(text, digest_size=BITS // 8).digest(), "big")


def check_space(space: Space, params: Mapping[str, Value]) -> None:
    """Refuse names that nothing reads, and expressions that read what there is not.

    Raises:
        ArgumentError: there is one, from a command line or because of one.
    """
    for _, message, _ in _wrong(space, params):
        raise ArgumentError(message)


def space_problems(space: Space, params: Mapping[str, Value]) -> Iterator[Problem]:
    """Yield what is wrong with a space that stands in a spec, as `check_space` does."""
    for name, message, code in _wrong(space, params):
        yield Problem(code, message, space.spans[name])


def _wrong(space: Space, params: Mapping[str, Value]) -> list[tuple[str, str, str]]:
    """Return what is at fault by name or as a condition, what to say of it, and its code."""
    found = []
    for name in space.unread(params):
        hint = suggestion(name, params)
        those = f"parameters: {', '.join(params)}" if params else "it has no 'params:'"
        message = (
            f"the network has no parameter '{name}', and nothing in the space reads ${name}{hint} ({those})"
        )
        found.append((name, message, "param/unknown"))
    known = {*params, *space.axes}
    for name, expression in space.derived.items():
        for missing in sorted(expression.names - known):
            late = " yet: it stands below" if missing in space.derived else suggestion(missing, known)
            found.append((name, f"{name}: there is no ${missing}{late}", "expression/unknown"))
        known.add(name)
    for condition in space.where:
        for missing in sorted(condition.names - known):
            message = f"'{condition.text}': there is no ${missing}{suggestion(missing, known)}"
            found.append((condition.text, message, "expression/unknown"))
    return found
