"""Report -> a terminal in colour. The only renderer that imports rich."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.style import Style

from cnnstat.report.render.table import lines

if TYPE_CHECKING:
    from cnnstat.report.model import Report


def render(report: Report, width: int | None) -> str:
    """Return the report with bold heads and dim notes."""
    styles = {name: Style.parse(name) for name in ("bold", "dim")}
    return "".join(
        f"{styles[style].render(text) if style else text}\n" for text, style in lines(report, width)
    )
