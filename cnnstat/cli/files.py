"""The names of files on a command line."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from cnnstat.base.arguments import Given


class File(click.Path):
    """The name of a file, as a path; of one that may be a dash, as text."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read the name; an empty one would mean the folder at hand."""
        if not value:
            self.fail("the name of a file is missing", param, ctx)
        if "\0" in str(value):
            self.fail("no file can have a name with a null character", param, ctx)
        return super().convert(value, param, ctx)


FILE = File(dir_okay=False, path_type=Path)


class GivenFile(File):
    """FILE, or NAME=FILE where there is no file of that whole name."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read an input's name, if there is one, and that of its file."""
        name, sign, file = str(value).partition("=")
        if not sign or os.path.exists(value):
            name, file = "", str(value)
        return Given(name, super().convert(file, param, ctx))


GIVEN = GivenFile(dir_okay=False, path_type=Path)
