"""Where in a network the modules of a file stand: the tree of the file laid over the layers in their order.

A module of other modules takes a run of layers that has as many of each kind. Its modules share that run
out among them, one after the other, in an order in which each again fits its part, down to single layers.
What the file numbers comes in the order of the numbers. Where more than one order fits, names decide: an
order is taken if, against any other, some module has a name that is more like that of its place, be it the
layer's or the block's, and none has one that is less so. Else the order of the file decides, where it has
one. Where two modules' parts lie apart in the network (`convs.0`, `norms.0`, `convs.1`), these are paired
kind by kind (`by_kind`), and where more than two do, all are.

Shapes alone never choose between two orders, except that a block of the network that a module fits as a whole
counts as a name does: of a norm, and blocks of convolutions and norms behind it, the first norm is the norm.
"""

from __future__ import annotations

from collections import Counter
from itertools import accumulate, combinations, pairwise
from typing import TYPE_CHECKING

from cnnstat.tensors.blocks import Blocks
from cnnstat.tensors.by_kind import ALONE, BY_NAME, IN_TURN, Ambiguous, Pair, pairs
from cnnstat.tensors.modules import Node, chunks, precedes
from cnnstat.tensors.orders import Found, Order, orders

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cnnstat.tensors.modules import Group, Kind

MOST_ORDERS = 64
"""Orders of one module's parts that are compared: more are a doubt."""
MANY = 100
"""Modules of one module from which on only their numbers put them in order."""
MOST_STEPS = 500_000
"""Places tried for the modules of a file: far more than any network's code needs."""
MOST_APART = 20
"""Modules of one module of which it is tried whether two lie apart."""
PLACE = "by its place"


