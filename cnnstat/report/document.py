"""What every command's document is made of.

A document is all that a command found out, as one frozen value of raw numbers: its fields are the keys of the
JSON (docs/json.md is made from these classes), and the tables for readers are made from it, too.
"""

from __future__ import annotations

from fractions import Fraction
from math import isfinite
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec
from msgspec import UNSET, Struct, UnsetType

from cnnstat.analysis.outline import folded
from cnnstat.base.figures import COUNTS, OF_NETWORK

if TYPE_CHECKING:
    from cnnstat.analysis import Analysis, Row, Totals
    from cnnstat.layers.base import Shape

SCHEMA_VERSION = 1


class Real(float):
    """A number that was measured: null in JSON where it is infinite or none, for JSON knows neither."""


Sizes: TypeAlias = tuple[int, ...]
"""One number per axis; of an output shape, channels first."""


class Document(Struct, frozen=True, kw_only=True):
    """What the JSON of every command begins with."""

    schema_version: int = SCHEMA_VERSION
    command: str


class NetworkDocument(Document, frozen=True, kw_only=True):
    """The document of one network: which it is, and its input (one sample, channels first)."""

    name: str
    source: str
    input_shape: Sizes
    """One sample, channels first; of several inputs that of the one that receptive fields are on."""
    input_shapes: dict[str, Sizes] | UnsetType = UNSET
    """Only of several inputs: all of them by name."""
    fields_of: str | UnsetType = UNSET
    """Only of several inputs: the one that receptive fields are on."""
    without: dict[str, int] | UnsetType = UNSET
    """Only where the figures of layers are unknown: these layers, and how many nodes of a model each stands
    for. All sums are without them.
    """


class ReceptiveField(Struct, frozen=True, kw_only=True, rename={"whole": "global"}):
    """What one unit sees of the input."""

    size: Sizes | None = None
    """Per axis; that of the whole input where `global`; null where unknown."""
    stride: tuple[Fraction | None, ...] | None = None
    """Effective stride per axis; null where global or unknown, and where branches of different stride meet.
    Behind upsampling it may be a fraction, exactly: `[1, 3]` is a third.
    """
    padding: Sizes | None = None
    """Effective padding per axis; null where global or unknown."""
    aligned: bool | None = None
    """False where branches met that disagree on stride or centre."""
    whole: bool = False
    """True where every unit sees the whole input: after most global pools, linear layers, norms of a map."""
    unknown_because_of: str | UnsetType = UNSET
    """Only where unknown: the layer that makes it so."""
    unseen: bool | UnsetType = UNSET
    """Only where true: it depends on other inputs alone."""
    upper_bound_because_of: str | UnsetType = UNSET
    """Only where units may see less than this: the layer that makes it so."""

    @property
    def known(self) -> bool:
        """Say whether size, stride and padding exist: neither the whole input nor unknown."""
        return not self.whole and self.unknown_because_of is UNSET and self.unseen is UNSET


class Operations(Struct, frozen=True, kw_only=True):
    """What one sample costs at inference, by kind."""

    multiply_adds: int
    additions: int
    multiplications: int
    comparisons: int
    divisions: int
    exponentials: int
    roots: int


class Figures(Struct, frozen=True, kw_only=True):
    """The figures of a layer, of a folded block, or of the whole network."""

    output_shape: Sizes
    params: int
    trainable: int
    buffers: int
    macs: int
    padding_macs: int
    flops: int
    operations: Operations
    connections: int
    activations: int
    receptive_field: ReceptiveField


class TotalFigures(Figures, frozen=True, kw_only=True):
    """Those of the whole network, with its memory in bytes."""

    inference_memory_bytes: int
    training_memory_bytes: int


class Placed(Struct, frozen=True, kw_only=True):
    """A layer or a folded block in its place; an input named `input` is the network's."""

    name: str
    type: str
    inputs: tuple[str, ...]


class LayerEntry(Placed, frozen=True, kw_only=True):
    """One layer with its figures, or one folded block. The fields between are those of `Figures`.

    Of a layer whose figures are unknown, because it is a node of a model that the catalogue has no type for,
    all but the shape and the activations are null.
    """

    output_shape: Sizes
    params: int | None
    trainable: int | None
    buffers: int | None
    macs: int | None
    padding_macs: int | None
    flops: int | None
    operations: Operations | None
    connections: int | None
    activations: int
    receptive_field: ReceptiveField
    leftover: Sizes
    """Rows and columns that no window covers, per axis; empty where the type has none."""
    leftover_input: Sizes
    """How many of these are input that one more window would read: no padding, and no gap between windows."""
    folded_layers: int
    """How many layers this stands for."""
    weights_of: str | UnsetType = UNSET
    """Only where it uses the parameters of another layer: this one, where they are counted."""


