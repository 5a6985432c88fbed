"""`cnnstat export`: a network as a file of another tool."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from cnnstat.base.files import FileError, check_writable
from cnnstat.cli.options import FILE, PAGES, gathered, max_memory_option, network_options
from cnnstat.cli.output import Undone, place_of, same_file, show
from cnnstat.commands.export.options import ExportOptions
from cnnstat.executor.choices import DTYPES

if TYPE_CHECKING:
    from cnnstat.cli.options import Chosen

TARGETS = ("onnx", "pytorch")
"""Those of `targets.py`, which needs NumPy."""


@click.command()
@network_options()
@gathered(
    "options",
    ExportOptions,
    click.option("--to", type=click.Choice(TARGETS), required=True, help="What to export to."),
    click.option(
        "-o", "--output", "file", metavar="FILE", type=FILE, required=True, help="The file to write."
    ),
    click.option("--weights", metavar="FILE", type=FILE, help="Read .npz or .safetensors."),
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
    """Write SPEC as a file of another tool, with weights drawn from a seed or read from a file."""
    # These need NumPy, which takes longer to start than the whole calculator: --help does without.
    from cnnstat.cli.options import Output  # noqa: PLC0415
    from cnnstat.commands.export.document import document  # noqa: PLC0415
    from cnnstat.commands.export.exported import exported, write  # noqa: PLC0415
    from cnnstat.commands.export.report import report  # noqa: PLC0415
    from cnnstat.commands.run.refusals import RefusedError  # noqa: PLC0415
    from cnnstat.exporters.refusals import NoExportError  # noqa: PLC0415

    _check_options(network, options)
    try:
        check_writable(options.file)
        analysis, made = exported(network.load(), options)
        write(made, options.file)
    except MemoryError:
        raise Undone("out of memory; --no-weights needs little") from None
    except (NoExportError, RefusedError, FileError) as refusal:
        raise Undone(str(refusal)) from None
    found = document(analysis, made, options)
    show(found, lambda: report(found), Output(form, None))


def _check_options(network: Chosen, options: ExportOptions) -> None:
    """Refuse options that contradict each other, and to write over what is read.

    Raises:
        UsageError: they do.
    """
    seeded = click.get_current_context().get_parameter_source("seed") is ParameterSource.COMMANDLINE
    given = {"--weights": options.weights is not None, "--seed": seeded, "--no-weights": options.no_weights}
    named = [name for name, is_given in given.items() if is_given]
    if len(named) > 1:
        raise click.UsageError(f"{' and '.join(named)} exclude each other")
    if named and options.to == "pytorch":
        raise click.UsageError(f"{named[0]} does not go with pytorch: source code holds no weights")
    read = [place_of(network.spec), *filter(None, [options.weights])]
    if any(same_file(each, options.file) for each in read):
        raise click.UsageError(f"{options.file} is read; write to another file")
