"""Whether the units of a network surely see all that their fields say: `upper_bounds`, in pieces.

By footprints alone it is seen that most networks have no layer that takes apart what sees different parts of
the input, nor a window that misses it. Of all others only the walk says whether the field is an upper bound,
for it looks at what units really see.
"""

from __future__ import annotations

from itertools import compress
from typing import TYPE_CHECKING, TypeAlias

from cnnstat.analysis.composition.behaviour import behaviour_of
from cnnstat.analysis.upper_bounds import Known, Units, all_sighted, units_after
from cnnstat.layers.base import GATHERED, WHOLE, places

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.analysis.composition.behaviour import Behaviour
    from cnnstat.analysis.composition.piece import Piece
    from cnnstat.layers.base import Shape

Seeing: TypeAlias = "tuple[Known | None, ...]"
"""What is known of the units of nodes; None of those that see nothing of the input."""


def surely_exact(piece: Piece, inputs: Sequence[Shape], of: int, behaviours: dict[object, Behaviour]) -> bool:
    """Say whether the field of a network's last output, on one of its inputs, surely is no upper bound."""
    axes = len(places(inputs[of]))
    if len(inputs) == 1 and _keeps_alike(piece, axes, behaviours):
        return True
    starts = tuple([Known() if i == of else None for i in range(len(inputs))])
    found = _through(piece, starts, axes, behaviours)
    last = piece.form.outputs[-1].among(starts, found)
    return last is None or last.units < Units.STREWN


def signature(piece: Piece, known: dict[object, object], behaviours: dict[object, Behaviour]) -> object:
    """Return what is one for pieces of which units see alike, whatever their channels are.

    ``known`` are those so far, each of them one object, by which those of blocks are told apart.
    """
    if piece.cache.signature is None:
        if piece.layer is None:
            parts = tuple([signature(child, known, behaviours) for child in piece.children])
            key: object = (piece.form, piece.more, parts)
        else:
            key = _of_layer(piece, behaviour_of(piece, behaviours))
        piece.cache.signature = known.setdefault(key, _One())
    return piece.cache.signature


class _One:
    """Something that is equal to itself alone."""


def _of_layer(piece: Piece, behaviour: Behaviour) -> object:
    """Return all that matters of a layer: not how long a vector is of which every number reads all."""
    assert piece.layer is not None
    kind, output = piece.layer.channels(piece.shapes), piece.outputs[0].shape
    kept = tuple([shape == output for shape in piece.shapes])
    if all(footprint == WHOLE for footprint in behaviour.footprints):
        shapes = tuple([len(shape) == 1 or shape for shape in behaviour.shapes])
        return kind, kept, behaviour.values, behaviour.footprints, shapes
    return kind, kept, behaviour


def _keeps_alike(piece: Piece, axes: int, behaviours: dict[object, Behaviour]) -> bool:
    """Say whether all channels of a place see its field wherever they do so above, as in most pieces."""
    known = piece.cache.alike.get(axes)
    if known is None:
        if piece.layer is None:
            known = all(_keeps_alike(child, axes, behaviours) for child in piece.children)
        else:
            known = piece.layer.channels(piece.shapes) != GATHERED
            known = known and _is_sighted(behaviour_of(piece, behaviours), axes)
        piece.cache.alike[axes] = known
    return known


def _is_sighted(behaviour: Behaviour, axes: int) -> bool:
    """Say whether each unit of a layer surely sees something wherever all that it reads do."""
    if axes not in behaviour.sighted:
        *shapes, output = behaviour.shapes
        readings = [*zip(behaviour.footprints, shapes, strict=False)]
        behaviour.sighted[axes] = all_sighted([Known()] * len(readings), readings, output, axes)
    return behaviour.sighted[axes]


def _through(piece: Piece, arriving: Seeing, axes: int, behaviours: dict[object, Behaviour]) -> Seeing:
    """Return what is known of the units that a piece puts out, worked out once for each that may arrive."""
    key = axes, arriving
    known = piece.cache.seeing.get(key)
    if known is None:
        find = _through_children if piece.layer is None else _through_layer
        known = piece.cache.seeing[key] = find(piece, arriving, axes, behaviours)
    return known


def _through_children(
    piece: Piece, arriving: Seeing, axes: int, behaviours: dict[object, Behaviour]
) -> Seeing:
    nodes = [*arriving]
    for child, place, more in zip(piece.children, piece.form.places, piece.more, strict=True):
        read = tuple([nodes[source] for source in place.sources])
        found = _through(child, read, axes, behaviours)
        for _ in range(more):
            assert place.carried is not None
            each = zip(place.carried, read, strict=True)
            following = tuple([before if node is None else found[node] for node, before in each])
            if following == read:
                break  # so do all that are left
            read, found = following, _through(child, following, axes, behaviours)
        nodes += found
    return tuple([nodes[node] for node in piece.form.exported])


def _through_layer(piece: Piece, arriving: Seeing, axes: int, behaviours: dict[object, Behaviour]) -> Seeing:
    assert piece.layer is not None
    behaviour = behaviour_of(piece, behaviours)
    seen = [each is not None for each in arriving[: behaviour.values]]
    above = [each for each in arriving[: behaviour.values] if each is not None]
    if not above:
        return (None,)
    readings = [*compress(zip(behaviour.footprints, piece.shapes, strict=False), seen)]
    output = piece.outputs[0].shape
    if any(each.units is Units.LESS for each in above) or not all_sighted(above, readings, output, axes):
        return (Known(Units.LESS),)
    most = max(each.units for each in above)
    return (Known(units_after(piece.layer.channels(piece.shapes), readings, output, most)),)
