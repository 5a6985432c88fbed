"""Document of `list --plugins` -> Report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import UNSET

from cnnstat.base.text import plural
from cnnstat.report.model import Column, Line, Report, Table

if TYPE_CHECKING:
    from cnnstat.commands.list.plugins_document import PluginsDocument

_COLUMNS = (
    Column("package", "package", "text"),
    Column("version", "version", "text", rank=2),
    Column("adds", "adds", "text"),
    Column("name", "name", "text", gives="name"),
    Column("state", "state", "text"),
    Column("about", "about", "text", rank=1, gives="prose"),
    Column("value", "object", "text", rank=3, gives="prose"),
)


def report(document: PluginsDocument) -> Report:
    """Return a line for each plug-in, and why those that failed did."""
    lines = (
        Line((each.package, each.version, each.adds, each.name, _state(each.failed), each.about, each.value))
        for each in document.plugins
    )
    failed = [each for each in document.plugins if each.failed is not UNSET]
    notes = tuple(f"{each.adds} {each.name} of {each.package}: {each.failed}" for each in failed)
    if not document.plugins:
        return Report(title="plug-ins: none; docs/plugins.md says how to write one")
    verdict = f"{len(failed)} {plural('plug-in', len(failed))} cannot be loaded" if failed else ""
    return Report(title="plug-ins", tables=(Table("", _COLUMNS, tuple(lines)),), notes=notes, verdict=verdict)


def _state(failed: object) -> str:
    return "good" if failed is UNSET else "failed"
