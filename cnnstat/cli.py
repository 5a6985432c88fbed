"""The commands: arguments -> calls -> exit code (0 good, 1 a bad spec or a missed expectation, 2 usage)."""

from __future__ import annotations

import contextlib
import errno
import gc
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TextIO, TypeVar

import click

from cnnstat import __version__, api, bundled
from cnnstat.analysis.memory import BYTES, OPTIMIZER_STATE
from cnnstat.errors import Misfit, Problem, SpecError, plain, suggestion
from cnnstat.layers import LAYERS, manual
from cnnstat.limits import MAX_SIZE
from cnnstat.report import build
from cnnstat.report.columns import CHOICES, SUMMARY
from cnnstat.report.render import FORMATS, render
from cnnstat.report.schema import schema as spec_schema
from cnnstat.report.text import encodable
from cnnstat.synonyms import meant

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnstat.analysis import Analysis
    from cnnstat.report.model import Report

    Command = TypeVar("Command", bound=Callable[..., Any])


_DTYPES = click.Choice(list(BYTES))
_FOR_MEMORY = "What the memory figures are told for."

_Context = click.Context
_Parameter = click.Parameter


def _shape(context: _Context, parameter: _Parameter, value: str | None) -> tuple[int, ...] | None:
    """Read 3x224x224."""
    if value is None:
        return None
    sizes = _numbers(value.lower().replace("×", "x").split("x"))
    if not sizes or len(sizes) > 3 or not all(1 <= size <= MAX_SIZE for size in sizes):
        wanted = f"expected sizes such as 3x224x224, each from 1 to {MAX_SIZE:,}"
        raise click.BadParameter(f"{wanted}, got '{plain(value)}'")
    return sizes


def _columns(context: _Context, parameter: _Parameter, value: str) -> tuple[str, ...]:
    """Read params,macs."""
    keys = tuple(part.strip() for part in value.split(","))
    for key in keys:
        if key not in CHOICES:
            hint = suggestion(key, CHOICES) or f"; known: {', '.join(CHOICES)}"
            raise click.BadParameter(f"unknown column '{plain(key)}'{hint}")
    return keys if "name" in keys else ("name", *keys)


def _unit(context: _Context, parameter: _Parameter, value: str | None) -> tuple[int, ...] | None:
    """Read 3,5."""
    if value is None:
        return None
    position = _numbers(value.split(","))
    if not position or len(position) > 2:
        raise click.BadParameter(f"expected a position such as 3,5, got '{plain(value)}'")
    return position


def _numbers(parts: list[str]) -> tuple[int, ...]:
    """Return parts as numbers; none where one of them is no plain number."""
    parts = [part.strip() for part in parts]
    good = all(part.isascii() and part.isdigit() and len(part) < 9 for part in parts)
    return tuple(int(part) for part in parts) if good else ()


