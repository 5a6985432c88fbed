"""`cnnstat trace`: how one unit comes about, and what comes back to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from cnnstat.base.limits import MAX_SIZE
from cnnstat.cli import completion
from cnnstat.cli.files import FILE
from cnnstat.cli.options import (
    array_option,
    check_inputs,
    gathered,
    image_option,
    invert_option,
    max_memory_option,
    network_options,
    output_options,
    read_by,
)
from cnnstat.cli.output import Undone, coloured, put, width_of
from cnnstat.cli.values import index_of
from cnnstat.commands.trace.formats import FORMATS, render
from cnnstat.commands.trace.options import TraceOptions
from cnnstat.executor.choices import DTYPES, LOSS_NAMES

if TYPE_CHECKING:
    from cnnstat.cli.options import Chosen, Output


@click.command()
@network_options()
@gathered(
    "options",
    TraceOptions,
    click.option(
        "--at",
        metavar="LAYER",
        required=True,
        shell_complete=completion.nodes,
        help="The layer, or an input.",
    ),
    click.option(
        "--unit",
        metavar="C,Y,X",
        required=True,
        callback=read_by(index_of),
        help="Which unit of it, from 0 on.",
    ),
    click.option(
        "--sample",
        type=click.IntRange(0, MAX_SIZE),
        default=0,
        show_default=True,
        help="Of a batch, which one.",
    ),
    click.option(
        "--backward", is_flag=True, help="The way back, too: its delta, and the gradients of weights."
    ),
    click.option(
        "--weight",
        metavar="I,J,...",
        callback=read_by(index_of),
        help="For --backward: which weight's gradient.  [default: the first that the unit uses]",
    ),
    click.option("--batch", type=click.IntRange(1, MAX_SIZE), help="Samples.  [default: 1]"),
    click.option(
        "--seed", type=click.IntRange(0, 2**63), default=0, show_default=True, help="Draws what is not given."
    ),
    click.option(
        "--dtype", type=click.Choice(DTYPES), default="float64", show_default=True, help="Of all arrays."
    ),
    click.option("--training", is_flag=True, help="Dropout and batch norm as in training."),
    click.option(
        "--loss", type=click.Choice(LOSS_NAMES), help="To go back from.  [default: that of the last layer]"
    ),
    click.option(
        "--target", metavar="K", type=click.IntRange(0, MAX_SIZE), help="For --backward: the right class."
    ),
    max_memory_option,
    click.option("--weights", metavar="FILE", type=FILE, help="Read .npz, .safetensors or .onnx."),
    click.option(
        "--names", metavar="FILE", type=FILE, help="For --weights: a YAML map, our names to the file's."
    ),
    image_option,
    invert_option,
    array_option,
)
@output_options(FORMATS)
def trace(network: Chosen, options: TraceOptions, output: Output) -> None:
    """How one unit of SPEC comes about: what it read, its weights, the products and their sum.

    With --backward also what comes back to it: which deltas, through which weights, and the gradients.
    """
    # These need NumPy, which takes longer to start than the whole calculator: --help does without.
    from cnnstat.bridge.named_network import with_model  # noqa: PLC0415
    from cnnstat.bridge.program import REFUSALS  # noqa: PLC0415
    from cnnstat.commands.trace.unit_trace import trace_of  # noqa: PLC0415

    _check_options(options)
    try:
        if options.weights is None:
            graph, model = with_model(network, options.max_memory)
        else:
            graph, model = network.load(), None
        document = trace_of(graph, replace(options, model=model))
    except MemoryError:
        raise Undone("out of memory; a smaller --input or --batch needs less") from None
    except REFUSALS as refusal:
        raise Undone(str(refusal)) from None
    width, colour = width_of(output.output), coloured(output.output)
    put(render(document, output.form, width=width, colour=colour), output.output)


def _check_options(options: TraceOptions) -> None:
    """Refuse options that contradict each other or would do nothing.

    Raises:
        UsageError: some do.
    """
    if not options.backward and (options.loss or options.target is not None or options.weight is not None):
        raise click.UsageError("--loss, --target and --weight need --backward")
    if options.weights is None and options.names:
        raise click.UsageError("--names needs --weights")
    check_inputs(options.image, options.array, options.batch, invert=options.invert)