class Search:
    """The layers of a network, over which the tree of a file is laid.

    `in_order` says that the file's order is that in which its modules were made.
    """

    def __init__(self, layers: Sequence[Group], worth: Mapping[Kind, int], *, in_order: bool) -> None:
        self.layers, self.in_order = layers, in_order
        self.blocks = Blocks(layers, worth)
        self.counts = Counter(layer.kind for layer in layers)
        self._steps = 0
        self._known: dict[tuple[Node, int, bool], Found | None] = {}

    def pairs(self, root: Node) -> list[Pair]:
        """Pair each layer with its module; there must be equally many of each kind.

        Raises:
            Ambiguous: it is not certain which is which.
        """
        found = self._placed(root, 0, strict=True) or self._placed(root, 0, strict=False)
        assert found is not None
        if found.doubts:
            raise found.doubts[0]
        return list(found.pairs)

    def _placed(self, node: Node, start: int, *, strict: bool) -> Found | None:
        """Return what is found of a module where its layers begin at `start`; None where it does not fit."""
        if not self.blocks.fits(node, start):
            return None
        if node.group is not None:
            return Found((Pair(self.layers[start], node.group, self._alone(start)),))
        if node.apart:
            return self._kind_by_kind(node, start)
        key = (node, start, strict)
        if key not in self._known:
            self._known[key] = self._shared_out(node, start, strict=strict)
        return self._known[key]

    def _shared_out(self, node: Node, start: int, *, strict: bool) -> Found | None:
        named = self.blocks.named(node, start)
        try:
            if len(node.children) > MANY:
                natural = self._natural(node, start, strict=strict)
                fitting = [] if natural is None else [natural]
            else:
                fitting = list(self._orders(node, start, named, strict=strict))
        except _TooManyError:
            return Found((), (self._doubt(node, start),))
        if not fitting:
            return None if strict or not node.ordered else self._apart(node, start)
        by_file = self._in_turn(node, start, strict=strict) if self.in_order and node.ordered else None
        chosen, why = self._chosen(node, start, fitting, by_file)
        if chosen is None or self._contradicted(chosen, named):
            return Found((), (self._doubt(node, start),))
        return Found(
            tuple(
                pair._replace(why=why) if pair.why == PLACE else pair
                for each in chosen.found
                for pair in each.pairs
            ),
            tuple(doubt for each in chosen.found for doubt in each.doubts),
        )

    def _placed_within(self, child: Node, start: int, *, strict: bool) -> Found | None:
        found = self._placed(child, start, strict=True)
        return found if found is not None or strict else self._placed(child, start, strict=False)

    def _orders(self, node: Node, start: int, named: Mapping[Node, int], *, strict: bool) -> Iterator[Order]:
        """Yield each order of a module's parts that fits, numbers obeyed and those of equal names in place.

        Not strictly, numbers put only those in order that could be taken for each other.

        Raises:
            _TooManyError: there are more than are looked at.
        """
        after = {
            child: [
                other
                for other in node.children
                if other is not child
                and precedes(other.name, child.name)
                and not (child in named and other in named)
                and (strict or other.total == child.total)
            ]
            for child in node.children
        }
        taken = {place: child for child, place in named.items()}

        def choices(left: frozenset[Node], place: int) -> Iterator[tuple[Node, Found]]:
            only = taken.get(place)
            for child in node.children if only is None else (only,):
                if child not in left or (only is None and child in named):
                    continue
                if any(other in left for other in after[child]):
                    continue
                self._steps += 1
                if self._steps > MOST_STEPS:
                    raise _TooManyError
                here = self._placed_within(child, place, strict=strict)
                if here is not None:
                    yield child, here

        for number, order in enumerate(orders(node.children, start, choices)):
            if number == MOST_ORDERS:
                raise _TooManyError
            yield order

    def _natural(self, node: Node, start: int, *, strict: bool) -> Order | None:
        """Return the order of the numbers of many modules, if these alone decide, and if it fits."""
        children = sorted(node.children, key=lambda child: chunks(child.name))
        if not all(precedes(one.name, other.name) for one, other in pairwise(children)):
            return None
        return self._one_after_the_other(children, start, strict=strict)

    def _in_turn(self, node: Node, start: int, *, strict: bool) -> Order | None:
        """Return the order of the file, if it fits."""
        names = [child.name for child in node.children]
        numbered = (precedes(one, other) for one in names[:MANY] for other in names[:MANY])
        if names == sorted(names) and any(numbered):
            return None  # sorted as text, `f.10` before `f.2`: that is no order
        return self._one_after_the_other(node.children, start, strict=strict)

    def _one_after_the_other(self, children: Sequence[Node], start: int, *, strict: bool) -> Order | None:
        starts = list(accumulate((child.size for child in children[:-1]), initial=start))
        found: list[Found] = []
        for child, place in zip(children, starts, strict=True):
            here = self._placed_within(child, place, strict=strict)
            if here is None:
                return None
            found.append(here)
        return Order(tuple(children), tuple(starts), tuple(found))

    def _chosen(
        self, node: Node, start: int, fitting: list[Order], by_file: Order | None
    ) -> tuple[Order | None, str]:
        """Return the order that names are for, else that of the file, and why; None if neither decides."""
        obeying = by_file is not None and any(order.children == by_file.children for order in fitting)
        every = fitting if by_file is None or obeying else [*fitting, by_file]
        if len(every) == 1:
            return every[0], PLACE
        like = self.blocks.likeness
        likes = [
            {child: like(node, child, place, start) for child, place in order.places().items()}
            for order in every
        ]

        for one in range(len(every)):
            if all(_more_alike(likes[one], likes[other]) for other in range(len(every)) if other != one):
                return every[one], BY_NAME
        if by_file is None or not obeying:
            return None, ""
        place = next(i for i, order in enumerate(every) if order.children == by_file.children)
        beaten = any(_more_alike(likes[i], likes[place]) for i in range(len(every)) if i != place)
        return (None, "") if beaten else (by_file, IN_TURN)

    def _contradicted(self, order: Order, named: Mapping[Node, int]) -> bool:
        """Say whether the network numbers its own the other way, or has a module's name elsewhere."""
        places = order.places()
        if any(places[child] != place for child, place in named.items()):
            return True
        own = {
            child: [block.path for block in self.blocks.at.get((place, place + child.size), ())]
            for child, place in places.items()
        }
        for one, other in zip(order.children, order.children[1:], strict=False):
            if one in named and other in named:
                continue
            if one.total == other.total and any(
                precedes(after, before) for before in own[one] for after in own[other]
            ):
                return True
        return False

    def _alone(self, start: int) -> str:
        return ALONE if self.counts[self.layers[start].kind] == 1 else PLACE

    def _apart(self, node: Node, start: int) -> Found:
        """Return what is found where two modules' parts lie apart, all others' together; or kind by kind."""
        if len(node.children) > MOST_APART:
            return self._kind_by_kind(node, start)
        found: list[Found] = []
        for one, other in combinations(node.children, 2):
            both = Node("", None, [one, other], one.size + other.size, one.total + other.total, apart=True)
            rest = [child for child in node.children if child not in (one, other)]
            if rest:
                with_both = Node(node.name, None, [*rest, both], node.size, node.total, ordered=False)
                here = self._shared_out(with_both, start, strict=False)
                found += [here] if here is not None and not here.doubts else []
        same = {frozenset((pair.layer.name, pair.module.name) for pair in each.pairs) for each in found}
        return found[0] if len(same) == 1 else self._kind_by_kind(node, start)

    def _kind_by_kind(self, node: Node, start: int) -> Found:
        layers = self.layers[start : start + node.size]
        try:
            return Found(tuple(pairs(layers, node.leaves(), in_order=self.in_order)))
        except Ambiguous as doubt:
            return Found((), (doubt,))

    def _doubt(self, node: Node, start: int) -> Ambiguous:
        """Return the layers and modules of the first kind of which there are several."""
        layers, modules = self.layers[start : start + node.size], node.leaves()
        for layer in layers:
            alike = [each for each in layers if each.kind == layer.kind]
            if len(alike) > 1:
                return Ambiguous(alike, [each for each in modules if each.kind == layer.kind])
        raise AssertionError("one layer of each kind leaves no doubt")


def _more_alike(ours: Mapping[Node, int], theirs: Mapping[Node, int]) -> bool:
    """Say whether some name is more like that of its place in one order than in another, and none less so."""
    both = [(likeness, theirs[node]) for node, likeness in ours.items()]
    return all(one >= other for one, other in both) and any(one > other for one, other in both)


class _TooManyError(Exception):
    """More orders than are looked at."""
