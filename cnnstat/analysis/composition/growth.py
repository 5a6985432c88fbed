"""How receptive fields grow through pieces.

Of a piece of windows that all slide on, whose units see a region around their own place, the field is an
affine function of the field that arrives: of bounds that advance by a, from l to h, it makes ones that
advance by a·stride, from l + a·low to h + a·high. So it is for every path, and where paths of one stride
meet, for the lowest low and the highest high. A `Growth` is that function; it is found once for each piece.
All else goes through the children of the piece, as `Fields` goes through a graph.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from cnnstat.analysis.composition.beyond import Beyond
from cnnstat.analysis.composition.form import Place
from cnnstat.analysis.long_patterns import Looks
from cnnstat.analysis.receptive_field import Field
from cnnstat.base.limits import MAX_FIELD, MAX_LAYERS
from cnnstat.layers.base import UNKNOWN, places
from cnnstat.layers.footprint import Bounds

if TYPE_CHECKING:
    from cnnstat.analysis.composition.form import Form
    from cnnstat.analysis.composition.piece import Piece
    from cnnstat.analysis.receptive_field import Axis
    from cnnstat.layers.base import Footprint, Layer, Shape
    from cnnstat.layers.footprint import Positions

AxisGrowth: TypeAlias = tuple[int, int, int]
"""Stride, low and high of the function along one axis."""
Placed: TypeAlias = "tuple[Behaviour, Place, int]"
"""A child, its place, and how many more repetitions it stands for."""

_STILL: AxisGrowth = (1, 0, 0)


class Growth(Struct, frozen=True):
    """How a field grows, per axis; ``aligned`` says whether paths that meet agree on the centre."""

    axes: tuple[AxisGrowth, ...]
    aligned: bool = True


def plain(field: Field) -> bool:
    """Say whether a field is one of a window that slides on along each axis, or of several that disagree.

    Of several, each has a stride of its own, which keeps it apart: a growth goes through each on its own.
    """
    for axis in field.axes:
        if len(axis) > 1 and field.aligned:
            return False
        for bounds in axis:
            if len(bounds.low) > 1 or bounds.advance < 1:
                return False
    return field.because is None and bool(field.axes) and not any(field.alike)


def grown(field: Field, growth: Growth, times: int = 1) -> Field | None:
    """Return what becomes of a `plain` field, so many times over; None if too large, or of other axes."""
    if len(field.axes) != len(growth.axes):
        return None
    axes: list[Axis] = []
    before = None
    for axis, by in zip(field.axes, growth.axes, strict=True):
        if (axis, by) != before:  # else as of a square
            found = axis if by == _STILL else tuple([_grown(bounds, by, times) for bounds in axis])
        axes.append(found)
        before = axis, by
    if any(
        max(bounds.advance, bounds.high[0] - bounds.low[0]) > MAX_FIELD for axis in axes for bounds in axis
    ):
        return None
    return Field(tuple(axes), False, None, field.aligned and growth.aligned, field.alike)


def _grown(bounds: Bounds, by: AxisGrowth, times: int) -> Bounds:
    stride, low, high = by
    advance, lowest, highest = bounds.advance, bounds.low[0], bounds.high[0]
    if stride == 1:
        return Bounds(advance, (lowest + advance * times * low,), (highest + advance * times * high,))
    for _ in range(times):
        lowest, highest, advance = lowest + advance * low, highest + advance * high, advance * stride
    return Bounds(advance, (lowest,), (highest,))


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
    def growths(self) -> tuple[Growth, ...] | None:
        """Return how the field of each node grows from that of the only input; None where one does not."""
        if self.arity != 1 or len(self.shapes[0]) == 1:
            return None
        nodes = [None, _of_leaf(self, [_same(self.shapes[0])])] if self.is_leaf else _of_children(self)
        growths = [growth for growth in map(nodes.__getitem__, self.exported) if growth]
        return tuple(growths) if len(growths) == len(self.exported) else None

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
    found: Behaviour | None = piece.known.get("behaviour")
    if found is None:
        found = piece.known["behaviour"] = _behaviour(piece, all_of_them)
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
    if any(more and each.growths is None for each, _, more in placed):
        placed, exported = _one_by_one(piece, placed)
    every = (*shapes, *(shape for each, _, _ in placed for shape in each.out_shapes))
    return Behaviour(piece.form, exported, every, (), placed, looks)


def _one_by_one(piece: Piece, children: tuple[Placed, ...]) -> tuple[tuple[Placed, ...], tuple[int, ...]]:
    """Return children of which each repetition stands for itself alone, where fields do not just grow.

    With them, the numbers of the nodes that may be read outside: there are more nodes now.
    """
    numbers = [*range(piece.form.arity)]
    placed: list[Placed] = []
    count = piece.form.arity
    shift = 0
    for each, place, more in children:
        sources = tuple([numbers[source] for source in place.sources])
        own = len(each.exported)
        stands_for = more if each.growths is None else 0
        shift = shift if place.repetition else 0
        for passed in range(stands_for + 1):
            number = None if place.repetition is None else place.repetition + shift + passed
            carried = None if each.growths is None else place.carried
            again = Place(place.form, place.name, number, sources, count, carried)
            placed.append((each, again, more - stands_for))
            if passed < stands_for:
                following = zip(place.carried or (), sources, strict=True)
                sources = tuple([count + node if node >= 0 else source for node, source in following])
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


# -- affine functions ----------------------------------------------------------------------------------


def _same(shape: Shape) -> Growth:
    return Growth(((1, 0, 0),) * (len(shape) - 1))


def _of_children(behaviour: Behaviour) -> list[Growth | None]:
    """Return the growth of each node over the only input; None of those that have none."""
    nodes: list[Growth | None] = [_same(behaviour.shapes[0])]
    for each, place, more in behaviour.children:
        above = [nodes[source] for source in place.sources]
        if each.growths is not None:
            base = above[0]
            if place.carried and base is not None:
                base = _through(base, each.growths[place.carried[0]], more)
            nodes += [base and _through(base, growth, 1) for growth in each.growths]
        else:
            growth = _of_leaf(each, above) if each.is_leaf and not more else None
            nodes += [growth] * len(each.exported)
    return nodes


def _through(above: Growth, growth: Growth | None, times: int) -> Growth | None:
    """Return the growth through two functions, the second so many times."""
    if growth is None or len(above.axes) != len(growth.axes):
        return None
    axes = []
    for (stride, low, high), (by, first, last) in zip(above.axes, growth.axes, strict=True):
        if by == 1:
            axes.append((stride, low + stride * first * times, high + stride * last * times))
            continue
        axis = stride, low, high
        for _ in range(times):
            axis = axis[0] * by, axis[1] + axis[0] * first, axis[2] + axis[0] * last
        axes.append(axis)
    return Growth(tuple(axes), above.aligned and growth.aligned)


def _of_leaf(leaf: Behaviour, above: list[Growth | None]) -> Growth | None:
    """Return the growth of a layer over what it reads; None where its units do not slide on over maps."""
    rank = len(leaf.shapes[0]) - 1
    if not rank or any(len(shape) != rank + 1 for shape in leaf.shapes):
        return None
    paths = []
    for growth, footprint in zip(above[: leaf.values], leaf.footprints, strict=True):
        if growth is None or isinstance(footprint, str) or not len(footprint) == len(growth.axes) == rank:
            return None
        axes = []
        for (stride, low, high), reading in zip(growth.axes, footprint, strict=True):
            if not isinstance(reading, Bounds) or reading.period > 1 or reading.advance < 1:
                return None
            units = reading.read(0)
            if not units:
                return None
            axes.append((stride * reading.advance, low + stride * units[0], high + stride * units[-1]))
        paths.append(Growth(tuple(axes), growth.aligned))
    return _met(paths)


def _met(paths: list[Growth]) -> Growth | None:
    """Return the growth where paths meet; None where their strides differ."""
    aligned = all(path.aligned for path in paths)
    axes = []
    for met in zip(*[path.axes for path in paths], strict=True):
        strides = {stride for stride, _, _ in met}
        if len(strides) > 1:
            return None
        aligned = aligned and len({low + high for _, low, high in met}) == 1
        axes.append((strides.pop(), min(low for _, low, _ in met), max(high for _, _, high in met)))
    return Growth(tuple(axes), aligned)
