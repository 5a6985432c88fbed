"""The values of an option in all modules of a kind, as one expression of the kind's parameters.

Options that are the same everywhere are numbers. One that differs is what a parameter already is, a multiple
of the channels that reach the layer (`$in`), a multiple of a parameter, or a parameter of its own.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec import Struct

from cnnstat.importers.entries import Formula, Needed

if TYPE_CHECKING:
    from collections.abc import Sequence


class Anything(Struct, frozen=True):
    """The value of an option in a module that lacks its line."""


ANYTHING = Anything()
Values: TypeAlias = list[Any]
"""The values of an option, one for each module of a kind."""

WIDTHS = ("filters", "units", "groups", "heads", "channels")
_EXTENTS = ("kernel", "padding", "dilation", "size")


class Parameter(Struct, eq=False):
    """A parameter: its values, the option that it was found for, and the channels at the layers it goes to.

    ``channels`` are None where it goes to layers that are reached by different numbers of channels. ``plain``
    is what the option is where it is not written.
    """

    name: str
    option: str
    values: Values
    channels: list[int | None] | None
    plain: Any = None
    default: Any = Needed()


class Parameters:
    """The parameters of one kind of modules, as they are found option by option."""

    def __init__(self) -> None:
        self.found: list[Parameter] = []
        self._multiples: list[tuple[Formula, Values]] = []

    def expressed(
        self,
        name: str,
        option: str,
        values: Values,
        channels: list[int | None] | None = None,
        plain: Any = None,
    ) -> Any:
        """Return how an option is written that has these values; ``name`` is for a parameter of its own.

        ``channels`` are those that reach the layer in each module, None where `$in` has no place, and
        ``plain`` is what the option is where it is not written.
        """
        known = [value for value in values if value != ANYTHING]
        if all(_same(value, known[0]) for value in known):
            everywhere = len(known) == len(values)
            return known[0] if everywhere else self._borrowed(option, values, channels) or known[0]
        for parameter in self.found:
            if _family(parameter.option) == _family(option) and _agree(parameter.values, values):
                _fill(parameter, values)
                _narrow(parameter, channels)
                return Formula(f"${parameter.name}")
        derived = self._derived(option, values, channels)
        if derived is not None:
            return derived
        parameter = Parameter(self._free(name), option, [*values], channels and [*channels], plain)
        self.found.append(parameter)
        return Formula(f"${parameter.name}")

    def _borrowed(self, option: str, values: Values, channels: list[int | None] | None) -> Formula | None:
        """Return what says a number that only some modules have: a parameter that is it in all of these.

        A projection has the block's own width and stride, also where there is but one. Not so a kernel: that
        it is the size of another is chance.
        """
        if option not in WIDTHS and option != "stride":
            return None
        for parameter in self.found:
            if _family(parameter.option) == _family(option) and _agree(parameter.values, values):
                _narrow(parameter, channels)
                return Formula(f"${parameter.name}")
        if option in WIDTHS:
            return next((text for text, known in self._multiples if _agree(known, values)), None)
        return None

    def condition(self, name: str, present: Sequence[bool]) -> str:
        """Return when a line is there, by a parameter that says so."""
        for parameter in self.found:
            own = parameter.values
            if all(isinstance(value, bool) for value in own):
                if [*own] == [*present]:
                    return f"${parameter.name}"
                if [not value for value in own] == [*present]:
                    return f"not ${parameter.name}"
            elif parameter.option == "stride" and [_above_1(value) for value in own] == [*present]:
                return f"${parameter.name} > 1"
        parameter = Parameter(self._free(name), "when", [*present], None)
        self.found.append(parameter)
        return f"${parameter.name}"

    def settle(self) -> None:
        """Give parameters defaults where most modules have one value."""
        for parameter in self.found:
            counts = Counter(repr(value) for value in parameter.values if value != ANYTHING)
            text, count = counts.most_common(1)[0]
            usual = next(value for value in parameter.values if repr(value) == text)
            if parameter.plain is not None and repr(parameter.plain) in counts:
                usual, count = parameter.plain, sum(counts.values())
            parameter.values = [usual if value == ANYTHING else value for value in parameter.values]
            wanted = 0.8 if parameter.option in WIDTHS else 0.5
            if (
                usual is not None
                and not isinstance(usual, Formula)
                and count >= wanted * sum(counts.values())
            ):
                parameter.default = usual

    def _derived(self, option: str, values: Values, channels: list[int | None] | None) -> Formula | None:
        """Return an option as a multiple of something that is known."""
        if option == "padding":
            for parameter in self.found:
                if parameter.option == "kernel" and _agree(
                    [_half(value) for value in parameter.values], values
                ):
                    return Formula(f"${parameter.name} // 2")
        if option not in WIDTHS:
            return None
        if channels is not None and _agree([*channels], values):
            return Formula("$in")
        for parameter in self.found:
            if parameter.option in WIDTHS and (found := _ratio(parameter.values, values)):
                self._multiples.append((_times(f"${parameter.name}", found), [*values]))
                return self._multiples[-1][0]
        if channels is not None and (found := _ratio([*channels], values)):
            return _times("$in", found)
        return None

    def _free(self, name: str) -> str:
        taken = {parameter.name for parameter in self.found}
        free, number = name, 1
        while free in taken:
            number += 1
            free = f"{name}{number}"
        return free


def _same(one: Any, other: Any) -> bool:
    return repr(one) == repr(other)


def _agree(known: Sequence[Any], values: Values) -> bool:
    """Say whether two rows of values are one where both are known, which has to be somewhere."""
    pairs = [(a, b) for a, b in zip(known, values, strict=True) if b != ANYTHING and a != ANYTHING]
    return bool(pairs) and all(_same(a, b) for a, b in pairs)


def _fill(parameter: Parameter, values: Values) -> None:
    both = zip(parameter.values, values, strict=True)
    parameter.values = [other if value == ANYTHING else value for value, other in both]


def _narrow(parameter: Parameter, channels: list[int | None] | None) -> None:
    """Keep the channels at a parameter's layers only as long as all of these have the same."""
    if parameter.channels != channels:
        parameter.channels = None


def _family(option: str) -> object:
    return WIDTHS if option in WIDTHS else _EXTENTS if option in _EXTENTS else option


def _half(value: Any) -> Any:
    return value // 2 if isinstance(value, int) and not isinstance(value, bool) else None


def _above_1(value: Any) -> bool | None:
    return value > 1 if isinstance(value, int) else None


def _ratio(known: Sequence[Any], values: Values) -> Fraction | None:
    """Return which multiple of known numbers values are everywhere, a whole one or one over a whole one."""
    found: Fraction | None = None
    for base, value in zip(known, values, strict=True):
        if value == ANYTHING:
            continue
        if type(base) is not int or type(value) is not int or base < 1:
            return None
        ratio = Fraction(value, base)
        if found not in (None, ratio):
            return None
        found = ratio
    return found if found and 1 in (found.numerator, found.denominator) and found != 1 else None


def _times(name: str, ratio: Fraction) -> Formula:
    if ratio.denominator == 1:
        return Formula(f"{ratio.numerator} * {name}")
    return Formula(f"{name} / {ratio.denominator}")
