"""Command lines, drawn from the commands' own options, and how the program has to end under any of them.

A new command or option is drawn without a line here.
"""

from __future__ import annotations

import gc
import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from unittest import mock

import click
from hypothesis import strategies as st

from cnnstat.cli import main
from cnnstat.cli.program import COMMANDS, cli
from tests.fuzz import words
from tests.fuzz.findings import Finding

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

ALWAYS = {"max_memory": "16M", "elements": "2"}
"""Options that keep a run short, given wherever there are any."""


@dataclass(frozen=True)
class Ended:
    """How the program ended, and what it put out."""

    code: int
    out: str
    err: str


@cache
def parameters(command: str) -> tuple[click.Parameter, ...]:
    """Return what a command takes."""
    found = cli.get_command(click.Context(cli), command)
    assert found is not None
    return tuple(found.params)


_GIVEN = st.sampled_from((False,) * 9 + (True,))
_TEXTS = st.sampled_from(words.OPTIONS)
_SPECS = st.sampled_from(("-", "-", "-", "lenet5", "resnet20", "nothing.yaml"))


@cache
def _values(kind: Any) -> SearchStrategy[str]:
    if isinstance(kind, click.Choice):
        return st.sampled_from(tuple(map(str, kind.choices)))
    if isinstance(kind, click.IntRange):
        least, most = int(kind.min or 0), int(kind.max or 10)
        return st.sampled_from([str(number) for number in (least, least + 1, 2, 7, most, most + 1, -1)])
    return _TEXTS


@st.composite
def command_lines(draw: DrawFn) -> tuple[str, ...]:
    """Draw a command with some of its options; the spec comes from standard input."""
    command = draw(st.sampled_from([name for name in COMMANDS if _reads(name)]))
    line = [command]
    arguments = [parameter for parameter in parameters(command) if isinstance(parameter, click.Argument)]
    for number, argument in enumerate(arguments):
        if number == 0:
            line.append("-")
        elif argument.required or draw(_GIVEN):
            line.append(draw(_SPECS if argument.nargs == 1 else _TEXTS))
    for parameter in parameters(command):
        if isinstance(parameter, click.Option):
            line += _option(draw, parameter)
    return tuple(line)


def _reads(command: str) -> bool:
    return any(isinstance(parameter, click.Argument) for parameter in parameters(command))


def _option(draw: DrawFn, option: click.Option) -> list[str]:
    if option.name in ALWAYS:
        return [option.opts[-1], ALWAYS[option.name]] if option.name == "max_memory" or draw(_GIVEN) else []
    # Files are what another fuzzer is about.
    if isinstance(option.type, click.Path) or not draw(_GIVEN):
        return []
    return [option.opts[-1]] if option.is_flag else [option.opts[-1], draw(_values(option.type))]


class _Input:
    """Standard input that holds some bytes."""

    def __init__(self, content: bytes) -> None:
        self.buffer = io.BytesIO(content)


def ended(arguments: tuple[str, ...], content: bytes) -> Ended:
    """Run the program in this process, by its main path; what it raises is raised."""
    out, err = io.StringIO(), io.StringIO()
    code: Any = None
    with (
        mock.patch.object(sys, "argv", ["cnnstat", *arguments]),
        mock.patch.object(sys, "stdin", _Input(content)),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as ending:
            code = ending.code
        finally:
            gc.enable()  # which `main` leaves to the end of the process
    return Ended(code, out.getvalue(), err.getvalue())


def check_ending(arguments: tuple[str, ...], end: Ended) -> None:
    """Hold an ending against what every ending is.

    Raises:
        Finding: another exit code, no word about it, raw control characters, or a document that is none.
    """
    if end.code not in (0, 1, 2):
        raise Finding(f"{arguments[0]} ends with exit code {end.code!r}")
    if not (end.out or end.err):
        raise Finding(f"{arguments[0]} ends with exit code {end.code} and says nothing")
    if end.code == 2 and not end.err:
        raise Finding(f"{arguments[0]} ends with exit code 2 and no message")
    for name, text in (("standard output", end.out), ("standard error", end.err)):
        if not text.replace("\n", "").isprintable():
            raw = sorted({char for char in text if not char.isprintable() and char != "\n"})
            raise Finding(f"{arguments[0]} puts control characters out on {name}", f"{raw!a}")
    if "::" in end.err or "##" in end.err:
        raise Finding(f"{arguments[0]} lets a message speak to a CI log")
    if end.out and "json" in arguments and arguments[arguments.index("json") - 1] == "--format":
        try:
            json.loads(end.out)
        except ValueError as error:
            raise Finding(f"{arguments[0]} puts out JSON that is none", str(error)) from None
