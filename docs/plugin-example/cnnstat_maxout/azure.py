"""Findings of `cnnstat check` as logging commands of Azure Pipelines, which show them beside the lines.

Source: https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands, `task.logissue`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.base.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.commands.check.document import CheckDocument
    from cnnstat.commands.check.formats.medium import Medium

_ESCAPES = str.maketrans({"%": "%AZP25", ";": "%3B", "]": "%5D"})
"""What would end a property or a command; `plain` leaves no line break and no beginning of a command."""


def render(document: CheckDocument, medium: Medium) -> str:
    """Return a line for each finding."""
    return "".join(_lines(document, medium))


def _lines(document: CheckDocument, medium: Medium) -> Iterator[str]:
    for file in document.files:
        for each in file.findings:
            properties = {
                "type": "error" if each.severity == "error" else "warning",
                "sourcepath": medium.path(each.file),
                "linenumber": each.line,
                "columnnumber": each.column,
                "code": each.code,
            }
            written = ";".join(f"{key}={_escaped(f'{value}')}" for key, value in properties.items())
            yield f"##vso[task.logissue {written}]{_escaped(each.message)}\n"


def _escaped(text: str) -> str:
    return plain(text).translate(_ESCAPES)
