"""Options that commands share, and the values that commands get of them."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource
from msgspec import Struct
from msgspec.structs import replace

from cnnstat.analysis.settings import OPTIMIZER_STATE, Settings
from cnnstat.base.dtypes import BYTES, DTYPE
from cnnstat.base.errors import ArgumentError
from cnnstat.base.limits import MAX_SIZE
from cnnstat.cli import completion
from cnnstat.cli.files import GIVEN, File
from cnnstat.cli.output import check_output
from cnnstat.cli.values import bytes_of, columns_of, file_of, inputs_of, params_of
from cnnstat.graph.load import load_written
from cnnstat.report.columns import CHOICES
from cnnstat.report.render import FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from cnnstat.base.arguments import Given, Inputs
    from cnnstat.graph.model import Graph

    Command = TypeVar("Command", bound=Callable[..., Any])


class Chosen(Struct, frozen=True):
    """A network as a command line names it: SPEC, parameters in place of its own, and another input."""

    spec: str
    params: dict[str, object]
    input_shape: Inputs | None

    def load(self) -> Graph:
        """Read it; where it names code (`torch:...`), that is run.

        Raises:
            SpecError: the spec is wrong.
        """
        return load_written(self.spec, params=self.params, input_shape=self.input_shape)


class Output(Struct, frozen=True):
    """In which format a report is put out, and to which file (None: standard output)."""

    form: str
    output: Path | None


def read_by(read: Callable[[Any], Any]) -> Callable[[click.Context, click.Parameter, Any], Any]:
    """Return the callback of an option that a function reads; what it refuses names the option."""

    def callback(context: click.Context, parameter: click.Parameter, value: Any) -> Any:
        try:
            return None if value is None else read(value)
        except ArgumentError as error:
            raise click.BadParameter(str(error)) from None

    return callback


def network_options(default: str | None = None) -> Callable[[Command], Command]:
    """Add SPEC and what changes it; the command gets them as ``network``, a `Chosen`."""
    optional: dict[str, Any] = {"default": default} if default else {}
    spec = click.argument("spec", shell_complete=completion.specs, **optional)
    return gathered("network", Chosen, spec, set_option, input_option)


set_option = click.option(
    "--set",
    "params",
    metavar="NAME=VALUE",
    multiple=True,
    callback=read_by(params_of),
    shell_complete=completion.params,
    help="Replace a parameter of the network: width=1.4. May be repeated.",
)
input_option = click.option(
    "--input",
    "input_shape",
    metavar="[NAME=]CxHxW",
    multiple=True,
    callback=read_by(inputs_of),
    help="Input in place of the spec's: 3x299x299; of several, left=3x64x64.",
)
max_memory_option = click.option(
    "--max-memory",
    metavar="SIZE",
    callback=read_by(bytes_of),
    help="Refuse to start above it: 8G.  [default: what is free]",
)
image_option = click.option(
    "--image",
    metavar="[NAME=]FILE",
    multiple=True,
    type=GIVEN,
    help="Run on a PNG or JPEG, resized and normalised.",
)
invert_option = click.option("--invert", is_flag=True, help="For --image: dark ink on white paper.")
array_option = click.option(
    "--array",
    metavar="[NAME=]FILE",
    multiple=True,
    type=GIVEN,
    help="Run on a .npy with one sample or a batch; of several inputs, left=FILE.",
)


def check_inputs(
    image: tuple[Given, ...], array: tuple[Given, ...], batch: int | None, *, invert: bool
) -> None:
    """Refuse inputs that contradict each other, and what goes with none of them.

    Raises:
        UsageError: some do.
    """
    names = [each.name for each in (*image, *array)]
    if len(set(names)) < len(names):
        message = "for one input, --image and --array exclude each other; of several, write NAME=FILE"
        raise click.UsageError(message)
    if invert and not image:
        raise click.UsageError("--invert needs --image")
    if batch is not None and names:
        raise click.UsageError("--batch needs a drawn input: --image and --array bring their own batch")


depth_option = click.option("--depth", type=click.IntRange(1, 30), help="Fold blocks below this many levels.")


def settings_options(*memory: str) -> Callable[[Command], Command]:
    """Add --strict and those of batch, dtype and optimizer that are named; the command gets `Settings`."""
    figures = "memory figures are" if "optimizer" in memory else "inference memory is"
    purpose = f"What the {figures} for."
    options = {
        "batch": click.option(
            "--batch", type=click.IntRange(1, MAX_SIZE), default=1, show_default=True, help=purpose
        ),
        "dtype": click.option(
            "--dtype",
            type=click.Choice(list(BYTES)),
            callback=lambda context, option, value: value or "",
            help=f"{purpose}  [default: the spec's, else {DTYPE}]",
        ),
        "optimizer": click.option(
            "--optimizer",
            type=click.Choice(list(OPTIMIZER_STATE)),
            default="momentum",
            show_default=True,
            help="What the training memory is for.",
        ),
    }
    fields_of = click.option(
        "--fields-of", metavar="NAME", help="Of several inputs, the one that receptive fields are on."
    )
    strict = click.option(
        "--strict", is_flag=True, help="Refuse sizes that are not whole instead of rounding."
    )
    return gathered("settings", Settings, strict, fields_of, *(options[name] for name in memory))


def output_options(formats: Sequence[str] = FORMATS, default: str = "table") -> Callable[[Command], Command]:
    """Add the format and the file of a report; the command gets them as ``output``, an `Output`.

    What cannot be written is refused before the command begins.
    """
    form = click.option("--format", "form", type=click.Choice(formats), default=default, show_default=True)
    file = click.option(
        "-o",
        "--output",
        metavar="FILE",
        type=File(dir_okay=False, allow_dash=True),
        callback=read_by(file_of),
        help="Write to a file; - is standard output.",
    )

    def added(command: Command) -> Command:
        @wraps(command)
        def checking(output: Output, **values: Any) -> Any:
            check_output(output.output)
            return command(output=_by_suffix(output, formats), **values)

        return gathered("output", Output, form, file)(checking)  # type: ignore[return-value]

    return added


_SUFFIXES = {".csv": "csv", ".json": "json", ".jsonl": "jsonl", ".md": "markdown", ".parquet": "parquet"}


def _by_suffix(output: Output, formats: Sequence[str]) -> Output:
    """Return the format that a file's name asks for, where none was named and there is such a one."""
    form = _SUFFIXES.get(output.output.suffix.lower()) if output.output is not None else None
    named = click.get_current_context().get_parameter_source("form") is not ParameterSource.DEFAULT
    return output if named or form not in formats else replace(output, form=form)


PAGES = tuple(form for form in FORMATS if form != "csv")
"""The formats of a page: CSV has no place for words."""


def columns_option(chosen: Sequence[str]) -> Callable[[Command], Command]:
    """Return the option that chooses columns; ``chosen`` are those without it."""
    return click.option(
        "--columns",
        metavar="A,B,...",
        callback=read_by(columns_of),
        default=",".join(chosen),
        help=f"Any of {', '.join(CHOICES)}.",
    )


def gathered(
    name: str, kind: type[Struct], *options: Callable[[Command], Command]
) -> Callable[[Command], Command]:
    """Return what adds options to a command, which gets those that are fields of ``kind`` as one value."""

    def added(command: Command) -> Command:
        @wraps(command)
        def gathering(**values: Any) -> Any:
            fields = {field: values.pop(field) for field in kind.__struct_fields__ if field in values}
            return command(**{name: kind(**fields)}, **values)

        wrapped: Any = gathering
        for option in reversed(options):
            wrapped = option(wrapped)
        return wrapped  # type: ignore[no-any-return]

    return added
