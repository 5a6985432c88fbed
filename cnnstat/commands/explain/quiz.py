"""What a quiz gives of the layers that it asks about: all that is needed to work out their figures."""

from __future__ import annotations

from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Any

import msgspec

from cnnstat.analysis.model import BlockRow, LayerRow
from cnnstat.base.text import plural
from cnnstat.commands.explain.derivations import field_words, passes_on
from cnnstat.report.text import shown
from cnnstat.spec.expression import show_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnstat.analysis import Analysis, Row
    from cnnstat.layers import Layer


class Sheet:
    """The ``rows`` that are asked about; ``listed`` has the layers of their blocks, too."""

    def __init__(self, analysis: Analysis, rows: Sequence[Row]) -> None:
        self.analysis, self.rows = analysis, rows
        self.listed: list[Row] = []
        for row in rows:
            self.listed.append(row)
            if isinstance(row, BlockRow):
                self.listed += (analysis.rows[position] for position in row.layers)

    def given(self) -> Iterator[tuple[str, str]]:
        """Yield names and what they are: a block layer by layer.

        Of what a layer reads, shape and field are given unless they are those of a layer above.
        """
        known = {row.name for row in self.rows} | {"input"}
        for row in self.listed:
            inputs = [name if name in known else self._above(name, known) for name in row.inputs]
            known.update((row.name, *row.inputs))
            chosen = self.options(row)
            yield row.name, f"{row.type} of {', '.join(inputs)}" + (f": {chosen}" if chosen else "")

    def _above(self, name: str, known: set[str]) -> str:
        """Return a layer that is not asked about: what it is as, or else its shape and field."""
        row = self.analysis.named[name]
        source = row
        while isinstance(source, LayerRow) and passes_on(self.analysis, source):
            if source.inputs[0] in known:
                return f"{name} (shape and field as {source.inputs[0]})"
            source = self.analysis.named[source.inputs[0]]
        shape, field = shown(row.output_shape, "shape"), field_words(row.field, row.output_shape)
        return f"{name} ({shape}, field {field})"

    def options(self, row: Row) -> str:
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
