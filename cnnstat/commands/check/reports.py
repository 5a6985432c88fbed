"""Further reports of one check, each to a file of its own, and what a report is put out to."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from cnnstat.base.errors import ArgumentError
from cnnstat.base.text import suggestion
from cnnstat.cli.options import Output
from cnnstat.cli.output import coloured, place_of, same_file, width_of
from cnnstat.commands.check.formats import names
from cnnstat.commands.check.formats.medium import Medium, repository

if TYPE_CHECKING:
    from collections.abc import Iterable


def read_reports(texts: Iterable[str]) -> tuple[Output, ...]:
    """Read FORMAT=FILE, as often as it is given.

    Raises:
        ArgumentError: there is no such format, or no file is named.
    """
    found: list[Output] = []
    for text in texts:
        form, _, file = text.partition("=")
        if form not in (known := names()):
            hint = suggestion(form, known) or f"; there are {', '.join(known)}"
            raise ArgumentError(f"expected FORMAT=FILE, and '{form}' is no format{hint}")
        if not file or "\0" in file:
            raise ArgumentError(f"expected {form}=FILE, got '{text}', which names no file")
        if file == "-":
            raise ArgumentError(f"--report writes files; --format {form} prints it")
        found.append(Output(form, Path(file)))
    return tuple(found)


def refuse_specs(outputs: Iterable[Output], specs: Iterable[str]) -> None:
    """Refuse what would be written over a spec that is checked.

    Raises:
        ArgumentError: a file is one of the specs, or takes two reports.
    """
    files = [each.output for each in outputs if each.output is not None]
    for file in files:
        if files.count(file) > 1:
            raise ArgumentError(f"two reports cannot be written to one file, {file}")
    there = [file for file in files if file.exists()]
    for spec in specs if there else ():
        for file in there:
            if same_file(place_of(spec), file):
                raise ArgumentError(f"{file} is a spec that is checked; write to another file")


def medium_of(output: Path | None) -> Medium:
    """Return what a report is put out to: a file, or standard output."""
    folder = Path.cwd()
    root = repository(folder, os.environ)
    colour, width = coloured(output), width_of(output)
    return Medium(colour=colour, width=width, folder=str(folder), root=str(root))