class Expectations(Struct, frozen=True, kw_only=True):
    """Published figures under `expect:`."""

    checked: int
    """How many were compared."""
    missed: tuple[str, ...]
    """A sentence for each that is not met."""


class AnalysisDocument(NetworkDocument, frozen=True, kw_only=True):
    """The figures of one network, layer by layer and in total."""

    batch: int
    """What the memory figures are for, as are the next two."""
    dtype: str
    optimizer: str
    layers: tuple[LayerEntry, ...]
    """The layers in order; with `--depth` folded blocks."""
    totals: TotalFigures
    expectations: Expectations


def head(analysis: Analysis) -> dict[str, Any]:
    """Return the fields of a `NetworkDocument` but for the command."""
    own: dict[str, Any] = {
        "name": analysis.name,
        "source": analysis.source,
        "input_shape": analysis.input_shape,
    }
    nodes = analysis.graph.inputs
    if len(nodes) > 1:
        own["input_shapes"] = {node.path: node.shape for node in nodes}
        own["fields_of"] = nodes[analysis.of].path
    if analysis.without:
        own["without"] = analysis.without
    return own


def of_analysis(analysis: Analysis, depth: int | None) -> dict[str, Any]:
    """Return the fields of an `AnalysisDocument` but for the command; blocks below a depth are folded."""
    settings = analysis.settings
    return {
        **head(analysis),
        "batch": settings.batch,
        "dtype": settings.dtype,
        "optimizer": settings.optimizer,
        "layers": tuple(entry(row, analysis) for row in folded(analysis, depth)),
        "totals": total_figures(analysis),
        "expectations": Expectations(
            checked=analysis.checked, missed=tuple(missed.message for missed in analysis.missed)
        ),
    }


def entry(row: Row, analysis: Analysis) -> LayerEntry:
    """Return a layer, or a folded block."""
    return LayerEntry(
        name=row.name,
        type=row.type,
        inputs=row.inputs,
        **(_figures(row, analysis, row.number) | ({} if row.known else _UNKNOWN)),
        leftover=row.leftover,
        leftover_input=row.leftover_input,
        folded_layers=len(row.layers),
        weights_of=row.weights_of or UNSET,
    )


_UNKNOWN: dict[str, None] = dict.fromkeys(key for key in (*COUNTS, "operations") if key != "activations")
"""What a layer of unknown figures has in place of them."""


def total_figures(analysis: Analysis) -> TotalFigures:
    """Return the figures of the whole network."""
    memory = {key: getattr(analysis.totals, key) for key in OF_NETWORK}
    return TotalFigures(**_figures(analysis.totals, analysis, analysis.graph.outputs[-1]), **memory)


def figures(row: Row, analysis: Analysis) -> Figures:
    """Return the figures of a layer."""
    return Figures(**_figures(row, analysis, row.number))


def _figures(row: Row | Totals, analysis: Analysis, number: int) -> dict[str, Any]:
    """Return the fields of `Figures`, of a row that puts out what the node of this number does."""
    return {
        "output_shape": row.output_shape,
        **{key: getattr(row.counts, key) for key in COUNTS},
        "operations": Operations(**row.counts.operations),
        "receptive_field": receptive_field(row, analysis.input_shape, analysis.upper_bounds[number]),
    }


def receptive_field(row: Row | Totals, input_shape: Shape, because: str = "") -> ReceptiveField:
    """Return the receptive field of a layer's units, or an upper bound of it ``because`` of a layer."""
    field, bound = row.field, because or UNSET
    if field.whole:
        size = input_shape[1:] or None
        return ReceptiveField(size=size, aligned=field.aligned, whole=True, upper_bound_because_of=bound)
    if field.because is not None:
        return ReceptiveField(unknown_because_of=field.because)
    if field.unseen:
        return ReceptiveField(unseen=True)
    sizes = field.sizes(row.output_shape)
    return ReceptiveField(
        size=sizes,
        stride=field.strides,
        padding=field.paddings,
        aligned=field.aligned,
        upper_bound_because_of=bound,
    )


def builtins(document: Struct) -> Any:
    """Return a document, or a part of one, as what JSON is made of."""
    return msgspec.to_builtins(document, enc_hook=_exact, str_keys=True)


def _exact(value: object) -> int | float | tuple[int, int] | None:
    """Return a fraction as an integer or, where it is none, above and below its line; only finite numbers."""
    if isinstance(value, Real):
        return float(value) if isfinite(value) else None
    assert isinstance(value, Fraction)
    return value.numerator if value.denominator == 1 else (value.numerator, value.denominator)
