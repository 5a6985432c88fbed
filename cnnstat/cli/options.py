"""Options that commands share, and the reading of their values."""

from __future__ import annotations

import os
import re
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource
from msgspec import Struct
from msgspec.structs import replace

from cnnstat.analysis.settings import OPTIMIZER_STATE, Settings
from cnnstat.base.arguments import Given
from cnnstat.base.axes import RANKS
from cnnstat.base.dtypes import BYTES, DTYPE
from cnnstat.base.errors import ArgumentError
from cnnstat.base.limits import MAX_SIZE, is_size
from cnnstat.base.text import suggestion
from cnnstat.cli import completion
from cnnstat.cli.output import check_output
from cnnstat.graph.load import load_written
from cnnstat.report.columns import CHOICES
from cnnstat.report.render import FORMATS
from cnnstat.spec.given import read_value

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cnnstat.base.arguments import Inputs
    from cnnstat.graph.model import Graph

    Command = TypeVar("Command", bound=Callable[..., Any])


_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


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


_GIVEN = GivenFile(dir_okay=False, path_type=Path)


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


def _shape(text: str) -> tuple[int, ...]:
    """Read 3x224x224."""
    sizes = _sizes(text)
    if not 1 <= len(sizes) <= len(RANKS):
        raise ArgumentError(f"expected sizes such as 3x224x224, each from 1 to {MAX_SIZE:,}, got '{text}'")
    return sizes


def inputs_of(texts: tuple[str, ...]) -> Inputs | None:
    """Read 3x224x224, or NAME=3x224x224 for each of several inputs."""
    shapes: dict[str, tuple[int, ...]] = {}
    for text in texts:
        name, sign, sizes = text.rpartition("=")
        name = name.strip()
        if (not sign and len(texts) > 1) or name in shapes:
            raise ArgumentError(f"of several inputs each is given once, as NAME=CxHxW, got '{text}'")
        shapes[name] = _shape(sizes)
    return shapes.get("", shapes or None)


def _params(texts: tuple[str, ...]) -> dict[str, object]:
    """Read NAME=VALUE, as often as it is given."""
    params = {}
    for text in texts:
        name, sign, value = text.partition("=")
        name = name.strip()
        if not sign or not name:
            raise ArgumentError(f"expected NAME=VALUE, got '{text}'")
        if name in params:
            raise ArgumentError(f"'{name}' is given twice")
        try:
            params[name] = read_value(value)
        except ArgumentError as error:
            raise ArgumentError(f"{name}: {error}") from None
    return params


def _bytes(text: str) -> int:
    """Read 8G, 500MiB or a number of bytes."""
    found = re.fullmatch(r"([0-9]{1,15})\s*([KMGT]?)(iB|B)?", text.strip(), re.IGNORECASE)
    if found is None:
        raise ArgumentError(f"expected bytes such as 8G or 500M, got '{text}'")
    return int(found[1]) * _UNITS[found[2].upper()]


def _columns(text: str) -> tuple[str, ...]:
    """Read params,macs."""
    keys = tuple(part.strip() for part in text.split(","))
    for key in keys:
        if key not in CHOICES:
            from cnnstat.base.pages import meant  # noqa: PLC0415 - only an unknown word waits for the pages

            hint = meant(key, CHOICES) or suggestion(key, CHOICES) or f"; known: {', '.join(CHOICES)}"
            raise ArgumentError(f"unknown column '{key}'{hint}")
    return keys if "name" in keys else ("name", *keys)


def _file(name: str) -> Path | None:
    """Return the file of a report; none for standard output. A file called - is written ./-."""
    return None if name == "-" else Path(name)


def unit_of(text: str) -> tuple[int, ...]:
    """Read 3,5."""
    position = _numbers(text.split(","))
    if not 1 <= len(position) < len(RANKS):
        raise ArgumentError(f"expected a position such as 3,5, got '{text}'")
    return position


def index_of(text: str) -> tuple[int, ...]:
    """Read 0,3,5: a channel and its position, or a number of a tensor."""
    index = _numbers(text.split(","))
    if not 1 <= len(index) <= len(RANKS) + 1:
        raise ArgumentError(f"expected numbers such as 0,3,5, got '{text}'")
    return index


def size_of(text: str) -> tuple[int, ...]:
    """Read 128 or 128x256."""
    sizes = _sizes(text)
    if not 1 <= len(sizes) < len(RANKS):
        raise ArgumentError(f"expected a size such as 128 or 128x256, from 1 to {MAX_SIZE:,}, got '{text}'")
    return sizes


def _sizes(text: str) -> tuple[int, ...]:
    """Return sizes that are written 128x256; none where one of them is no size."""
    sizes = _numbers(text.lower().replace("×", "x").split("x"))
    return sizes if all(map(is_size, sizes)) else ()


def _numbers(parts: list[str]) -> tuple[int, ...]:
    """Return parts as numbers; none where one of them is no plain number."""
    parts = [part.strip() for part in parts]
    good = all(part.isascii() and part.isdigit() and len(part) < 9 for part in parts)
    return tuple(int(part) for part in parts) if good else ()


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
    callback=read_by(_params),
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
    callback=read_by(_bytes),
    help="Refuse to start above it: 8G.  [default: what is free]",
)
image_option = click.option(
    "--image",
    metavar="[NAME=]FILE",
    multiple=True,
    type=_GIVEN,
    help="Run on a PNG or JPEG, resized and normalised.",
)
invert_option = click.option("--invert", is_flag=True, help="For --image: dark ink on white paper.")
array_option = click.option(
    "--array",
    metavar="[NAME=]FILE",
    multiple=True,
    type=_GIVEN,
    help="Run on a .npy with one sample or a batch; of several inputs, left=FILE.",
)
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
        callback=read_by(_file),
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
        callback=read_by(_columns),
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
