"""Document of `list` -> Report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.report.model import Column, Line, Report, Table

if TYPE_CHECKING:
    from cnnstat.commands.list.document import ListDocument

_COLUMNS = (
    Column("name", "name", "text", gives="name"),
    Column("input_shape", "input", "shape"),
    Column("params", "params"),
    Column("macs", "MACs"),
    Column("family", "family", "text", rank=1),
    Column("parameters", "--set", "text", rank=2),
    Column("source", "source", "text", rank=3, gives="prose"),
)


def report(document: ListDocument) -> Report:
    """Return a line for each bundled network."""
    lines = (
        Line(tuple(getattr(each, column.key) for column in _COLUMNS), label=each.name)
        for each in document.architectures
    )
    return Report(title="bundled architectures", tables=(Table("", _COLUMNS, tuple(lines)),))