def _spec_options(command: Command) -> Command:
    options = (
        click.argument("spec"),
        click.option(
            "--input",
            "input_shape",
            metavar="CxHxW",
            callback=_shape,
            help="Input in place of the spec's: 3x299x299.",
        ),
        click.option("--strict", is_flag=True, help="Refuse sizes that are not whole instead of rounding."),
        click.option("--depth", type=click.IntRange(1, 30), help="Fold blocks below this many levels."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def _output_options(command: Command) -> Command:
    options = (
        click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True),
        click.option(
            "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to a file."
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="cnnstat")
def cli() -> None:
    """Exact figures of convolutional networks from a YAML spec.

    SPEC is a path, - for standard input, or the name of a bundled architecture (see: cnnstat list).
    """


@cli.command()
@_spec_options
@click.option("--batch", type=click.IntRange(1, MAX_SIZE), default=1, show_default=True, help=_FOR_MEMORY)
@click.option(
    "--dtype", type=click.Choice(list(BYTES)), default="float32", show_default=True, help=_FOR_MEMORY
)
@click.option(
    "--optimizer",
    type=click.Choice(list(OPTIMIZER_STATE)),
    default="momentum",
    show_default=True,
    help="What the training memory is told for.",
)
@click.option(
    "--columns",
    metavar="A,B,...",
    callback=_columns,
    default=",".join(SUMMARY),
    help=f"Any of {', '.join(CHOICES)}.",
)
@_output_options
def summary(
    spec: str, columns: tuple[str, ...], depth: int | None, form: str, output: Path | None, **how: Any
) -> None:
    """Shapes, parameters, multiply-adds, connections and memory, layer by layer."""
    analysis = api.analyze(spec, **how)
    _print(build.summary(analysis, columns, depth), form, output)
    _finish(analysis)


@cli.command()
@_spec_options
@_output_options
def flops(spec: str, depth: int | None, form: str, output: Path | None, **how: Any) -> None:
    """Multiply-adds and FLOPs per layer, block and type."""
    _print(build.flops(api.analyze(spec, **how), depth), form, output)


@cli.command()
@_spec_options
@click.option("--at", "layer", metavar="LAYER", help="With --unit: the layer whose unit is asked for.")
@click.option("--unit", metavar="Y,X", callback=_unit, help="Print what this unit of the layer sees.")
@_output_options
def rf(
    spec: str,
    layer: str | None,
    unit: tuple[int, ...] | None,
    depth: int | None,
    form: str,
    output: Path | None,
    **how: Any,
) -> None:
    """Receptive fields: size, stride and padding of every layer."""
    if (layer is None) != (unit is None):
        raise click.UsageError("--at LAYER and --unit Y,X go together")
    analysis = api.analyze(spec, **how)
    if layer is None or unit is None:
        _print(build.receptive(analysis, depth), form, output)
        return
    try:
        report = build.unit(analysis, layer, unit)
    except Misfit as misfit:
        raise click.UsageError(plain(misfit.message)) from None
    _print(report, form, output)


@cli.command("list")
@_output_options
def list_(form: str, output: Path | None) -> None:
    """The bundled architectures."""
    analyses = ((name, api.analyze(bundled.folder() / f"{name}.yaml")) for name in bundled.names())
    _print(build.listing(analyses), form, output)


@cli.command()
@click.argument("kind", metavar="[TYPE]", required=False)
def explain(kind: str | None) -> None:
    """The manual page of a layer TYPE; without TYPE, all types in a line each."""
    if kind is None:
        lines = [f"{name:22}{manual.first_line(layer)}" for name, layer in LAYERS.items()]
        _say("\n".join(lines) + "\n")
        return
    if kind not in LAYERS:
        hint = suggestion(meant(kind), LAYERS) or "; 'cnnstat explain' lists them"
        raise click.UsageError(f"unknown layer type '{plain(kind)}'{hint}")
    _say(manual.page(kind, LAYERS[kind]))


@cli.command()
def schema() -> None:
    """The JSON Schema of the spec language, for editors and CI."""
    _say(json.dumps(spec_schema(), indent=2) + "\n")


# -- output -----------------------------------------------------------------------------------------


def _print(report: Report, form: str, output: Path | None) -> None:
    terminal = output is None and _stdout().isatty()
    colour = terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    text = render(report, form, width=_width(terminal), colour=colour)
    if output is None:
        _say(text)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"cannot write {plain(str(output))}: {error.strerror}") from None


def _stdout() -> TextIO:
    """Return standard output; a parent may have closed it.

    Raises:
        OSError: it is closed.
    """
    if sys.stdout is None:
        raise OSError(errno.EBADF, "standard output is closed")
    return sys.stdout


def _say(text: str) -> None:
    stdout = _stdout()
    stdout.write(encodable(text, stdout.encoding or "utf-8"))


def _width(terminal: bool) -> int | None:
    """Return the terminal's width; none for a pipe or a file, unless COLUMNS says so."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isascii() and columns.isdigit() and 20 <= int(columns) <= 10_000:
        return int(columns)
    return max(20, os.get_terminal_size(sys.stdout.fileno()).columns or 80) if terminal else None


def _finish(analysis: Analysis) -> None:
    if analysis.missed:
        problems = [Problem("expect/missed", missed.message, missed.span) for missed in analysis.missed]
        raise SpecError(problems)


def main() -> NoReturn:
    """Run the program; every ending is an exit code, never a traceback."""
    gc.disable()  # a short process builds frozen values, which have no cycles to collect
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError):
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    sys.exit(_run())


def _run() -> int:
    try:
        # Not cli.main(): it answers Ctrl-C with an empty line.
        with cli.make_context("cnnstat", sys.argv[1:]) as context:
            cli.invoke(context)
        if sys.stdout is not None:
            sys.stdout.flush()
    except SpecError as error:
        with contextlib.suppress(OSError, AttributeError):
            sys.stdout.flush()
        return _complain(f"{error}\n", 1)
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        return 130
    except BrokenPipeError:
        # The reader has gone; leave nothing for the interpreter to flush at exit.
        _drop_output()
        return 0
    except OSError as error:
        _drop_output()
        return _complain(f"cannot write: {error.strerror}\n", 1)
    return 0


def _drop_output() -> None:
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _complain(text: str, code: int) -> int:
    with contextlib.suppress(OSError, AttributeError):  # standard error may be closed, too
        sys.stderr.write(text)
    return code
