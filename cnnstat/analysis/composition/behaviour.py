"""All that fields follow from in pieces: which is the same for pieces of different channels.

Where windows slide on, the field of each node is an `Affine` function of the field that arrives, found once
for each behaviour. All else goes through the children of the piece, as `Fields` goes through a graph.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from cnnstat.analysis.composition.affine import of_layer, same, through
from cnnstat.analysis.composition.beyond import Beyond
from cnnstat.analysis.composition.form import Place
from cnnstat.analysis.long_patterns import Looks
from cnnstat.base.limits import MAX_LAYERS
from cnnstat.layers.base import UNKNOWN, places

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.analysis.composition.affine import Affine
    from cnnstat.analysis.composition.form import Form
    from cnnstat.analysis.composition.piece import Piece
    from cnnstat.analysis.receptive_field import Field
    from cnnstat.layers.base import Footprint, Layer, Shape
    from cnnstat.layers.footprint import Positions

Placed: TypeAlias = "tuple[Behaviour, Place, int]"
"""A child, its place, and how many more repetitions it stands for."""


class Behaviour:
    """All that fields follow from in a piece: of pieces of different channels it may be one.

    ``shapes`` are those of its nodes, with one channel for maps: of these, fields do not follow from how many
    there are; ``of_maps`` says that none is a vector. ``known`` are the fields that it has come to, ``back``
    what its units have turned out to read. ``sighted`` says of a layer, by the axes of the network's input,
    if each of its units sees something wherever those that it reads do.
    """

    def __init__(
        self,
        form: Form,
        exported: tuple[int, ...],
        shapes: tuple[Shape, ...],
        footprints: tuple[Footprint, ...],
        children: tuple[Placed, ...],
        looks: int,
    ) -> None:
        self.arity, self.shapes, self.exported = form.arity, shapes, exported
        self.is_leaf = form.leaf is not None
        self.footprints, self.values = footprints, form.leaf.values if form.leaf else None
        self.children, self.looks = children, looks
        self.of_maps = all(len(shape) > 1 for shape in shapes)
        self.known: dict[object, tuple[tuple[Field, ...], int, bool]] = {}
        self.back: dict[object, tuple[tuple[Positions, ...] | None, int]] = {}
        self.sighted: dict[int, bool] = {}

    @cached_property
    def functions(self) -> tuple[Affine, ...] | None:
        """Return the field of each node as a function of that of the only input; None where one is none."""
        if self.arity != 1 or len(self.shapes[0]) == 1:
            return None
        own = same(self.shapes[0])
        nodes = [None, self.over([own])] if self.is_leaf else _of_children(self, own)
        functions = [function for function in map(nodes.__getitem__, self.exported) if function]
        return tuple(functions) if len(functions) == len(self.exported) else None

    def over(self, above: Sequence[Affine | None]) -> Affine | None:
        """Return the function of a layer over those of what it reads; None where there is none."""
        return of_layer(self.shapes, self.footprints, above[: self.values])

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Return what the children are called."""
        return _names(self.children)

    @cached_property
    def out_shapes(self) -> tuple[Shape, ...]:
        """Return the shapes of the nodes that may be read outside."""
        return tuple([self.shapes[node] for node in self.exported])


def _names(children: tuple[Placed, ...]) -> tuple[str, ...]:
    """Return what children are called: the last of repetitions that one stands for gives it its name."""
    names = []
    passed = 0
    for _, place, more in children:
        passed = 0 if not place.repetition else passed
        passed += more
        number = place.repetition
        names.append(place.name if number is None else f"{place.name}.{number + passed}")
    return tuple(names)


def behaviour_of(piece: Piece, all_of_them: dict[object, Behaviour]) -> Behaviour:
    """Return the behaviour of a piece; ``all_of_them`` are those so far, so that equal ones are one."""
    found = piece.cache.behaviour
    if found is None:
        found = piece.cache.behaviour = _behaviour(piece, all_of_them)
    return found


