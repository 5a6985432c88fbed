"""Which layer of one network answers to which of another, in order: the pairs of most points.

A pair earns points for its type (fewer for a type of the same family), its options, its output shape, its
name and the block it stands in. The alignment is the one of most points in all (Needleman and Wunsch, 1970,
gaps cost nothing). Names that the spec does not write (``relu7``) earn none, as they are row numbers.

Names alone lose a layer that is renamed or moved into a block, types alone pair layers that have nothing to
do with each other, and blocks before layers find no partner in a network without blocks: points weigh all.

Points cost one step for each two layers. Equal layers at both ends are paired first, so an edit of a large
network costs next to nothing; two large networks are cut at names that both have, and two large strangers in
the middle.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cnnstat.commands.diff.items import Item

Pair: TypeAlias = "tuple[Item | None, Item | None]"
"""A layer of A and its partner in B; None where it has none."""

MOST_STEPS = 4_000_000
"""Layers times layers that are compared at once, in half a second; beyond it networks are cut in two."""

PIECE = 40_000
"""Layers times layers of a piece of a network that had to be cut; larger ones are cut at a shared name."""

_TYPE, _FAMILY, _OPTIONS, _SHAPE = 2, 1, 3, 2
_NAME, _SCOPE, _PATH = 3, 2, 3
_NAMELESS = 2  # neither has a name
_HEAD = 1  # what the network ends in: the last layer with parameters

_SKIP_A, _SKIP_B, _BOTH = 0, 1, 2


class Part(Struct, frozen=True):
    """The items ``start`` to ``stop`` (not included) of a network."""

    items: Sequence[Item]
    start: int
    stop: int

    def __len__(self) -> int:
        return self.stop - self.start

    def __iter__(self) -> Iterator[Item]:
        return iter(self.items[self.start : self.stop])


def align(a: Sequence[Item], b: Sequence[Item]) -> tuple[Pair, ...]:
    """Return every item of both, in order: pairs, those that A alone has, and those that B alone has."""
    matches = sorted(_matches(Part(a, 0, len(a)), Part(b, 0, len(b))))
    pairs: list[Pair] = []
    i = j = 0
    for left, right in [*matches, (len(a), len(b))]:
        pairs += ((item, None) for item in a[i:left])
        pairs += ((None, item) for item in b[j:right])
        if left < len(a):
            pairs.append((a[left], b[right]))
        i, j = left + 1, right + 1
    return tuple(pairs)


def _matches(a: Part, b: Part) -> Iterator[tuple[int, int]]:
    waiting = [(a, b, MOST_STEPS)]
    while waiting:
        a, b, most = waiting.pop()
        ends, a, b = _trimmed(a, b)
        yield from ends
        steps = len(a) * len(b)
        place = _shared(a, b) if steps > most else None
        if place is None and steps <= MOST_STEPS:
            yield from _best(a, b)
        else:
            i, j = place or ((a.start + a.stop) // 2, (b.start + b.stop) // 2)
            waiting.append((Part(a.items, a.start, i), Part(b.items, b.start, j), PIECE))
            waiting.append((Part(a.items, i, a.stop), Part(b.items, j, b.stop), PIECE))


def _trimmed(a: Part, b: Part) -> tuple[list[tuple[int, int]], Part, Part]:
    """Return the pairs of equal items at both ends, and what is left between them."""
    least = min(len(a), len(b))
    head = _equal(least, lambda k: (a.start + k, b.start + k), a, b)
    tail = _equal(least - head, lambda k: (a.stop - 1 - k, b.stop - 1 - k), a, b)
    ends = [(a.start + k, b.start + k) for k in range(head)]
    ends += [(a.stop - 1 - k, b.stop - 1 - k) for k in range(tail)]
    return (
        ends,
        Part(a.items, a.start + head, a.stop - tail),
        Part(b.items, b.start + head, b.stop - tail),
    )


def _equal(most: int, place: Callable[[int], tuple[int, int]], a: Part, b: Part) -> int:
    for k in range(most):
        i, j = place(k)
        if not a.items[i].equals(b.items[j]):
            return k
    return most


def _shared(a: Part, b: Part) -> tuple[int, int] | None:
    """Return where both have the same name, as near to the middle of A as can be."""
    places = {item.path: j for j, item in enumerate(b, start=b.start) if item.own}
    middle = (a.start + a.stop) // 2
    shared = [i for i, item in enumerate(a, start=a.start) if item.own and item.path in places]
    inside = [i for i in shared if i > a.start and places[a.items[i].path] > b.start]
    if not inside:
        return None
    nearest = min(inside, key=lambda i: abs(i - middle))
    return nearest, places[a.items[nearest].path]


def _best(a: Part, b: Part) -> Iterator[tuple[int, int]]:
    """Yield the pairs of most points; where several ways are as good, each item is paired early."""
    width = len(b)
    steps: list[bytearray] = []
    below = [0] * (width + 1)
    for scores in _scores(a, b):
        below, row = _row(scores, below)
        steps.append(row)
    steps.reverse()
    i = j = 0
    while i < len(a) and j < width:
        step = steps[i][j]
        if step == _BOTH:
            yield a.start + i, b.start + j
        i += step != _SKIP_B
        j += step != _SKIP_A


def _row(scores: list[int], below: list[int]) -> tuple[list[int], bytearray]:
    """Return the points that are left from each cell of a row on, and the step to take there."""
    width = len(scores)
    points = [0] * (width + 1)
    step = bytearray(width)
    right = 0
    for j in range(width - 1, -1, -1):
        score, best = scores[j], below[j]
        if score and score + below[j + 1] >= best and score + below[j + 1] >= right:
            right = score + below[j + 1]
            step[j] = _BOTH
        elif right > best:
            step[j] = _SKIP_B
        else:
            right = best
        points[j] = right
    return points, step


def _scores(a: Part, b: Part) -> Iterator[list[int]]:
    """Yield the points of each item of A, from the last, with every item of B; 0 for no pair."""
    kinds = _Kinds(b)
    named, scoped, paths = _index(b)
    heads = [j for j, item in enumerate(b) if item.head]
    for item in reversed(list(a)):
        scores = kinds.scores(item)
        name = _NAME if item.own else _NAMELESS
        for places, more in ((named.get(item.own), name), (scoped.get(item.scope), _SCOPE)):
            for j in places or ():
                if scores[j]:
                    scores[j] += more
        for j in paths.get(item.path, ()) if item.own else ():
            scores[j] += _PATH
        if item.head and heads and scores[heads[0]]:
            scores[heads[0]] += _HEAD
        yield scores


def _index(part: Part) -> tuple[dict[str, list[int]], dict[str, list[int]], dict[str, list[int]]]:
    """Return the places of each name (``""``: of the nameless), scope and path that the spec says."""
    named: dict[str, list[int]] = {}
    scoped: dict[str, list[int]] = {}
    paths: dict[str, list[int]] = {}
    for j, item in enumerate(part):
        named.setdefault(item.own, []).append(j)
        if item.own:
            paths.setdefault(item.path, []).append(j)
        if item.scope:
            scoped.setdefault(item.scope, []).append(j)
    return named, scoped, paths


class _Kinds:
    """Points for type, options and shape: worked out once for each two kinds of item."""

    def __init__(self, b: Part) -> None:
        numbers: dict[object, int] = {}
        self.of_each = [numbers.setdefault(item.kind, len(numbers)) for item in b]
        self.examples = dict(zip(self.of_each, b, strict=True))
        self.known: dict[object, list[int]] = {}

    def scores(self, item: Item) -> list[int]:
        if item.kind not in self.known:
            points = {number: _points(item, other) for number, other in self.examples.items()}
            self.known[item.kind] = [points[number] for number in self.of_each]
        return self.known[item.kind].copy()


def _points(a: Item, b: Item) -> int:
    if a.type != b.type:
        same = _FAMILY if a.family == b.family else 0
    else:
        same = _TYPE + (_OPTIONS if a.layers == b.layers else 0)
    return same + _SHAPE if same and a.shape == b.shape else same
