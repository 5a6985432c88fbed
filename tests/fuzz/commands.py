"""Command lines, drawn from the commands' own options, and how the program has to end under any of them.

A new command or option is drawn without a line here.
"""

from __future__ import annotations

import io
import json
import os
import re
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from unittest import mock

import click
import jsonschema
import xmlschema
from hypothesis import strategies as st

from cnnstat.cli import main
from cnnstat.cli.group import COMMANDS, cli
from cnnstat.page.assets import assets
from tests.commands.check.formats.readers import READERS
from tests.fuzz import words
from tests.fuzz.findings import Finding

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

    from tests.commands.check.formats.readers import Said

ALWAYS = {"max_memory": "16M", "elements": "2", "jobs": "1"}
"""What some options are always given, for a run has to stay short, and in this process."""


@dataclass(frozen=True)
class Ended:
    """How the program ended, and what it put out."""

    code: int
    out: str
    err: str


ENDLESS = ("serve",)
"""Commands that go on until they are stopped; requests to them are drawn in tests/commands/serve."""


@cache
def parameters(command: str) -> tuple[click.Parameter, ...]:
    """Return what a command takes."""
    found = cli.get_command(click.Context(cli), command)
    assert found is not None
    return tuple(found.params)


_FEW, _MANY = (st.sampled_from((False,) * times + (True,)) for times in (14, 4))
_NEARLY_ALWAYS = st.sampled_from((True,) * 39 + (False,))
_OTHER = st.sampled_from(("lenet5", "resnet20", "squeezenet1.0", "waveform-m3", "-", "nothing.yaml"))
_MOSTLY = st.sampled_from((True,) * 5 + (False,))
_WORD = re.compile(r"[\w.-]+")
_MEANT = {
    "LAYER": re.compile(r"name: ([\w-]+)"),
    "NAME=VALUE": re.compile(r"\$([A-Za-z]\w*)"),
}
"""Where a spec has the words that some options are meant for, by what stands for them in the help."""


@cache
def _values(kind: Any) -> SearchStrategy[str]:
    """Return values of an option by its declared type, those just beyond its bounds too."""
    if isinstance(kind, click.Choice):
        return st.sampled_from(tuple(map(str, kind.choices)))
    if isinstance(kind, click.IntRange):
        least, most = int(kind.min or 0), int(kind.max or 10)
        return st.sampled_from([str(number) for number in (least, least + 1, 2, 2, 3, 7, most, most + 1, -1)])
    return st.sampled_from(words.OPTIONS)  # of a kind that is new


@st.composite
def command_lines(draw: DrawFn, spec: str) -> tuple[str, ...]:
    """Draw a command with some of its options, for a spec that comes from standard input."""
    readers = [name for name in COMMANDS if _reads(name) and name not in ENDLESS]
    command = draw(st.sampled_from((*readers, "check", "check", "check")))  # it has most formats
    given = draw(st.sampled_from((_FEW, _FEW, _MANY)))

    def text(metavar: str | None) -> str:
        """Draw what an option or argument is meant for, or any text."""
        own = _MEANT.get(metavar or "", _WORD).findall(spec) or ["a"]
        if metavar in words.BY_METAVAR and draw(_MOSTLY):
            return draw(st.sampled_from(words.BY_METAVAR[metavar]))
        if not draw(_MOSTLY):
            return draw(st.sampled_from(words.OPTIONS))
        word: str = own[draw(st.integers(0, len(own) - 1))]
        return word + draw(st.sampled_from(words.ASSIGNED)) if metavar == "NAME=VALUE" else word

    line = [command]
    for number, argument in enumerate(_arguments(command)):
        if number == 0:
            line.append("-" if draw(_NEARLY_ALWAYS) else draw(st.sampled_from(words.OPTIONS)))
        elif isinstance(argument.type, click.Choice):
            line.append(draw(_values(argument.type)))
        elif argument.required or draw(given):
            line.append(draw(_OTHER) if argument.nargs == 1 else text("LAYER"))
    for option in parameters(command):
        if not isinstance(option, click.Option):
            continue
        if isinstance(option.type, click.Path):  # files are what another fuzzer is about
            line += [option.opts[-1], "-"] if option.required else []
            continue
        needed = option.required and draw(_NEARLY_ALWAYS)
        if option.name == "max_memory" or needed or draw(given):
            value = text(option.metavar) if option.type is click.STRING else draw(_values(option.type))
            line += [option.opts[-1], *(() if option.is_flag else (ALWAYS.get(str(option.name), value),))]
    return tuple(line)


