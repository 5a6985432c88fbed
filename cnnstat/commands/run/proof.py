"""A run, step by step: read what is given, refuse what does not fit, do, compare, report."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
import psutil
from msgspec import Struct

from cnnstat import tensors as files
from cnnstat.analysis.analyze import analyze
from cnnstat.analysis.memory import running_bytes
from cnnstat.base.text import plain
from cnnstat.bridge.program import Network
from cnnstat.bridge.verify import Proof, compare
from cnnstat.cli.output import finish, place_of, same_file, show
from cnnstat.cli.progress import progress
from cnnstat.commands.run import report
from cnnstat.executor.kernel import is_finite, quiet
from cnnstat.executor.loss import PROJECTION, evaluate
from cnnstat.executor.measure.derivatives import METHODS
from cnnstat.executor.measure.end_to_end import check_end_to_end
from cnnstat.executor.measure.gradients import Checked, Plan, check_layers, gradients_of, tensors_of
from cnnstat.executor.measure.measurements import Measurements, measure_network
from cnnstat.executor.network import UnfitError
from cnnstat.executor.program import MissingKernelError
from cnnstat.graph.load import load
from cnnstat.report.text import bytes_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cnnstat.analysis import Analysis
    from cnnstat.executor.kernel import Array
    from cnnstat.executor.network import Visit
    from cnnstat.graph.model import Graph


class Asked(Struct, frozen=True):
    """The options of one run."""

    spec: str
    params: dict[str, object]
    input_shape: tuple[int, ...] | None
    batch: int | None
    seed: int
    loss: str | None
    dtype: str | None
    training: bool
    check_grad: bool
    method: str | None
    elements: int
    max_memory: int | None
    weights: Path | None
    save: Path | None
    image: Path | None
    invert: bool
    array: Path | None
    activations: Path | None
    top: int | None


class Refused(click.ClickException):
    """What cannot be done as asked; no usage lines follow, for the command itself was right."""

    exit_code = 2


class Disproved(click.ClickException):
    """A layer that fits, as was told, and cannot be run."""

    exit_code = 1


def run(asked: Asked, form: str, output: Path | None, depth: int | None) -> None:
    """Do a run and report it.

    Raises:
        SpecError: the spec is wrong.
        Refused: files do not fit, or there is too little memory.
        Exit: with 1 where a figure or a gradient is not true, with 130 where the run was interrupted.
    """
    _check_files(asked, output)
    with _refusing(), quiet():
        proof = _proof(asked)
    show(report.build(proof, depth, asked.top), form, output)
    if not proof.finished:
        raise click.exceptions.Exit(130)
    if not proof.good:
        raise click.exceptions.Exit(1)
    finish(proof.verification.analysis)


@contextmanager
def _refusing() -> Iterator[None]:
    """Turn what files, layers and the machine object to into a message."""
    try:
        yield
    except MemoryError:
        raise Refused("out of memory; a smaller --input or --batch needs less") from None
    except (files.FileError, MissingKernelError, UnfitError) as error:
        raise Refused(plain(str(error))) from None


def _proof(asked: Asked) -> Proof:
    _check_options(asked)
    graph = load(asked.spec, params=asked.params)
    shape = asked.input_shape or graph.spec.input_shape
    x = _given(asked, shape)
    batch = asked.batch or (1 if x is None else len(x))
    analysis = analyze(graph, input_shape=shape, batch=batch, dtype=_dtype(asked))
    _check_output(asked, graph, analysis)
    _check_memory(analysis, asked)
    network, findings = _done(asked, graph, analysis, x)
    x = _input(network, batch, x)
    if asked.save is not None:
        files.save_weights(asked.save, network.parameters)
    return Proof(
        verification=compare(analysis, findings),
        seed=asked.seed,
        training=asked.training,
        loss=evaluate(network, x, seed=asked.seed, name=asked.loss, training=asked.training),
        method=_method(asked),
        checked=_checked(network, x, asked, _work(analysis)) if asked.check_grad else (),
        to_check=gradients_of(network) if asked.check_grad else 0,
    )


def _done(asked: Asked, graph: Graph, analysis: Analysis, x: Array | None) -> tuple[Network, Measurements]:
    """Run the network and measure it; the telling half has accepted every layer by now."""
    try:
        network = Network(graph, seed=asked.seed, dtype=_dtype(asked), input_shape=analysis.input_shape)
        if asked.weights is not None:
            tensors = files.read_weights(asked.weights)
            network.load(files.matched(network.parameters, tensors, asked.weights.name))
        x = _input(network, analysis.settings.batch, x)
        return network, _examined(network, x, _work(analysis), asked.activations)
    except UnfitError as error:
        raise Disproved(f"NOT TRUE: {plain(str(error))}, says the run; told it was that it fits") from None


def _input(network: Network, batch: int, given: Array | None) -> Array:
    """Return what was given, in the network's type, or draw a batch."""
    if given is None:
        return network.sample(batch)
    x = given.astype(network.dtype)
    if not is_finite(x):
        raise Refused(f"as {network.dtype}, the input holds infinite numbers; scale it")
    return x


