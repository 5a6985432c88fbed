"""The command that does: `run`. What it does stands in `proving`, which NumPy comes with."""

from __future__ import annotations

import gc
import re
from typing import TYPE_CHECKING, Any

import click

from cnnstat.base.limits import MAX_SIZE
from cnnstat.base.text import plain
from cnnstat.cli.options import FILE, depth_option, input_option, output_options, set_option

if TYPE_CHECKING:
    from pathlib import Path

LOSSES = ("cross_entropy", "negative_log_likelihood", "nll_of_logarithms", "mse", "rbf", "projection")
"""Written again, as the done hall comes with NumPy; a test holds both lists together."""
_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


def _bytes(context: click.Context, parameter: click.Parameter, value: str | None) -> int | None:
    """Read 8G, 500MiB or a number of bytes."""
    if value is None:
        return None
    found = re.fullmatch(r"([0-9]{1,15})\s*([KMGT]?)(iB|B)?", value.strip(), re.IGNORECASE)
    if found is None:
        raise click.BadParameter(f"expected bytes such as 8G or 500M, got '{plain(value)}'")
    return int(found[1]) * _UNITS[found[2].upper()]


@click.command()
@click.argument("spec", default="lenet5")
@set_option
@input_option
@click.option("--batch", type=click.IntRange(1, MAX_SIZE), help="Samples.  [default: 1]")
@click.option(
    "--seed", type=click.IntRange(0, 2**63), default=0, show_default=True, help="Draws every number."
)
@click.option("--dtype", type=click.Choice(["float32", "float64"]), help="Of all arrays.  [default: float32]")
@click.option("--training", is_flag=True, help="Dropout and batch norm as in training.")
@click.option("--loss", type=click.Choice(LOSSES), help="To go back from.  [default: that of the last layer]")
@click.option("--check-grad", is_flag=True, help="Check every gradient, in float64.")
@click.option(
    "--method",
    type=click.Choice(["complex", "central"]),
    help="For --check-grad: complex step or central difference.  [default: complex]",
)
@click.option(
    "--elements",
    metavar="N",
    type=click.IntRange(0, MAX_SIZE),
    default=0,
    help="For --check-grad: check N single elements of each tensor, too.",
)
@click.option(
    "--max-memory",
    metavar="SIZE",
    callback=_bytes,
    help="Refuse to start above it: 8G.  [default: what is free]",
)
@click.option("--weights", metavar="FILE", type=FILE, help="Read .npz or .safetensors.")
@click.option("--save", metavar="FILE", type=FILE, help="Write the weights to .npz or .safetensors.")
@click.option("--image", metavar="FILE", type=FILE, help="Run on a PNG or JPEG, resized and normalised.")
@click.option("--invert", is_flag=True, help="For --image: dark ink on white paper.")
@click.option("--array", metavar="FILE", type=FILE, help="Run on a .npy with one sample or a batch.")
@click.option("--activations", metavar="FILE", type=FILE, help="Write each layer's output to an .npz.")
@click.option("--top", metavar="K", type=click.IntRange(1, 1000), help="Show the K likeliest classes.")
@depth_option
@output_options
def run(form: str, output: Path | None, depth: int | None, **asked: Any) -> None:
    """Run SPEC forward and backward: each figure told beside the figure measured.

    Without SPEC it is lenet5.
    """
    from cnnstat.commands.run import proof as proving  # noqa: PLC0415 - NumPy takes longer to start than all the telling

    gc.enable()  # what runs for minutes has something to collect
    proving.run(proving.Asked(**asked), form, output, depth)
