"""A table of layers with the figures left out, for lectures; and the same filled in, with the arithmetic."""

from __future__ import annotations

from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Any

import msgspec

from cnnstat.analysis.model import BlockRow
from cnnstat.base.errors import plural
from cnnstat.commands.explain.derivations import brief_field, one_line
from cnnstat.commands.explain.report import each, notes
from cnnstat.layers import LAYERS, manual
from cnnstat.report.columns import COLUMNS, footnotes
from cnnstat.report.data import head, layer_data
from cnnstat.report.layers import title_of
from cnnstat.report.model import Derivation, Line, Report, Section, Table
from cnnstat.report.text import shown
from cnnstat.spec.expression import show_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnstat.analysis import Analysis, Row
    from cnnstat.layers import Layer

ASKED = ("output_shape", "params", "macs", "connections", "receptive_field")
"""The figures that are left out."""

BLANK = "?"


def quiz(analysis: Analysis, rows: Sequence[Row], *, answers: bool) -> Report:
    """Return layers with the figures left out, or filled in and explained."""
    told = each(analysis, rows) if answers else []
    sheet = _Sheet(analysis, rows)
    given = sheet.layers()
    return Report(
        title=f"{title_of(analysis)}: {_task(answers)}",
        tables=(_table(rows, answers=answers),),
        data={
            **head("explain", analysis),
            "asked": list(ASKED),
            "given": [{"name": step.label, "text": step.text} for step in given],
            "layers": [_data(analysis, row, sheet.options(row), answers=answers) for row in rows],
            **({"explained": [item.data() for item in told]} if answers else {}),
        },
        notes=(*(() if answers else _conventions()), *notes(told)),
        source=analysis.source,
        sections=(
            Section("the layers", given),
            *(() if answers else (Section("options that are not given", sheet.defaults()),)),
            *(item.section() for item in told if item.brief is None),
        ),
    )


class _Sheet:
    """What is given of the layers that are asked about: all that is needed to work out their figures."""

    def __init__(self, analysis: Analysis, rows: Sequence[Row]) -> None:
        self.analysis, self.rows = analysis, rows
        self.numbers = {row.name: row.number for row in analysis.rows}
        self.named = analysis.named
        self.listed: list[Row] = []
        for row in rows:
            self.listed.append(row)
            if isinstance(row, BlockRow):
                self.listed += (analysis.rows[position] for position in row.layers)

    def layers(self) -> tuple[Derivation, ...]:
        """Return the layers, a block layer by layer.

        Of what a layer reads, shape and field are given unless they are those of a layer above.
        """
        known = {row.name for row in self.rows} | {"input"}
        steps: list[Derivation] = []
        for row in self.listed:
            inputs = [name if name in known else self._above(name, known) for name in row.inputs]
            known.update((row.name, *row.inputs))
            told = self.options(row)
            text = f"{row.type} of {', '.join(inputs)}" + (f": {told}" if told else "")
            steps.append(Derivation("options", row.name, text=text))
        return tuple(steps)

    def _above(self, name: str, known: set[str]) -> str:
        """Return a layer that is not asked about: what it is as, or else its shape and field."""
        source = name
        while source not in known and source in self.numbers:
            if one_line(self.analysis, self.numbers[source]) is None:
                break
            source = self.named[source].inputs[0]
        if source in known:
            return f"{name} (shape and field as {source})"
        row = self.named[name]
        return f"{name} ({shown(row.output_shape, 'shape')}, field {brief_field(row)})"

    def options(self, row: Row) -> str:
        """Return the options of a layer; of a block how many layers it has."""
        if isinstance(row, BlockRow):
            return f"{len(row.layers)} {plural('layer', len(row.layers))}"
        return ", ".join(filter(None, (options(row.node.layer), "frozen true" if row.node.frozen else "")))

    def defaults(self) -> tuple[Derivation, ...]:
        """Return, for the types that occur, the values of options that are left out."""
        types = dict.fromkeys(row.type for row in self.listed if not isinstance(row, BlockRow))
        told = ((name, ", ".join(_defaults(LAYERS[name]))) for name in types)
        return tuple(Derivation("defaults", name, text=text) for name, text in told if text)


def _defaults(kind: type[Layer]) -> Iterator[str]:
    for name, _, default, meaning in manual.options(kind):
        if default == "none":
            yield f"{name} none ({meaning})"
        elif default != "required":
            yield f"{name} {default.strip('`')}"


def options(kind: Layer) -> str:
    """Return the options that differ from their defaults, and always the kernel, as an author writes them."""
    chosen = ((name, getattr(kind, name), default) for name, default in _default_values(type(kind)))
    return ", ".join(
        f"{name} {_value(value)}" for name, value, default in chosen if value != default or name == "kernel"
    )


@cache
def _default_values(kind: type[Layer]) -> tuple[tuple[str, Any], ...]:
    return tuple((field.name, field.default) for field in msgspec.structs.fields(kind))


def _task(answers: bool) -> str:
    return "the answers" if answers else "fill in the figures"


def _table(rows: Sequence[Row], *, answers: bool) -> Table:
    asked = tuple(
        msgspec.structs.replace(COLUMNS[key], kind=COLUMNS[key].kind if answers else "text") for key in ASKED
    )
    lines = tuple(
        Line((row.name, *(COLUMNS[key].value(row) if answers else BLANK for key in ASKED)), label=row.name)
        for row in rows
    )
    return Table("", (COLUMNS["name"], *asked), lines)


def _data(analysis: Analysis, row: Row, told: str, *, answers: bool) -> dict[str, Any]:
    every = layer_data(row, analysis.input_shape)
    given = {key: every[key] for key in ("name", "type", "inputs")}
    figures = {key: every[key] if answers else None for key in ASKED}
    return {**given, "options": told, **figures}


def _conventions() -> tuple[str, ...]:
    return (
        *footnotes(COLUMNS[key] for key in ASKED),
        "connections are those of layers with weights and of pooling; 'cnnstat explain TYPE' tells each rule",
    )


def _value(value: Any) -> str:
    """Return an option; of a connection table, how many maps the filters read in turn."""
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        runs = [(len(tuple(rows)), length) for length, rows in groupby(value, key=len)]
        return ", ".join(f"{count} reading {length} maps" for count, length in runs)
    return show_value(value)