def _check_options(asked: Asked) -> None:
    """Refuse options that would do nothing."""
    if not asked.check_grad and (asked.method is not None or asked.elements):
        raise click.UsageError("--method and --elements need --check-grad")
    if asked.check_grad and asked.dtype == "float32":
        raise click.UsageError("--check-grad runs in float64: float32 has too few digits to compare")
    if asked.image is not None and asked.array is not None:
        raise click.UsageError("--image and --array exclude each other")
    if asked.invert and asked.image is None:
        raise click.UsageError("--invert needs --image")
    if asked.batch is not None and (asked.image or asked.array) is not None:
        raise click.UsageError("--batch needs a drawn input: --image and --array bring their own batch")


def _check_files(asked: Asked, output: Path | None) -> None:
    """Refuse to write a file that is read, or one file twice: nothing is lost."""
    taken = [place_of(asked.spec), *filter(None, (asked.weights, asked.image, asked.array))]
    for path in (asked.save, asked.activations, output):
        if path is None:
            continue
        if any(same_file(other, path) for other in taken) or path.resolve() in taken:
            raise click.UsageError(f"{plain(str(path))} is needed for something else; write to another file")
        taken.append(path.resolve())


def _check_output(asked: Asked, graph: Graph, analysis: Analysis) -> None:
    """Refuse what needs one vector of classes where the network puts out something else."""
    if len(graph.outputs) > 1 or len(analysis.totals.output_shape) > 1:
        if asked.top is not None:
            raise Refused("--top needs a network that puts out one vector")
        if asked.loss not in (None, PROJECTION):
            raise Refused(f"--loss {asked.loss} needs a network that puts out one vector")


def _dtype(asked: Asked) -> str:
    return asked.dtype or ("float64" if asked.check_grad else "float32")


def _method(asked: Asked) -> str:
    return asked.method or METHODS[0]


def _given(asked: Asked, shape: tuple[int, ...]) -> Array | None:
    """Return the input that was given as a file, if any."""
    if asked.image is not None:
        return files.read_image(asked.image, shape, invert=asked.invert)
    return files.read_array(asked.array, shape) if asked.array is not None else None


def _check_memory(analysis: Analysis, asked: Asked) -> None:
    needed = running_bytes(analysis, check_gradients=asked.check_grad)
    free = psutil.virtual_memory().available
    limit = free if asked.max_memory is None else asked.max_memory
    if needed > limit:
        what = "are free" if asked.max_memory is None else "are allowed by --max-memory"
        raise Refused(
            f"the run needs about {bytes_text(needed)}, and {bytes_text(limit)} {what};"
            " a smaller --input or --batch needs less"
        )


def _work(analysis: Analysis) -> list[int]:
    """Return how long each layer takes beside the others, roughly: for the progress bar only."""
    return [row.counts.macs + 16 * row.counts.activations for row in analysis.rows]


def _examined(network: Network, x: Array, work: list[int], activations: Path | None) -> Measurements:
    outputs: dict[str, Array] = {}
    # Receptive fields come last and are not known step by step.
    with progress("measuring", sum(work) * 5 // 4) as advance:

        def watch(visit: Visit) -> None:
            advance(work[visit.number])
            if activations is not None:
                outputs[visit.step.name] = visit.output

        findings = measure_network(network, x, watch)
    if activations is not None:
        files.save_activations(activations, outputs)
    return findings


def _checked(network: Network, x: Array, asked: Asked, work: list[int]) -> tuple[Checked, ...]:
    """Check gradients until done or interrupted; what was found is not lost."""
    plan = Plan(_method(asked), asked.elements, asked.seed, asked.training)
    found: list[Checked] = []
    # A pass end to end takes each layer once, a layer alone one pass for each gradient.
    total = sum(work[i] * tensors_of(network, i) for i in range(len(work))) + 2 * sum(work)
    try:
        with progress("checking gradients", total) as advance:
            for number, checked in check_layers(network, x, plan):
                found.append(checked)
                advance(work[number])
            for checked in check_end_to_end(network, x, plan, asked.loss):
                found.append(checked)
                advance(sum(work))
    except KeyboardInterrupt:
        pass
    return tuple(found)
