"""How a receptive field grew from the layer above: r + (F - 1)·S, or which branch of a join set it.

The recurrence is that of Araujo, Norris and Sim ("Computing receptive fields of convolutional neural
networks", Distill, 2019), equations (2) to (4). Where it does not hold (a pattern that repeats only after
several units, branches of different stride) the field itself is followed and has no such arithmetic.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.base.arithmetic import Term, term
from cnnstat.layers.footprint import POINT, Bounds

if TYPE_CHECKING:
    from cnnstat.analysis.fields import Fields
    from cnnstat.analysis.model import Analysis, LayerRow
    from cnnstat.analysis.receptive_field import Field
    from cnnstat.layers.base import Footprint, Shape
    from cnnstat.layers.footprint import Reading


class AxisGrowth(Struct, frozen=True):
    """Size, effective stride and effective padding along one axis, from those of the layer above."""

    size: Term
    stride: Term
    padding: Term


class Branch(Struct, frozen=True):
    """One input that a layer reads: its own field, and that of the layer's units through it alone."""

    name: str
    above: Field
    through: Field


class Growth(Struct, frozen=True):
    """The branches that a layer reads, and the arithmetic per axis: none where the recurrence does not hold.

    ``same``: every unit reads its own place and nothing else. ``shared``: all units see one region.
    """

    branches: tuple[Branch, ...]
    steps: tuple[AxisGrowth, ...] = ()
    same: bool = False
    shared: bool = False


def growth(analysis: Analysis, row: LayerRow, fields: Fields) -> Growth:
    """Return how the field of a layer came about; ``fields`` are those of all layers."""
    footprints = row.calculated.footprints
    pairs = zip(row.node.values, footprints, strict=True)
    branches = tuple(_branch(analysis, row, fields, source, footprint) for source, footprint in pairs)
    if not branches:  # a layer that reads no values has no field to grow
        return Growth(branches)
    footprint = footprints[0]
    if len(branches) > 1 or isinstance(footprint, str) or not (branches[0].above.known and row.field.known):
        return Growth(branches, shared=row.field.known and row.field.everywhere is not None)
    if row.field.everywhere is not None or len(footprint) != len(row.field.axes):
        return Growth(branches, same=footprint == (POINT,), shared=row.field.everywhere is not None)
    steps = [_step(*axis) for axis in zip(branches[0].above.axes, footprint, strict=True)]
    kept = tuple(step for step in steps if step is not None)
    holds = _holds(kept, row.field, row.output_shape)
    return Growth(branches, kept if holds else (), same=all(bounds == POINT for bounds in footprint))


def setters(field: Field, shape: Shape, branches: tuple[Branch, ...]) -> tuple[tuple[str, ...], ...]:
    """Return, per axis, the branches whose field alone is that of the union.

    None of them does where the union begins with one branch and ends with another.
    """
    wanted = zip(field.sizes(shape), field.paddings, strict=True)
    known = [branch for branch in branches if branch.through.known]
    brought = [tuple(zip(b.through.sizes(shape), b.through.paddings, strict=True)) for b in known]
    return tuple(
        tuple(branch.name for branch, axes in zip(known, brought, strict=True) if axes[axis] == union)
        for axis, union in enumerate(wanted)
    )


def _branch(analysis: Analysis, row: LayerRow, fields: Fields, source: int, footprint: Footprint) -> Branch:
    through = row.field  # what reads one input alone has no other branch
    if len(row.node.values) > 1:
        through = fields.through(row.name, (source,), (footprint,), row.output_shape)
    return Branch(analysis.graph.name(source), analysis.fields[source], through)


def _step(tracks: tuple[Bounds, ...], bounds: Reading) -> AxisGrowth | None:
    if len(tracks) > 1 or tracks[0].period > 1 or not isinstance(bounds, Bounds) or bounds.period > 1:
        return None
    track = tracks[0]
    stride = term("S", track.advance)
    grown = (term("F", bounds.high[0] - bounds.low[0] + 1) - 1) * stride
    before = term("P", -track.low[0])
    if bounds.low[0] > 0:  # a crop moves the first field inwards
        padding = before - term("crop", bounds.low[0]) * stride
    else:
        padding = before + term("padding", -bounds.low[0]) * stride
    return AxisGrowth(
        size=term("r", track.high[0] - track.low[0] + 1) + grown,
        stride=stride * term("stride", bounds.advance),
        padding=padding,
    )


def _holds(steps: tuple[AxisGrowth, ...], field: Field, shape: Shape) -> bool:
    """Say whether the recurrence gives the field that was calculated."""
    grown = zip(*((step.size.value, step.stride.value, step.padding.value) for step in steps), strict=True)
    return tuple(grown) == (field.sizes(shape), field.strides, field.paddings)
