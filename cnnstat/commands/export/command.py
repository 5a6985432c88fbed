"""`cnnstat export`: a network as a file of another tool."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from click.core import ParameterSource
from msgspec import structs

from cnnstat.base.files import FileError, check_writable
from cnnstat.cli.files import FILE
from cnnstat.cli.options import PAGES, gathered, max_memory_option, network_options
from cnnstat.cli.output import Undone, place_of, same_file, show
from cnnstat.commands.export.options import FILES, SOURCES, ExportOptions
from cnnstat.executor.choices import DTYPES
from cnnstat.importers import is_model

if TYPE_CHECKING:
    from cnnstat.cli.options import Chosen

TARGETS = ("onnx", "pytorch", "keras", "npz", "safetensors")
"""Those of `targets.py`, which needs NumPy."""
ALONE = ("npz", "safetensors")
"""Those that hold numbers and nothing else."""


@click.command()
@network_options()
@gathered(
    "options",
    ExportOptions,
    click.option(
        "--to",
        type=click.Choice(TARGETS),
        callback=lambda _context, _param, value: value or "",
        help="What to export to.  [default: by the suffix of FILE: .onnx, .npz, .safetensors]",
    ),
    click.option(
        "-o", "--output", "file", metavar="FILE", type=FILE, required=True, help="The file to write."
    ),
    click.option("--weights", metavar="FILE", type=FILE, help="Read .npz, .safetensors or .onnx."),
    click.option(
        "--names", metavar="FILE", type=FILE, help="For --weights: a YAML map, our names to the file's."
    ),
    click.option(
        "--like",
        metavar="FILE",
        type=FILE,
        help="For npz and safetensors: take names, order and shapes of this file.",
    ),
    click.option(
        "--seed", type=click.IntRange(0, 2**63), default=0, show_default=True, help="Draws every weight."
    ),
    click.option("--no-weights", is_flag=True, help="Shapes alone: a small file to look at."),
    click.option(
        "--dtype", type=click.Choice(DTYPES), default="float32", show_default=True, help="Of all numbers."
    ),
    max_memory_option,
)
@click.option("--format", "form", type=click.Choice(PAGES), default="table", show_default=True)
def export(network: Chosen, options: ExportOptions, form: str) -> None:
    """Write SPEC as a file of another tool, or its weights alone, drawn from a seed or read from a file."""
    # These need NumPy, which takes longer to start than the whole calculator: --help does without.
    from cnnstat.bridge.named_network import with_model  # noqa: PLC0415
    from cnnstat.bridge.refusals import RefusedError  # noqa: PLC0415
    from cnnstat.cli.options import Output  # noqa: PLC0415
    from cnnstat.commands.export.document import document  # noqa: PLC0415
    from cnnstat.commands.export.exported import exported, write  # noqa: PLC0415
    from cnnstat.commands.export.network import network_of  # noqa: PLC0415
    from cnnstat.commands.export.report import report  # noqa: PLC0415
    from cnnstat.exporters.refusals import NoExportError  # noqa: PLC0415

    options = _settled(network, options)
    try:
        check_writable(options.file)
        if is_model(network.spec) and _own_weights(options, options.to):
            graph, model = with_model(network, options.max_memory)
        else:
            graph, model = network_of(network, options.to), None
        options = structs.replace(options, model=model)
        analysis, made = exported(graph, options)
        write(made, options.file)
    except MemoryError:
        raise Undone("out of memory; --no-weights needs little") from None
    except (NoExportError, RefusedError, FileError) as refusal:
        raise Undone(str(refusal)) from None
    found = document(analysis, made, options)
    show(found, lambda: report(found), Output(form, None))


def _settled(network: Chosen, options: ExportOptions) -> ExportOptions:
    """Return the options with what others say: the target by the file, the weights of a model by itself.

    Raises:
        UsageError: options contradict each other, or a file that is read would be written over.
    """
    suffix = options.file.suffix.lower()
    to = options.to or FILES.get(suffix)
    if to is None:
        raise click.UsageError(
            f"{options.file} does not say what it is to be: give --to ({', '.join(TARGETS)})"
        )
    if to in ALONE and suffix != f".{to}":
        raise click.UsageError(f"a file of --to {to} ends in .{to}: it is read by its suffix")
    seeded = click.get_current_context().get_parameter_source("seed") is ParameterSource.COMMANDLINE
    given = {"--weights": options.weights is not None, "--seed": seeded, "--no-weights": options.no_weights}
    named = [name for name, is_given in given.items() if is_given]
    if len(named) > 1:
        raise click.UsageError(f"{' and '.join(named)} exclude each other")
    if named and to in SOURCES:
        raise click.UsageError(f"{named[0]} does not go with {to}: source code holds no weights")
    if to in ALONE and options.no_weights:
        raise click.UsageError(f"--no-weights does not go with {to}: it holds nothing else")
    if options.like is not None and to not in ALONE:
        raise click.UsageError(f"--like is for {' and '.join(ALONE)}; {to} has names of its own")
    if options.names is not None and options.weights is None:
        raise click.UsageError("--names needs --weights")
    given_files = filter(None, (options.weights, options.names, options.like))
    if any(same_file(each, options.file) for each in (place_of(network.spec), *given_files)):
        raise click.UsageError(f"{options.file} is read; write to another file")
    return structs.replace(options, to=to)


def _own_weights(options: ExportOptions, to: str) -> bool:
    """Say whether a model's own weights are exported: source code holds none, and others may be asked for."""
    seeded = click.get_current_context().get_parameter_source("seed") is ParameterSource.COMMANDLINE
    return not (seeded or options.no_weights or options.weights is not None or to in SOURCES)
