"""The Pareto front of points that come one by one: those that no other beats.

A point beats another if it is as good in all values and better in one; the smaller a value, the better.
The front of a set is found by dividing it (Kung, Luccio and Preparata, On Finding the Maxima of a Set of
Vectors, Journal of the ACM 22, 1975): n points of k values take n log(n)^(k - 2) steps, whatever is on it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from operator import itemgetter, le
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

Values: TypeAlias = "tuple[Any, ...]"
Ranks: TypeAlias = "tuple[int, ...]"
Item = TypeVar("Item")

_WAITING = 1_000
"""Points that wait at least until the front is found anew."""

_FEW = 2_000
"""Pairs that are compared one by one: dividing them takes longer."""


class Front(Generic[Item]):
    """The front of what has come, each with its values and its name: of the same name the first.

    Those as good in all values are all on it.

    What comes waits until it is as much as the front: so no more is kept than twice the front, and each
    point is looked at a few times only.
    """

    def __init__(self) -> None:
        self._found: dict[Values, dict[Hashable, Item]] = {}
        self._settled = 0
        self._most = _WAITING

    def add(self, values: Values, name: Hashable, item: Item) -> None:
        """Take the next."""
        self._found.setdefault(values, {}).setdefault(name, item)
        if len(self._found) > self._most:
            self._settle()
            self._most = _WAITING + 2 * self._settled

    def __iter__(self) -> Iterator[Item]:
        """Yield what is on the front, in no order."""
        self._settle()
        for items in self._found.values():
            yield from items.values()

    def __len__(self) -> int:
        """Return how many are on the front."""
        self._settle()
        return sum(map(len, self._found.values()))

    def _settle(self) -> None:
        if self._settled < len(self._found):
            self._found = {values: self._found[values] for values in unbeaten(self._found)}
            self._settled = len(self._found)


def unbeaten(points: Iterable[Values]) -> list[Values]:
    """Return those of different points that no other beats."""
    ordered = sorted(points)
    if not ordered:
        return []
    # Who beats a point stands before it, so the first value need not be looked at again. Of the others only
    # their order matters.
    columns = [_ranks(column) for column in [*zip(*ordered, strict=True)][1:]]
    ranked = [*zip(*columns, range(len(ordered)), strict=True)]
    return [ordered[each[-1]] for each in _front(ranked, len(columns))]


def _ranks(column: Sequence[Any]) -> list[int]:
    place = {value: place for place, value in enumerate(sorted({*column}))}
    return [place[value] for value in column]


def _front(points: list[Ranks], size: int) -> list[Ranks]:
    """Return points that none before them beats, by their first ``size`` values."""
    if not size or not points:
        return points[:1]
    if size <= 2:
        stairs, found = _Stairs(), []
        for each in points:
            if not stairs.reach(each[0], each[size - 1]):
                stairs.add(each[0], each[size - 1])
                found.append(each)
        return found
    if len(points) == 1:
        return points
    half = len(points) // 2
    ones, others = _front(points[:half], size), _front(points[half:], size)
    return ones + _left(ones, others, 0, size)


def _left(ones: list[Ranks], others: list[Ranks], start: int, size: int) -> list[Ranks]:
    """Return the others that none of the ones is as good as, by values ``start`` to ``size``."""
    if not ones or not others:
        return others
    if size - start == 1:
        least = min(each[start] for each in ones)
        return [each for each in others if each[start] < least]
    if size - start == 2:
        stairs = _Stairs()
        for each in ones:
            stairs.add(each[start], each[start + 1])
        return [each for each in others if not stairs.reach(each[start], each[start + 1])]
    if len(ones) * len(others) <= _FEW:
        parts = [each[start:size] for each in ones]
        return [each for each in others if not _any_as_good(parts, each[start:size])]
    if size - start == 3:
        return _swept(ones, others, start)
    return _divided(ones, others, start, size)


def _any_as_good(parts: list[Ranks], own: Ranks) -> bool:
    return any(all(map(le, part, own)) for part in parts)


def _swept(ones: list[Ranks], others: list[Ranks], start: int) -> list[Ranks]:
    """Return what `_left` does, of three values: in order of the first, stairs hold the other two."""
    key = itemgetter(start)
    left = iter(sorted(ones, key=key))
    one = next(left, None)
    stairs, found = _Stairs(), []
    for each in sorted(others, key=key):
        while one is not None and one[start] <= each[start]:
            stairs.add(one[start + 1], one[start + 2])
            one = next(left, None)
        if not stairs.reach(each[start + 1], each[start + 2]):
            found.append(each)
    return found


def _divided(ones: list[Ranks], others: list[Ranks], start: int, size: int) -> list[Ranks]:
    """Return what `_left` does: halves are compared by themselves, and the low ones with the high others."""
    values = sorted([each[start] for each in ones] + [each[start] for each in others])
    if values[0] == values[-1]:
        return _left(ones, others, start + 1, size)
    middle = values[len(values) // 2]
    middle += middle == values[0]
    low, high = _parted(ones, start, middle)
    below, above = _parted(others, start, middle)
    above = _left(high, above, start, size)
    return _left(low, below, start, size) + _left(low, above, start + 1, size)


def _parted(points: list[Ranks], start: int, middle: int) -> tuple[list[Ranks], list[Ranks]]:
    low = [each for each in points if each[start] < middle]
    return low, [each for each in points if each[start] >= middle]


class _Stairs:
    """The front of pairs: as the first value grows, the second gets less."""

    def __init__(self) -> None:
        self._across: list[int] = []
        self._along: list[int] = []

    def reach(self, x: int, y: int) -> bool:
        """Say whether some pair is as good in both."""
        place = bisect_right(self._across, x)
        return place > 0 and self._along[place - 1] <= y

    def add(self, x: int, y: int) -> None:
        """Take a pair, and drop what it is as good as."""
        if self.reach(x, y):
            return
        across, along = self._across, self._along
        first = last = bisect_left(across, x)
        while last < len(along) and along[last] >= y:
            last += 1
        across[first:last] = [x]
        along[first:last] = [y]
