"""What a page shows of networks, as one typed document: the page's own types are made from these classes.

What other commands find out stands in it as their documents have it, so that no page says another number.
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from msgspec import UNSET, Struct, UnsetType

from cnnstat.commands.check.findings import Finding  # noqa: TC001 - msgspec reads it
from cnnstat.commands.diff.document import DiffDocument  # noqa: TC001 - msgspec reads it
from cnnstat.commands.explain.document import ExplainedEntry  # noqa: TC001 - msgspec reads it
from cnnstat.commands.flops.document import ConventionEntry  # noqa: TC001 - msgspec reads it
from cnnstat.commands.run.document import RunDocument  # noqa: TC001 - msgspec reads it
from cnnstat.commands.trace.document import TraceDocument  # noqa: TC001 - msgspec reads it
from cnnstat.report.document import (
    AnalysisDocument,
    Document,
    LayerEntry,
    Sizes,
    TotalFigures,
)
from cnnstat.rules.rule import Severity  # noqa: TC001 - msgspec reads it


class Colours(Struct, frozen=True, kw_only=True):
    """What fills the items of a family of layers, and their borders, as #rrggbb."""

    fill: str
    border: str


class FamilyColours(Struct, frozen=True, kw_only=True):
    """The colours of a family on light and on dark pages."""

    light: Colours
    dark: Colours


class LayerLook(Struct, frozen=True, kw_only=True):
    """How a layer is drawn, at the same position as among `summary.layers`."""

    family: str
    """A key of `colours`."""
    operation: str
    """Its type with its main options, as `draw` has it."""
    line: int
    """Where the spec has it, from 1 on."""
    drawn: int
    """The position of the layer that is drawn for it: its own, or in the first of equal repetitions."""


class Block(Struct, frozen=True, kw_only=True):
    """A block or a repeat of the spec with all that stands in it."""

    path: str
    start: int
    """The position of its first layer among `summary.layers`."""
    stop: int
    """The position behind its last one."""
    inside: int | None
    """The position of the block around it among `blocks`; null for none."""
    line: int
    """Where the spec has it, from 1 on."""
    figures: LayerEntry
    """Those of the block when it is folded."""


class EqualRepetitions(Struct, frozen=True, kw_only=True):
    """Repetitions, blocks or layers, that follow each other and are equal: the first stands for all."""

    first: str
    """The path of the first one."""
    last: str
    times: int
    start: int
    """The position of its first layer."""
    stop: int
    """The position behind the last layer of the last one."""
    whole: bool
    """Whether these are all that the repeat has."""


Run: TypeAlias = tuple[int, int, int, int, int]
"""From a unit on: the unit, the first and the last position that it sees, and how far both go on with each
further unit. Where the last stands before the first, nothing is seen."""


class AxisField(Struct, frozen=True, kw_only=True):
    """What the units of a layer see along one axis of the input.

    Units go by their coordinate on the same axis, and by their last one where they have fewer.
    """

    units: int
    region: tuple[Run, ...]
    """First and last position, padding included."""
    region_on_input: tuple[Run, ...] | UnsetType = UNSET
    """What of it is on the input; missing where that is the region, cut off at the ends of the input."""


class LayerFields(Struct, frozen=True, kw_only=True):
    """What the units of a layer see of the input."""

    axes: tuple[AxisField, ...]
    """One for each axis of the input; none where it is unknown. A unit that sees nothing along one of them
    sees nothing at all.
    """
    unknown_because_of: str | UnsetType = UNSET
    """Only where unknown: the layer that makes it so."""
    upper_bound_because_of: str | UnsetType = UNSET
    """Only where units may see less than this: the layer that makes it so."""


ChartKind: TypeAlias = Literal["layers", "memory", "rf"]


class ChartEntry(Struct, frozen=True, kw_only=True):
    """A chart of `plot`, as Vega-Lite."""

    kind: ChartKind
    light: dict[str, Any]
    dark: dict[str, Any]


class FindingEntry(Struct, frozen=True, kw_only=True):
    """A finding of `check`, and what the page of its code says."""

    finding: Finding
    title: str
    meaning: str
    way_out: str
    """Of a problem; empty for a rule."""
    good: str
    """Of a rule, a spec in which it finds nothing; empty for a problem."""


class SpecText(Struct, frozen=True, kw_only=True):
    """The text of the spec; of a model, the one that it is read as."""

    file: str
    """As problems name it."""
    text: str


class UnitTrace(Struct, frozen=True, kw_only=True):
    """The trace of one unit of a layer, or why there is none."""

    layer: str
    unit: tuple[int, ...]
    trace: TraceDocument | None
    reason: str
    """Empty where there is one."""


class NetworkPage(Document, frozen=True, kw_only=True):
    """`report`: all that the page shows of one network. What is null was not asked for, or comes later."""

    key: str
    """What tells it from the other networks of the page."""
    summary: AnalysisDocument
    """As `summary --format json` has it."""
    outputs: tuple[str, ...]
    """The names of what it puts out, in order."""
    layers: tuple[LayerLook, ...]
    blocks: tuple[Block, ...]
    """Each before those that stand in it."""
    repetitions: tuple[EqualRepetitions, ...]
    explained: tuple[ExplainedEntry, ...] | None = None
    """As `explain --format json` has it: layers and blocks in order, and last the sums, `total`."""
    fields: tuple[LayerFields, ...] | None = None
    """Of each layer, at the same position."""
    fields_reason: str = ""
    """Why there are none; empty where there are."""
    conventions: tuple[ConventionEntry, ...] | None = None
    """As `flops --conventions --format json` has them."""
    charts: tuple[ChartEntry, ...] | None = None
    findings: tuple[FindingEntry, ...] | None = None
    """Those of `check` that are about this network."""
    spec: SpecText | None = None
    proof: RunDocument | None = None
    """As `run --format json` has it; null where the network was not run."""
    proof_reason: str = ""
    """Why it could not be run; empty where it was, or where nobody asked."""
    traces: tuple[UnitTrace, ...] | None = None
    """Of a layer, the first is of the unit that is shown at first; without one, the middle unit is."""
    traces_reason: str = ""
    """Why there are no traces; empty where there are."""


class IndexEntry(Struct, frozen=True, kw_only=True):
    """A network of the page in a line, or a file that could not be read."""

    key: str
    """What tells it from the others; the key of its `NetworkPage`, which is held apart."""
    name: str
    file: str
    """As the spec was named."""
    source: str
    input_shape: Sizes
    """Empty where there are problems."""
    layers: int
    totals: TotalFigures | None
    """Null where there are problems."""
    findings: dict[Severity, int]
    """How many `check` has, by how much they matter; those that there are none of are not there."""
    proved: bool | None
    """Whether every figure was measured as calculated; null where the network was not run."""
    problems: tuple[str, ...]
    """Why it could not be read, as the terminal says it."""


class PageDocument(Document, frozen=True, kw_only=True):
    """`report`: what the page is made of but for the networks, each of which is a `NetworkPage` apart."""

    version: str
    """That of cnnstat."""
    title: str
    colours: dict[str, FamilyColours]
    """By the families of layers."""
    index: tuple[IndexEntry, ...]
    """One for each network, in order."""
    difference: DiffDocument | None
    """As `diff --format json` has it; null but for two networks."""
