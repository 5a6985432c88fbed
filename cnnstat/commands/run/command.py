"""`cnnstat run`: calculated figures beside measured ones."""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource
from msgspec.structs import replace

from cnnstat.base.limits import MAX_SIZE
from cnnstat.bridge.refusals import DisprovedError
from cnnstat.cli.files import FILE
from cnnstat.cli.machine_options import machine_options
from cnnstat.cli.options import (
    array_option,
    check_inputs,
    depth_option,
    gathered,
    image_option,
    invert_option,
    max_memory_option,
    network_options,
    output_options,
)
from cnnstat.cli.output import Undone, finish, place_of, same_file, show
from cnnstat.commands.run.options import RunOptions
from cnnstat.executor.choices import DTYPES, LOSS_NAMES, METHODS
from cnnstat.importers import is_model

if TYPE_CHECKING:
    from cnnstat.bridge.taken_weights import Model
    from cnnstat.cli.options import Chosen, Output
    from cnnstat.graph.model import Graph


ENGINES = ("onnxruntime", "torch")


def _dtype(context: click.Context, parameter: click.Parameter, value: str | None) -> str:
    """Settle the type of all arrays; --check-grad is eager, so it is known here."""
    return value or ("float64" if context.params["check_grad"] else "float32")


@click.command()
@network_options(default="lenet5")
@machine_options
@gathered(
    "options",
    RunOptions,
    click.option(
        "--batch", type=click.IntRange(1, MAX_SIZE), help="Samples.  [default: 1; layers are checked with 2]"
    ),
    click.option(
        "--seed", type=click.IntRange(0, 2**63), default=0, show_default=True, help="Draws every number."
    ),
    click.option(
        "--dtype", type=click.Choice(DTYPES), callback=_dtype, help="Of all arrays.  [default: float32]"
    ),
    click.option("--training", is_flag=True, help="Dropout and batch norm as in training."),
    click.option(
        "--loss", type=click.Choice(LOSS_NAMES), help="To go back from.  [default: that of the last layer]"
    ),
    click.option("--check-grad", is_flag=True, is_eager=True, help="Check every gradient, in float64."),
    click.option(
        "--method",
        type=click.Choice(METHODS),
        default=METHODS[0],
        help="For --check-grad: complex step or central difference.  [default: complex]",
    ),
    click.option(
        "--elements",
        metavar="N",
        type=click.IntRange(0, MAX_SIZE),
        default=0,
        help="For --check-grad: check N single elements of each tensor, too.",
    ),
    click.option(
        "--against", type=click.Choice(ENGINES), help="Compare every layer's output with another engine's."
    ),
    max_memory_option,
    click.option("--weights", metavar="FILE", type=FILE, help="Read .npz, .safetensors or .onnx."),
    click.option(
        "--names", metavar="FILE", type=FILE, help="For --weights: a YAML map, our names to the file's."
    ),
    click.option(
        "--explain-names", is_flag=True, help="For --weights: show which tensor is which, and do not run."
    ),
    click.option("--save", metavar="FILE", type=FILE, help="Write the weights to .npz or .safetensors."),
    image_option,
    invert_option,
    array_option,
    click.option("--activations", metavar="FILE", type=FILE, help="Write each layer's output to an .npz."),
    click.option("--time", is_flag=True, help="Measure how long each layer takes, beside a machine's least."),
    click.option("--top", metavar="K", type=click.IntRange(1, 1000), help="Show the K likeliest classes."),
)
@depth_option
@output_options()
def run(network: Chosen, options: RunOptions, depth: int | None, output: Output) -> None:
    """Run SPEC forward and backward: each calculated figure beside the measured one.

    Without SPEC it is lenet5.
    """
    spare_busy_processors()
    # These need NumPy, which takes longer to start than the whole calculator: --help does without.
    from cnnstat.bridge.named_network import with_model  # noqa: PLC0415
    from cnnstat.commands.run.document import document  # noqa: PLC0415
    from cnnstat.commands.run.proof import REFUSALS, prove  # noqa: PLC0415
    from cnnstat.commands.run.report import report  # noqa: PLC0415
    from cnnstat.commands.run.weights import names_document, names_report  # noqa: PLC0415
    from cnnstat.tensors import check_activations_file, check_weights_file  # noqa: PLC0415

    _check_options(options)
    gc.enable()  # what runs for minutes has something to collect
    try:
        if options.save is not None:
            check_weights_file(options.save)
        if options.activations is not None:
            check_activations_file(options.activations)
        _check_files(network, options, output)
        if options.explain_names and options.weights is not None:
            pairing = names_document(network.load(), options.weights, options)
            show(pairing, lambda: names_report(pairing), output)
            return
        graph: Graph
        model: Model | None
        if options.weights is None:
            graph, model = with_model(network, options.max_memory)
        else:
            graph, model = network.load(), network.spec if is_model(network.spec) else None
        proof = prove(graph, replace(options, model=model))
    except MemoryError:
        raise Undone("out of memory; a smaller --input or --batch needs less") from None
    except REFUSALS as refusal:
        raise Undone(str(refusal)) from None
    except DisprovedError as disproved:
        raise click.ClickException(str(disproved)) from None
    found = document(proof, options.top)
    show(found, lambda: report(found, proof, depth), output)
    if proof.interrupted:
        raise click.exceptions.Exit(130)
    if not proof.good:
        raise click.exceptions.Exit(1)
    finish(proof.verification.analysis)


def spare_busy_processors() -> None:
    """Let OpenBLAS, which NumPy will load, begin a thread for each idle processor only, unless told how many.

    The threads of a product wait for each other in a loop: where one of them waits for a processor, a small
    product takes ten times as long. OMP_DYNAMIC of GNU's OpenMP goes by the load, too.
    """
    if hasattr(os, "getloadavg"):  # not so on Windows
        busy = round(os.getloadavg()[0])
        if busy:
            os.environ.setdefault("OPENBLAS_NUM_THREADS", str(max(1, (os.cpu_count() or 1) - busy)))


def _check_files(network: Chosen, options: RunOptions, output: Output) -> None:
    """Refuse to write a file that is read, or one file twice: nothing is lost.

    Raises:
        UsageError: it would happen.
    """
    given = (each.path for each in (*options.image, *options.array))
    taken = [place_of(network.spec), *filter(None, (options.weights, options.names, *given))]
    for path in filter(None, (options.save, options.activations, output.output)):
        if any(same_file(other, path) for other in taken) or path.resolve() in taken:
            raise click.UsageError(f"{path} is needed for something else; write to another file")
        taken.append(path.resolve())


def _check_options(options: RunOptions) -> None:
    """Refuse options that contradict each other or would do nothing.

    Raises:
        UsageError: some do.
    """
    given = click.get_current_context().get_parameter_source("method") is ParameterSource.COMMANDLINE
    if not options.check_grad and (given or options.elements):
        raise click.UsageError("--method and --elements need --check-grad")
    if options.check_grad and options.dtype == "float32":
        raise click.UsageError("--check-grad runs in float64: float32 has too few digits to compare")
    if options.weights is None and (options.names or options.explain_names):
        raise click.UsageError("--names and --explain-names need --weights")
    if options.against and options.training:
        raise click.UsageError("--against compares inference; leave --training out")
    if options.machine is not None and not options.time:
        raise click.UsageError(
            "a machine's least time goes with --time, which measures; or see cnnstat flops"
        )
    check_inputs(options.image, options.array, options.batch, invert=options.invert)