def _arguments(command: str) -> list[click.Argument]:
    return [parameter for parameter in parameters(command) if isinstance(parameter, click.Argument)]


def _reads(command: str) -> bool:
    return bool(_arguments(command))


class _Input:
    """Standard input that holds some bytes."""

    def __init__(self, content: bytes) -> None:
        self.buffer = io.BytesIO(content)


class _Output(io.TextIOWrapper):
    """Standard output that keeps what is written, text or bytes."""

    def __init__(self) -> None:
        self._kept = io.BytesIO()
        super().__init__(self._kept, "utf-8", newline="", write_through=True)

    @property
    def text(self) -> str:
        self.flush()
        return self._kept.getvalue().decode()


def ended(arguments: tuple[str, ...], content: bytes) -> Ended:
    """Run the program in this process, by its main path; what it raises is raised."""
    out, err = _Output(), _Output()
    code: Any = None
    environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"}  # xdist sets it
    with (
        mock.patch.dict(os.environ, environment, clear=True),
        mock.patch.object(sys, "argv", ["cnnstat", *arguments]),
        mock.patch.object(sys, "stdin", _Input(content)),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as ending:
            code = ending.code
    return Ended(code, out.text, err.text)


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
    if arguments[0] == "check" and end.code != 2:
        report_of(arguments, end)
        if changes_spec(arguments):  # standard output has the spec, and standard error the report
            return
    page = assets("report")
    out = end.out.replace(page.script, "").replace(page.style, "")  # these are the same, whatever is asked
    for name, text in (("standard output", out), ("standard error", end.err)):
        if not text.replace("\n", "").isprintable():
            raw = sorted({char for char in text if not char.isprintable() and char != "\n"})
            raise Finding(f"{arguments[0]} puts control characters out on {name}", f"{raw!a}")
    if "::" in end.err or "##" in end.err:
        raise Finding(f"{arguments[0]} lets a message speak to a CI log")
    if end.out and format_of(arguments) == "json":
        try:
            json.loads(end.out)
        except ValueError as error:
            raise Finding(f"{arguments[0]} puts out JSON that is none", str(error)) from None


def format_of(arguments: tuple[str, ...]) -> str | None:
    """Return the format that a command line asks for."""
    given = [value for option, value in pairwise(arguments) if option == "--format"]
    return given[-1] if given else None


def changes_spec(arguments: tuple[str, ...]) -> bool:
    """Say whether a check changes the spec, which it prints where that is standard input."""
    return arguments[1] == "-" and not {"--fix", "--write-expect"}.isdisjoint(arguments)


def report_of(arguments: tuple[str, ...], end: Ended) -> list[Said]:
    """Read what `check` puts out as its reader does; return what it has found.

    Raises:
        Finding: the reader cannot read it, or finds what is more than text.
    """
    form = format_of(arguments) or "text"
    text = end.err if changes_spec(arguments) else end.out
    try:
        found = READERS[form](text)
    except (AssertionError, ValueError, jsonschema.ValidationError, xmlschema.XMLSchemaException) as error:
        raise Finding(f"check puts out {form} that is none", str(error)[:2000]) from None
    if (end.code == 1) != bool(found):
        raise Finding(f"check ends with exit code {end.code} and {len(found)} findings in {form}")
    return found
