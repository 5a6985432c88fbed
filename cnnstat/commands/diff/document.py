"""Difference -> document of `diff`: both networks, every layer of either, and the sums by type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import UNSET, Struct, UnsetType

from cnnstat.analysis.by_type import both_by_type
from cnnstat.commands.diff.difference import Status  # noqa: TC001 - msgspec reads it
from cnnstat.commands.diff.edits import Edit
from cnnstat.report.document import Document, LayerEntry, Sizes, TotalFigures, entry, head, total_figures
from cnnstat.spec.channels import Channels
from cnnstat.spec.values import show_value

if TYPE_CHECKING:
    from cnnstat.analysis import Analysis
    from cnnstat.analysis.model import Counts
    from cnnstat.commands.diff.difference import Change, Difference
    from cnnstat.commands.diff.items import Item


class Side(Struct, frozen=True, kw_only=True):
    """One of the two networks."""

    name: str
    source: str
    input_shape: Sizes
    """One sample, channels first; of several inputs that of the one that receptive fields are on."""
    input_shapes: dict[str, Sizes] | UnsetType = UNSET
    """Only of several inputs: all of them by name."""
    fields_of: str | UnsetType = UNSET
    """Only of several inputs: the one that receptive fields are on."""
    dtype: str | UnsetType = UNSET
    """Only where the memory figures of the two networks are for different numbers."""
    without: dict[str, int] | UnsetType = UNSET
    """Only where the figures of layers are unknown: these layers, and how many nodes of a model each
    stands for. All sums are without them.
    """
    outputs: tuple[str, ...]
    """Names of the layers that it puts out, in order."""
    totals: TotalFigures


class LayerChange(Struct, frozen=True, kw_only=True):
    """What became of a layer of A, or which is new in B."""

    status: Status
    a: LayerEntry | None
    """The layer of A; null where there is none."""
    b: LayerEntry | None
    """The layer of B; null where there is none."""
    edits: tuple[Edit, ...]
    """What the spec says otherwise."""
    figures: tuple[str, ...]
    """The keys of the figures that differ."""


class Sums(Struct, frozen=True, kw_only=True):
    """The layers of one type in one network: how many they are, and their figures."""

    layers: int
    params: int
    macs: int


class TypeSums(Struct, frozen=True, kw_only=True):
    """The layers of one type in both networks."""

    type: str
    a: Sums
    b: Sums


class DiffDocument(Document, frozen=True, kw_only=True):
    """`diff`: what changed from network A to network B.

    With CSV, each figure has a column for A and one for B; layers without a line in the table are left out.
    """

    batch: int
    """What the memory figures are for, as are the next two; those of B where it says no other ``dtype``."""
    dtype: str
    optimizer: str
    differ: bool
    """False where no layer, figure, input or output differs."""
    a: Side
    b: Side
    layers: tuple[LayerChange, ...]
    """Every layer of both, in order."""
    types: tuple[TypeSums, ...]
    """Every type of layer in either, those with most work first."""


def document(difference: Difference) -> DiffDocument:
    """Return both networks, every layer of either, and the sums by type."""
    settings = difference.a.settings
    return DiffDocument(
        command="diff",
        batch=settings.batch,
        dtype=settings.dtype,
        optimizer=settings.optimizer,
        differ=difference.differ,
        a=_side(difference.a, difference),
        b=_side(difference.b, difference),
        layers=tuple(_change(change, difference) for change in difference.changes),
        types=tuple(
            TypeSums(type=kind, a=_sums(*before), b=_sums(*after))
            for kind, before, after in both_by_type(difference.a, difference.b)
        ),
    )


def _side(analysis: Analysis, difference: Difference) -> Side:
    dtype = analysis.settings.dtype if difference.dtypes_differ else UNSET
    return Side(**head(analysis), dtype=dtype, outputs=analysis.output_names, totals=total_figures(analysis))


def _change(change: Change, difference: Difference) -> LayerChange:
    return LayerChange(
        status=change.status,
        a=_layer(change.a, difference.a),
        b=_layer(change.b, difference.b),
        edits=tuple(Edit(edit.what, _plain(edit.before), _plain(edit.after)) for edit in change.edits),
        figures=change.figures,
    )


def _layer(item: Item | None, analysis: Analysis) -> LayerEntry | None:
    return None if item is None else entry(item.row, analysis)


def _plain(value: Any) -> Any:
    """Return the value of an option as what JSON is made of: ``$in`` is a text there."""
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    return show_value(value) if isinstance(value, Channels) else value


def _sums(layers: int, counts: Counts) -> Sums:
    return Sums(layers=layers, params=counts.params, macs=counts.macs)
