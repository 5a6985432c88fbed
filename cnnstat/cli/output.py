"""Where a report goes: standard output or a file, at the width and in the signs that fit there."""

from __future__ import annotations

import errno
import os
import stat
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from cnnstat.base.errors import Problem, Problems, SpecError
from cnnstat.base.files import FileError, ReaderGoneError, check_writable, replacing
from cnnstat.report.render import render
from cnnstat.report.text import encodable
from cnnstat.spec.file import find

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnstat.analysis import Analysis
    from cnnstat.cli.options import Output
    from cnnstat.report.document import Document
    from cnnstat.report.model import Report


_SPECS = ("spec", "topic", "a", "b", "specs")
"""The arguments of commands that name what is read, one or several."""


class Undone(click.ClickException):
    """What was asked rightly and cannot be done; no usage lines follow."""

    exit_code = 2


def show(document: Document, report: Callable[[], Report], output: Output) -> None:
    """Render what a command found out and put it out; ``report`` makes of the document what readers see.

    Raises:
        OSError: standard output takes nothing more.
        Undone: the file takes nothing more.
    """
    width, colour = width_of(output.output), coloured(output.output)
    put(render(document, report, output.form, width=width, colour=colour), output.output)


def coloured(output: Path | None) -> bool:
    """Say whether what goes there may have colours: to a terminal that shows them, unless told otherwise."""
    wanted = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return wanted and on_terminal(output)


def on_terminal(output: Path | None) -> bool:
    """Say whether what goes there is read at once, by a person."""
    return output is None and standard_output().isatty()


def check_output(output: Path | None) -> None:
    """Refuse, before the work, what a report could not be written to.

    Raises:
        OSError: standard output is closed.
        UsageError: the file cannot be written, or is the spec that the command at hand reads.
    """
    if output is None:
        standard_output()
        return
    try:
        check_writable(output)
    except FileError as error:
        raise click.UsageError(f"cannot write {error}") from None
    given = (click.get_current_context().params.get(name) or () for name in _SPECS)
    words = (word for each in given for word in ((each,) if isinstance(each, str) else each))
    if any(same_file(place_of(word), output) for word in words):
        raise click.UsageError(f"{output} is the spec that was read; write to another file")


def put(content: str | bytes, output: Path | None) -> None:
    """Write a text, also as bytes of UTF-8, to standard output or to a file; to a pipe, as `say` does.

    What is no text goes to a file.

    Raises:
        OSError: standard output takes nothing more.
        Undone: the file takes nothing more.
    """
    if output is None:
        say(content if isinstance(content, str) else content.decode())
        return
    try:
        with suppress(ReaderGoneError), replacing(output) as file:
            file.write(content if isinstance(content, bytes) else content.encode("utf-8"))
    except FileError as error:
        raise Undone(f"cannot write {error}") from None


def place_of(spec: str) -> Path | int:
    """Return the file that a spec is read from; of standard input its number."""
    try:
        return 0 if spec == "-" else find(spec)[0]
    except SpecError:  # a page's name, which is no file
        return Path(spec)


def same_file(read: Path | int, written: Path) -> bool:
    """Say whether both are one file, under whatever names; of a pipe or a device nothing can be lost."""
    try:
        there = written.stat()
        return stat.S_ISREG(there.st_mode) and os.path.samestat(os.stat(read), there)
    except (OSError, ValueError):  # one of them is not there yet, or cannot be
        return False


def standard_output() -> TextIO:
    """Return standard output; a parent may have closed it.

    Raises:
        OSError: it is closed.
    """
    if sys.stdout is None:
        raise OSError(errno.EBADF, "it is closed")
    return sys.stdout


def say(text: str) -> None:
    """Write to standard output, in signs it can show.

    A reader who has gone wants no more of the text: that is no failure, and what a command found out still
    decides how it ends.

    Raises:
        OSError: standard output takes nothing more.
    """
    stdout = standard_output()
    try:
        stdout.write(encodable(text, stdout.encoding or "utf-8"))
        stdout.flush()
    except BrokenPipeError:
        drop_output()


def width_of(output: Path | None) -> int | None:
    """Return the terminal's width; none for a pipe or a file, unless COLUMNS says so."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isascii() and columns.isdigit() and 20 <= int(columns) <= 10_000:
        return int(columns)
    if not on_terminal(output):
        return None
    return max(20, os.get_terminal_size(standard_output().fileno()).columns or 80)


def drop_output() -> None:
    """Send what is left to nowhere, so that the interpreter can flush at exit."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def complain(text: str, code: int) -> int:
    """Write to standard error and return the exit code."""
    with suppress(OSError, AttributeError):  # standard error may be closed, too
        sys.stderr.write(text)
    return code


def finish(analysis: Analysis) -> None:
    """Refuse a network that misses what is published of it.

    Raises:
        SpecError: with every figure missed.
    """
    problems = Problems()
    for missed in analysis.missed:
        problems.add(Problem("expect/missed", missed.message, missed.span))
    problems.stop_if_any()
