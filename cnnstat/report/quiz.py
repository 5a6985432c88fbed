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
from cnnstat.report.steps import brief_field
from cnnstat.report.text import shown
from cnnstat.spec.expression import show_value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnnstat.analysis import Analysis, Row
    from cnnstat.layers import Layer
    from cnnstat.report.explain import Explained
    from cnnstat.unfold import Node

ASKED = ("output_shape", "params", "macs", "connections", "receptive_field")
"""The figures that are left out."""

BLANK = "?"


def quiz(analysis: Analysis, rows: Sequence[Row], *, answers: bool) -> Report:
    """Return layers with the figures left out, or filled in and explained."""
    numbers = {row.name: number for number, row in enumerate(analysis.rows)}
    found = errata(analysis)
    kept = [numbers[row.name] for row in rows if answers and row.name in numbers]
    told = [layer(analysis, number, found) for number in kept]
    nodes = {node.path: node for node in analysis.graph.nodes}
    layers = _layers(analysis, rows, nodes)
    return Report(
        title=f"{analysis.name}, input {shown(analysis.input_shape, 'shape')}: {_task(answers)}",
        tables=(_table(rows, answers=answers),),
        facts=(),
        data={
            **head(analysis),
            "asked": list(ASKED),
            "given": [{"name": step.label, "text": step.text} for step in layers.steps],
            "layers": [_data(analysis, row, nodes, answers=answers) for row in rows],
            **({"explained": [item.data() for item in told]} if answers else {}),
        },
        notes=(*(() if answers else _conventions()), *notes(told)),
        source=analysis.source,
        sections=(
            layers,
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


def _layers(analysis: Analysis, rows: Sequence[Row], nodes: Mapping[str, Node]) -> Section:
    """Return what the layers are: all that is needed to work out their figures.

    A block is given layer by layer. Of what a layer reads, shape and field are given unless they follow
    from the layers above.
    """
    groups = {group.path: group for group in analysis.graph.groups}
    given = {row.name: row for row in (*analysis.groups, *analysis.rows)}
    known = {row.name for row in rows} | {"input"}
    steps: list[Step] = []
    for row in rows:
        group = groups.get(row.name) if row.told is None else None
        for each in (row, *(analysis.rows[group.start : group.stop] if group else ())):
            inputs = [name if name in known else _above(given[name]) for name in each.inputs]
            known.update((each.name, *each.inputs))
            told = _options(each, nodes)
            text = f"{each.type} of {', '.join(inputs)}" + (f": {told}" if told else "")
            steps.append(Step("options", each.name, text=text))
    return Section("the layers", tuple(steps))


def _above(row: Row) -> str:
    return f"{row.name} ({shown(row.output_shape, 'shape')}, field {brief_field(row)})"


def _options(row: Row, nodes: Mapping[str, Node]) -> str:
    if row.told is None:
        return f"{row.folded} layers"
    node = nodes[row.name]
    frozen = ", frozen true" if node.frozen else ""
    return (options(node.layer) + frozen).removeprefix(", ")


def _data(analysis: Analysis, row: Row, nodes: Mapping[str, Node], *, answers: bool) -> dict[str, Any]:
    every = layer_data(row, analysis.input_shape)
    given = {key: every[key] for key in ("name", "type", "inputs")}
    figures = {key: every[key] if answers else None for key in ASKED}
    return {**given, "options": _options(row, nodes), **figures}


def _conventions() -> tuple[str, ...]:
    figures = (f"{COLUMNS[key].title}: {COLUMNS[key].convention}" for key in ASKED)
    return (
        *figures,
        "options not given have their defaults: 'cnnstat explain conv' lists those of conv",
    )


def _worked(item: Explained) -> bool:
    """Say whether there is arithmetic to show: an activation function has none that was asked for."""
    return any(step.result is not None and step.figure in ASKED for step in item.steps)


def _value(value: Any) -> str:
    """Return an option; of a connection table, how many maps the filters read in turn."""
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        runs = [(len(tuple(rows)), length) for length, rows in groupby(value, key=len)]
        return ", ".join(f"{count} reading {length} maps" for count, length in runs)
    return show_value(value)
