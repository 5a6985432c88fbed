"""Two networks -> Difference: each pair of layers compared, and the networks as wholes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal, TypeAlias, Unpack

from msgspec import Struct

from cnnstat.analysis.analyze import analyze
from cnnstat.analysis.model import COUNTED, KINDS, Analysis
from cnnstat.analysis.outline import folded
from cnnstat.base.arguments import check_count
from cnnstat.base.errors import Problem, SpecError
from cnnstat.base.figures import OF_NETWORK
from cnnstat.commands.diff.alignment import align
from cnnstat.commands.diff.edits import Edit, Partners, Wires, edits_of
from cnnstat.commands.diff.items import items, outputs, says_widths

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cnnstat.analysis.model import Row, Totals
    from cnnstat.analysis.receptive_field import Field
    from cnnstat.analysis.settings import Options
    from cnnstat.commands.diff.alignment import Pair
    from cnnstat.commands.diff.items import Item
    from cnnstat.graph.model import Graph

Status: TypeAlias = Literal["same", "changed", "added", "removed"]


class Change(Struct, frozen=True):
    """A layer of A and its partner in B (None: it has none), what was edited, and which figures differ."""

    a: Item | None
    b: Item | None
    edits: tuple[Edit, ...] = ()
    figures: tuple[str, ...] = ()

    @property
    def status(self) -> Status:
        """Return what became of the layer."""
        if self.a is None:
            return "added"
        if self.b is None:
            return "removed"
        return "changed" if self.edits or self.figures else "same"

    @property
    def follows(self) -> bool:
        """Say whether the layer is as it was, and figures differ as something above it does."""
        return self.status == "changed" and not self.edits

    @property
    def renamed_only(self) -> bool:
        """Say whether nothing but the name differs."""
        return (
            self.status == "changed" and not self.figures and [edit.what for edit in self.edits] == ["name"]
        )

    @property
    def field_only(self) -> bool:
        """Say whether nothing but the receptive field differs."""
        return self.follows and self.figures == ("receptive_field",)


class Difference(Struct, frozen=True):
    """Two networks, every layer of both in order, and whether they put out other layers."""

    a: Analysis
    b: Analysis
    changes: tuple[Change, ...]
    outputs_differ: bool = False

    @property
    def differ(self) -> bool:
        """Say whether a layer, the input or a figure of the whole differs; titles and citations may."""
        return (
            self.outputs_differ
            or any(change.status != "same" for change in self.changes)
            or self.a.graph.input_shapes != self.b.graph.input_shapes
            or self.dtypes_differ
            or _whole(self.a.totals) != _whole(self.b.totals)
        )

    @property
    def dtypes_differ(self) -> bool:
        """Say whether the memory figures of both are for different numbers."""
        return self.a.settings.dtype != self.b.settings.dtype

    def count(self, status: Status) -> int:
        """Return how many layers became this."""
        return sum(change.status == status for change in self.changes)


def diff(
    a: Graph | str | Path, b: Graph | str | Path, *, depth: int | None = None, **options: Unpack[Options]
) -> Difference:
    """Compare two networks layer by layer, aligned by name and structure.

    The keywords are those of `analyze`; ``params`` replace parameters of B alone. Blocks below ``depth``
    levels are compared as wholes.

    Raises:
        SpecError: a spec is wrong, or a layer does not fit its input; it has the problems of both.
        ValueError: an argument is out of range.
    """
    if depth is not None:
        depth = check_count("depth", depth)
    own: Options = {**options, "params": None}
    return compare(*both(partial(analyze, a, **own), partial(analyze, b, **options)), depth)


def both(a: Callable[[], Analysis], b: Callable[[], Analysis]) -> tuple[Analysis, Analysis]:
    """Analyze two networks.

    Raises:
        SpecError: at least one is wrong; it has the problems of both.
    """
    found: list[Analysis] = []
    problems: list[Problem] = []
    for analyzed in (a, b):
        try:
            found.append(analyzed())
        except SpecError as error:
            problems += error.problems
    if problems:
        raise SpecError(problems)
    before, after = found
    return before, after


def compare(a: Analysis, b: Analysis, depth: int | None = None) -> Difference:
    """Align the layers of two analyses, folded at a depth, and compare each pair."""
    numbers = says_widths(a) != says_widths(b)
    before, after = (items(each, folded(each, depth), numbers=numbers) for each in (a, b))
    pairs = align(before, after)
    partners = _inputs(a, b) | {left.number: right.number for left, right in pairs if left and right}
    wires = Wires(before, after, partners)
    put_out = [(partners.get(number), inner) for number, inner in outputs(a, before)]
    return Difference(a, b, tuple(_change(pair, wires) for pair in pairs), put_out != outputs(b, after))


def _inputs(a: Analysis, b: Analysis) -> Partners:
    """Return the inputs of A and their partners in B, which have the same names; None for no partner."""
    named = {node.path: node.number for node in b.graph.inputs}
    return {node.number: named.get(node.path) for node in a.graph.inputs}


def _change(pair: Pair, wires: Wires) -> Change:
    a, b = pair
    if a is None or b is None:
        return Change(a, b)
    return Change(a, b, tuple(edits_of(a, b, wires)), tuple(_figures(a.row, b.row)))


def _figures(a: Row, b: Row) -> Iterator[str]:
    if a.output_shape != b.output_shape:
        yield "output_shape"
    if a.counts != b.counts:
        yield from (key for key in COUNTED if getattr(a.counts, key) != getattr(b.counts, key))
        if any(getattr(a.counts, key) != getattr(b.counts, key) for key in KINDS):
            yield "operations"
    if a.field is not b.field and _comparable(a.field) != _comparable(b.field):
        yield "receptive_field"


def _comparable(field: Field) -> tuple[object, ...]:
    # Which layer makes a field unknown is no part of it: that layer may have another name.
    return field.axes, field.whole, field.because is None, field.aligned


def _whole(totals: Totals) -> tuple[object, ...]:
    memory = (getattr(totals, key) for key in OF_NETWORK)
    return totals.output_shape, totals.counts, _comparable(totals.field), *memory
