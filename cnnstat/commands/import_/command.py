"""`cnnstat import`: the spec of a model of another tool."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cnnstat.cli import completion
from cnnstat.cli.files import FILE
from cnnstat.cli.options import input_option, set_option
from cnnstat.cli.output import check_output, complain, put
from cnnstat.commands.import_.imported import imported
from cnnstat.importers import is_model

if TYPE_CHECKING:
    from pathlib import Path

    from cnnstat.base.arguments import Inputs


@click.command("import")
@click.argument("spec", metavar="MODEL", shell_complete=completion.files)
@click.option(
    "-o", "--output", metavar="FILE", type=FILE, help="Write to a file; without it to standard output."
)
@set_option
@input_option
@click.option("--flat", is_flag=True, help="A block for each module, nothing folded.")
@click.option("--name", metavar="TEXT", help="Name of the network.  [default: that of the model]")
def import_model(
    spec: str,
    output: Path | None,
    params: dict[str, object],
    input_shape: Inputs | None,
    flat: bool,
    name: str | None,
) -> None:
    """Write the spec of MODEL: equal modules as blocks, rows of them as repeats.

    MODEL is an .onnx file, or torch:package.module:callable or torch:file.py:callable, whose code is run. The
    spec has the model's layers, names and wiring. What was not understood is said on standard error.
    """
    if not is_model(spec):
        raise click.UsageError(f"'{spec}' is no model; an .onnx file or 'torch:...' is expected")
    check_output(output)
    found = imported(spec, params, input_shape, name=name, flat=flat)
    put(found.text, output)
    if found.said:
        complain("".join(f"{line}\n" for line in found.said), 0)