def _behaviour(piece: Piece, all_of_them: dict[object, Behaviour]) -> Behaviour:
    shapes = tuple([_without_channels(shape) for shape in piece.shapes])
    key: tuple[object, ...]
    if piece.layer is None:
        children = tuple([behaviour_of(child, all_of_them) for child in piece.children])
        key = shapes, piece.form, piece.more, children
        if key not in all_of_them:
            all_of_them[key] = _together(piece, shapes, children)
        return all_of_them[key]
    footprints, looks = _footprints(piece.layer, piece.shapes)
    shapes = (*shapes, _without_channels(piece.outputs[0].shape))
    key = shapes, footprints, piece.layer.values_from, looks
    if key not in all_of_them:
        all_of_them[key] = Behaviour(piece.form, piece.form.exported, shapes, footprints, (), looks)
    return all_of_them[key]


def behaviour_of_network(piece: Piece, children: tuple[Behaviour, ...]) -> Behaviour:
    """Return the behaviour of a whole network, or of its first children; it is no part of any other."""
    return _together(piece, tuple([_without_channels(shape) for shape in piece.shapes]), children)


def _together(piece: Piece, shapes: tuple[Shape, ...], children: tuple[Behaviour, ...]) -> Behaviour:
    placed = tuple(zip(children, piece.form.places, piece.more, strict=False))  # the first of them may do
    looks = sum([each.looks * (1 + more) for each, _, more in placed])
    exported = piece.form.exported
    if any(more and each.functions is None for each, _, more in placed):
        placed, exported = _one_by_one(piece, placed)
    every = (*shapes, *(shape for each, _, _ in placed for shape in each.out_shapes))
    return Behaviour(piece.form, exported, every, (), placed, looks)


def _one_by_one(piece: Piece, children: tuple[Placed, ...]) -> tuple[tuple[Placed, ...], tuple[int, ...]]:
    """Return children of which each repetition stands for itself alone, where fields are no functions.

    With them, the numbers of the nodes that may be read outside: there are more nodes now.
    """
    numbers = [*range(piece.form.arity)]
    placed: list[Placed] = []
    count = piece.form.arity
    shift = 0
    for each, place, more in children:
        sources = tuple([numbers[source] for source in place.sources])
        own = len(each.exported)
        stands_for = more if each.functions is None else 0
        shift = shift if place.repetition else 0
        for passed in range(stands_for + 1):
            number = None if place.repetition is None else place.repetition + shift + passed
            carried = None if each.functions is None else place.carried
            again = Place(place.form, place.name, number, sources, count, carried)
            placed.append((each, again, more - stands_for))
            if passed < stands_for:
                following = zip(place.carried or (), sources, strict=True)
                sources = tuple([count + node if node is not None else source for node, source in following])
            count += own
        numbers += range(count - own, count)
        shift += stands_for
    if count > MAX_LAYERS:
        raise Beyond("more repetitions than are gone through one by one")
    return tuple(placed), tuple([numbers[node] for node in piece.form.exported])


def _footprints(layer: Layer, shapes: tuple[Shape, ...]) -> tuple[tuple[Footprint, ...], int]:
    """Return what a layer reads, and how long its patterns are."""
    looks = Looks()
    if looks.take(layer.period(shapes), len(places(shapes[0]))):
        return layer.footprints(shapes), looks.spent
    return (UNKNOWN,) * (layer.values_from or len(shapes)), 0


def _without_channels(shape: Shape) -> Shape:
    return shape if len(shape) == 1 else (1, *shape[1:])


def _of_children(behaviour: Behaviour, own: Affine) -> list[Affine | None]:
    """Return the function of each node over the only input, which has its ``own``; None of those without."""
    nodes: list[Affine | None] = [own]
    for each, place, more in behaviour.children:
        above = [nodes[source] for source in place.sources]
        if each.functions is not None:
            base = above[0]
            if place.handed_on is not None and base is not None:
                base = through(base, each.functions[place.handed_on], more)
            nodes += [base and through(base, function, 1) for function in each.functions]
        else:
            function = each.over(above) if each.is_leaf and not more else None
            nodes += [function] * len(each.exported)
    return nodes
