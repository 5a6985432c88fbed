"""The document of `explain --quiz`: layers, and all that is given to work out their figures."""

from __future__ import annotations

from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import UNSET, Struct, UnsetType

from cnnstat.analysis.model import BlockRow, LayerRow
from cnnstat.base.text import plural
from cnnstat.commands.explain.derivations import field_words, passes_on
from cnnstat.commands.explain.document import ExplainedEntry, entry_of
from cnnstat.report.document import NetworkDocument, Placed, ReceptiveField, Sizes, figures, head
from cnnstat.report.text import shown
from cnnstat.spec.values import show_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnstat.analysis import Analysis, Row
    from cnnstat.commands.explain.explanations import Explanation
    from cnnstat.layers import Layer


class GivenEntry(Struct, frozen=True, kw_only=True):
    """What is given of a layer in a quiz."""

    name: str
    text: str


class AskedEntry(Placed, frozen=True, kw_only=True):
    """A layer or block of a quiz; what is asked is null without `--answers`."""

    options: str
    output_shape: Sizes | None
    params: int | None
    macs: int | None
    connections: int | None
    receptive_field: ReceptiveField | None


class QuizDocument(NetworkDocument, frozen=True, kw_only=True):
    """`explain --quiz`: layers with the figures left out, or with the answers."""

    asked: tuple[str, ...]
    """Keys of figures."""
    given: tuple[GivenEntry, ...]
    layers: tuple[AskedEntry, ...]
    explained: tuple[ExplainedEntry, ...] | UnsetType = UNSET
    """Only with `--answers`."""


ASKED = ("output_shape", "params", "macs", "connections", "receptive_field")
"""The figures that a quiz leaves out."""


def quiz_document(
    analysis: Analysis, rows: Sequence[Row], answers: Sequence[Explanation] | None = None
) -> QuizDocument:
    """Return layers with the figures left out; with ``answers``, filled in and explained."""
    return QuizDocument(
        command="explain",
        **head(analysis),
        asked=ASKED,
        given=tuple(_given(analysis, rows)),
        layers=tuple(_asked(analysis, row, answers=answers is not None) for row in rows),
        explained=UNSET if answers is None else tuple(map(entry_of, answers)),
    )


def _asked(analysis: Analysis, row: Row, *, answers: bool) -> AskedEntry:
    known = figures(row, analysis)
    return AskedEntry(
        name=row.name,
        type=row.type,
        inputs=row.inputs,
        options=_options_of(row),
        **{key: getattr(known, key) if answers else None for key in ASKED},
    )


def _given(analysis: Analysis, rows: Sequence[Row]) -> Iterator[GivenEntry]:
    """Yield what is given of the rows that are asked about: of a block layer by layer.

    Of what a layer reads, shape and field are given unless they are those of a layer above.
    """
    known = {row.name for row in rows} | {node.path for node in analysis.graph.inputs}
    for row in [each for asked in rows for each in (asked, *_inside(analysis, asked))]:
        inputs = [name if name in known else _above(analysis, name, known) for name in row.inputs]
        known.update((row.name, *row.inputs))
        chosen = _options_of(row)
        text = f"{row.type} of {', '.join(inputs)}" + (f": {chosen}" if chosen else "")
        yield GivenEntry(name=row.name, text=text)


def _inside(analysis: Analysis, row: Row) -> Sequence[Row]:
    return [analysis.rows[position] for position in row.layers] if isinstance(row, BlockRow) else ()


def _above(analysis: Analysis, name: str, known: set[str]) -> str:
    """Return a layer that is not asked about: what it is as, or else its shape and field."""
    row = source = analysis.named[name]
    while isinstance(source, LayerRow) and passes_on(analysis, source):
        if source.inputs[0] in known:
            return f"{name} (shape and field as {source.inputs[0]})"
        source = analysis.named[source.inputs[0]]
    shape, field = shown(row.output_shape, "shape"), field_words(row.field, row.output_shape)
    return f"{name} ({shape}, field {field})"


def _options_of(row: Row) -> str:
    """Return the options of a layer; of a block how many layers it has."""
    if isinstance(row, BlockRow):
        return f"{len(row.layers)} {plural('layer', len(row.layers))}"
    return ", ".join(filter(None, (options(row.node.layer), "frozen true" if row.node.frozen else "")))


def options(layer: Layer) -> str:
    """Return the options that differ from their defaults, and always the kernel, as an author writes them."""
    chosen = ((name, getattr(layer, name), default) for name, default in _default_values(type(layer)))
    return ", ".join(
        f"{name} {_value(value)}" for name, value, default in chosen if value != default or name == "kernel"
    )


@cache
def _default_values(kind: type[Layer]) -> tuple[tuple[str, Any], ...]:
    return tuple((field.name, field.default) for field in msgspec.structs.fields(kind))


def _value(value: Any) -> str:
    """Return an option; of a connection table, how many maps the filters read in turn."""
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        runs = [(len(tuple(rows)), length) for length, rows in groupby(value, key=len)]
        return ", ".join(f"{count} reading {length} maps" for count, length in runs)
    return show_value(value)
