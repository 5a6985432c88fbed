"""A table of layers with the figures left out, for lectures; and the same filled in, with the arithmetic."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import msgspec

from cnnstat.report.columns import COLUMNS, cell
from cnnstat.report.data import layer_data
from cnnstat.report.errata import errata
from cnnstat.report.explain import head, layer, notes
from cnnstat.report.model import Line, Report, Section, Step, Table
from cnnstat.report.text import shown
from cnnstat.spec.expression import show_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.analysis import Analysis, Row
    from cnnstat.layers import Layer
    from cnnstat.report.explain import Explained

ASKED = ("output_shape", "params", "macs", "connections", "receptive_field")
"""The figures that are left out."""

BLANK = "?"


def quiz(analysis: Analysis, rows: Sequence[Row], *, answers: bool) -> Report:
    """Return layers with the figures left out, or filled in and explained."""
    numbers = {row.name: number for number, row in enumerate(analysis.rows)}
    found = errata(analysis)
    kept = [numbers[row.name] for row in rows if answers and row.name in numbers]
    told = [layer(analysis, number, found) for number in kept]
    return Report(
        title=f"{analysis.name}, input {shown(analysis.input_shape, 'shape')}: {_task(answers)}",
        tables=(_table(rows, answers=answers),),
        facts=(),
        data={
            **head(analysis),
            "asked": list(ASKED),
            "layers": [_data(analysis, row, numbers, answers=answers) for row in rows],
            **({"explained": [item.data() for item in told]} if answers else {}),
        },
        notes=(*(() if answers else _conventions()), *notes(told)),
        source=analysis.source,
        sections=(
            _layers(analysis, rows, numbers),
            *(item.section() for item in told if _worked(item)),
        ),
    )


def options(kind: Layer) -> str:
    """Return the options that differ from their defaults, and always the kernel, as an author writes them."""
    fields = msgspec.structs.fields(type(kind))
    chosen = ((field.name, getattr(kind, field.name)) for field in fields)
    defaults = {field.name: field.default for field in fields}
    return ", ".join(
        f"{name} {_value(value)}" for name, value in chosen if value != defaults[name] or name == "kernel"
    )


def _task(answers: bool) -> str:
    return "the answers" if answers else "fill in the figures"


def _table(rows: Sequence[Row], *, answers: bool) -> Table:
    asked = tuple(
        msgspec.structs.replace(COLUMNS[key], kind=COLUMNS[key].kind if answers else "text") for key in ASKED
    )
    lines = tuple(
        Line((row.name, *(cell(row, key) if answers else BLANK for key in ASKED)), label=row.name)
        for row in rows
    )
    return Table("", (COLUMNS["name"], *asked), lines)


def _layers(analysis: Analysis, rows: Sequence[Row], numbers: dict[str, int]) -> Section:
    """Return what the layers are: all that is needed to work out their figures."""
    said = ((row, _options(analysis, row, numbers)) for row in rows)
    steps = (
        Step(
            "options", row.name, text=f"{row.type} of {', '.join(row.inputs)}" + (f": {told}" if told else "")
        )
        for row, told in said
    )
    return Section("the layers", tuple(steps))


def _options(analysis: Analysis, row: Row, numbers: dict[str, int]) -> str:
    number = numbers.get(row.name)
    return f"{row.folded} layers" if number is None else options(analysis.graph.nodes[number].layer)


def _data(analysis: Analysis, row: Row, numbers: dict[str, int], *, answers: bool) -> dict[str, Any]:
    every = layer_data(row, analysis.input_shape)
    given = {key: every[key] for key in ("name", "type", "inputs")}
    figures = {key: every[key] if answers else None for key in ASKED}
    return {**given, "options": _options(analysis, row, numbers), **figures}


def _conventions() -> tuple[str, ...]:
    return tuple(f"{COLUMNS[key].title}: {COLUMNS[key].convention}" for key in ASKED)


def _worked(item: Explained) -> bool:
    """Say whether there is arithmetic to show: an activation function has none that was asked for."""
    return any(step.result is not None and step.figure in ASKED for step in item.steps)


def _value(value: Any) -> str:
    """Return an option; of a connection table, how many maps the filters read in turn."""
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        runs = [(len(tuple(rows)), length) for length, rows in groupby(value, key=len)]
        return ", ".join(f"{count} reading {length} maps" for count, length in runs)
    return show_value(value)
