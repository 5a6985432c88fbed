"""How receptive fields grow through pieces.

Of a piece of windows that all slide on, whose units see a region around their own place, the field is an
affine function of the field that arrives: of bounds that advance by a, from l to h, it makes ones that
advance by a·stride, from l + a·low to h + a·high. So it is for every path, and where paths of one stride
meet, for the lowest low and the highest high. A `Growth` is that function; it is found once for each piece.
All else goes through the children of the piece, as `Fields` goes through a graph.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from cnnstat.analysis.bounds import too_large
from cnnstat.analysis.receptive_field import UNLIKE, Field
from cnnstat.layers.footprint import Bounds

if TYPE_CHECKING:
    from cnnstat.analysis.composition.piece import Child, Piece
    from cnnstat.layers.base import Footprint, Shape
    from cnnstat.layers.footprint import Positions

AxisGrowth: TypeAlias = tuple[int, int, int]
"""Stride, low and high of the function along one axis."""


class Growth(Struct, frozen=True):
    """How a field grows, per axis; ``aligned`` says whether paths that meet agree on the centre."""

    axes: tuple[AxisGrowth, ...]
    aligned: bool = True


def plain(field: Field) -> bool:
    """Say whether a field is one of a window that slides on along each axis."""
    return (
        field.because is None
        and bool(field.axes)
        and field.alike.count(UNLIKE) == len(field.alike)
        and all(len(axis) == 1 and len(axis[0].low) == 1 and axis[0].advance > 0 for axis in field.axes)
    )


def grown(field: Field, growth: Growth, times: int = 1) -> Field | None:
    """Return what becomes of a `plain` field, so many times over; None if too large, or of other axes."""
    if len(field.axes) != len(growth.axes):
        return None
    axes = []
    for (bounds,), (stride, low, high) in zip(field.axes, growth.axes, strict=True):
        if stride == 1:
            by = bounds.advance * times
            if not (low or high):
                axes.append((bounds,))
                continue
            found = Bounds(bounds.advance, (bounds.low[0] + by * low,), (bounds.high[0] + by * high,))
        else:
            advance, lowest, highest = bounds.advance, bounds.low[0], bounds.high[0]
            for _ in range(times):
                lowest, highest, advance = lowest + advance * low, highest + advance * high, advance * stride
            found = Bounds(advance, (lowest,), (highest,))
        if too_large(found):
            return None
        axes.append((found,))
    return replace(field, axes=tuple(axes), aligned=field.aligned and growth.aligned)


class Behaviour:
    """All that fields follow from in a piece: of pieces of different channels it may be one.

    ``growths`` are those of its nodes, where it has one input and they are affine. ``shapes`` are those of
    its nodes, with one channel for maps: of these, fields do not follow from how many there are.
    """

    def __init__(
        self,
        arity: int,
        shapes: tuple[Shape, ...],
        exported: tuple[int, ...],
        footprints: tuple[Footprint, ...],
        values: int | None,
        children: tuple[tuple[Behaviour, Child], ...],
    ) -> None:
        self.arity, self.shapes, self.exported = arity, shapes, exported
        self.footprints, self.values, self.children = footprints, values, children
        self.is_leaf = not children
        self.growths: tuple[Growth, ...] | None = None
        if arity == 1 and len(shapes[0]) > 1:
            nodes = _of_children(self) if children else [None, _of_leaf(self, [_same(shapes[0])])]
            growths = [growth for growth in map(nodes.__getitem__, exported) if growth]
            self.growths = tuple(growths) if len(growths) == len(exported) else None
        self.known: dict[object, tuple[tuple[Field, ...], int]] = {}
        self.back: dict[object, tuple[tuple[Positions, ...] | None, int]] = {}

    def carried(self, c: int) -> tuple[int, ...]:
        """Return for each input of the next repetition which node of the ``c``-th child it reads; -1: none.

        It has the repetition that stands behind the child for an example.
        """
        each, child = self.children[c]
        nodes = range(child.start, child.start + len(each.exported))
        following = self.children[c + 1][1]
        return tuple([source - child.start if source in nodes else -1 for source in following.sources])

    @property
    def out_shapes(self) -> tuple[Shape, ...]:
        """Return the shapes of the nodes that may be read outside."""
        return tuple([self.shapes[node] for node in self.exported])


def behaviour_of(piece: Piece, all_of_them: dict[object, Behaviour]) -> Behaviour:
    """Return the behaviour of a piece; ``all_of_them`` are those so far, so that equal ones are one."""
    found: Behaviour | None = piece.known.get("behaviour")
    if found is None:
        found = piece.known["behaviour"] = _behaviour(piece, all_of_them)
    return found


def _behaviour(piece: Piece, all_of_them: dict[object, Behaviour]) -> Behaviour:
    key: tuple[object, ...]
    if piece.leaf is not None:
        leaf = piece.leaf
        shapes = tuple([_without_channels(shape) for shape in (*piece.shapes, leaf.out)])
        values = leaf.layer.values_from
        key = shapes, leaf.footprints, values
        if key not in all_of_them:
            all_of_them[key] = Behaviour(piece.arity, shapes, (piece.arity,), leaf.footprints, values, ())
        return all_of_them[key]
    pairs = tuple([(behaviour_of(child.piece, all_of_them), child) for child in piece.children])
    shapes = tuple([_without_channels(shape) for shape in piece.shapes])
    key = (
        shapes,
        piece.exported,
        tuple([(id(each), child.name, child.sources, child.more) for each, child in pairs]),
    )
    if key not in all_of_them:
        every = (*shapes, *(shape for each, _ in pairs for shape in each.out_shapes))
        all_of_them[key] = Behaviour(piece.arity, every, piece.exported, (), None, pairs)
    return all_of_them[key]


def _without_channels(shape: Shape) -> Shape:
    return shape if len(shape) == 1 else (1, *shape[1:])


# -- affine functions ----------------------------------------------------------------------------------


def _same(shape: Shape) -> Growth:
    return Growth(((1, 0, 0),) * (len(shape) - 1))


def _of_children(behaviour: Behaviour) -> list[Growth | None]:
    """Return the growth of each node over the only input; None of those that have none."""
    nodes: list[Growth | None] = [_same(behaviour.shapes[0])]
    for c, (each, child) in enumerate(behaviour.children):
        above = [nodes[source] for source in child.sources]
        if each.growths is not None:
            base = above[0]
            if child.more and base is not None:
                base = _through(base, each.growths[behaviour.carried(c)[0]], child.more)
            nodes += [base and _through(base, growth, 1) for growth in each.growths]
        else:
            growth = _of_leaf(each, above) if each.is_leaf and not child.more else None
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
