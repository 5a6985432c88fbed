"""A run, step by step: read what is given, refuse what does not fit, do, compare, report."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path  # noqa: TC003 - a field of a class
from typing import TYPE_CHECKING

import click
import psutil
from msgspec import Struct

from cnnstat import api, files
from cnnstat.cli.output import show
from cnnstat.crossing import Network
from cnnstat.errors import plain
from cnnstat.report import proof as report
from cnnstat.report.progress import progress
from cnnstat.report.text import bytes_text
from cnnstat.run.gradcheck import Checked, Plan, check_end_to_end, check_layers
from cnnstat.run.loss import learn
from cnnstat.run.measure import Findings, examine
from cnnstat.run.op import quiet
from cnnstat.verification import Proof, compare, gradients_of, needed_bytes, tensors_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.analysis import Analysis
    from cnnstat.run.network import Visit
    from cnnstat.run.op import Array


class Asked(Struct, frozen=True):
    """The options of one run."""

    spec: str
    input_shape: tuple[int, ...] | None
    batch: int
    seed: int
    dtype: str | None
    training: bool
    check_grad: bool
    method: str
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


def run(asked: Asked, form: str, output: Path | None, depth: int | None) -> None:
    """Do a run and report it.

    Raises:
        SpecError: the spec is wrong.
        Refused: files do not fit, or there is too little memory.
        Exit: with 1 where a figure or a gradient is not true, with 130 where the run was interrupted.
    """
    with _refusing(), quiet():
        proof = _proof(asked)
    show(report.build(proof, depth, asked.top), form, output)
    if not proof.finished:
        raise click.exceptions.Exit(130)
    if not proof.good:
        raise click.exceptions.Exit(1)


@contextmanager
def _refusing() -> Iterator[None]:
    """Turn what the done hall objects to into a message."""
    try:
        yield
    except MemoryError:
        raise Refused("out of memory; a smaller --input or --batch needs less") from None
    except ValueError as error:
        raise Refused(plain(str(error))) from None


def _proof(asked: Asked) -> Proof:
    graph = api.load(asked.spec)
    shape = asked.input_shape or graph.spec.input_shape
    x = _given(asked, shape)
    batch = asked.batch if x is None else len(x)
    analysis = api.analyze(graph, input_shape=shape, batch=batch, dtype=_dtype(asked))
    if asked.top is not None and (len(graph.outputs) > 1 or len(analysis.totals.output_shape) > 1):
        raise Refused("--top needs a network that puts out one vector")
    _check_memory(analysis, asked)
    network = Network(graph, seed=asked.seed, dtype=_dtype(asked), input_shape=shape)
    if asked.weights is not None:
        tensors = files.read_weights(asked.weights)
        network.load(files.matched(network.parameters, tensors, asked.weights.name))
    x = network.sample(batch) if x is None else x.astype(network.dtype)
    verification = compare(analysis, _examined(network, x, asked.activations))
    if asked.save is not None:
        files.save_weights(asked.save, network.parameters)
    return Proof(
        verification=verification,
        seed=asked.seed,
        training=asked.training,
        loss=learn(network, x, seed=asked.seed, training=asked.training),
        method=asked.method,
        checked=_checked(network, x, asked, verification.findings) if asked.check_grad else (),
        to_check=gradients_of(network) if asked.check_grad else 0,
    )


def _dtype(asked: Asked) -> str:
    if asked.check_grad and asked.dtype == "float32":
        raise click.UsageError("--check-grad runs in float64: float32 has too few digits to compare")
    return asked.dtype or ("float64" if asked.check_grad else "float32")


def _given(asked: Asked, shape: tuple[int, ...]) -> Array | None:
    """Return the input that was given as a file, if any."""
    if asked.image is not None and asked.array is not None:
        raise click.UsageError("--image and --array exclude each other")
    if asked.image is not None:
        return files.read_image(asked.image, shape, invert=asked.invert)
    return files.read_array(asked.array, shape) if asked.array is not None else None


def _check_memory(analysis: Analysis, asked: Asked) -> None:
    needed = needed_bytes(analysis, check_gradients=asked.check_grad)
    free = psutil.virtual_memory().available
    limit = free if asked.max_memory is None else asked.max_memory
    if needed > limit:
        what = "are free" if asked.max_memory is None else "are allowed by --max-memory"
        raise Refused(
            f"the run needs about {bytes_text(needed)}, and {bytes_text(limit)} {what};"
            " a smaller --input or --batch needs less"
        )


def _examined(network: Network, x: Array, activations: Path | None) -> Findings:
    outputs: dict[str, Array] = {}
    # The last part, receptive fields, is not known step by step.
    with progress("measuring", len(network.program.steps) + 1) as advance:

        def watch(visit: Visit) -> None:
            advance(1)
            if activations is not None:
                outputs[visit.step.name] = visit.output

        findings = examine(network, x, watch)
    if activations is not None:
        files.save_activations(activations, outputs)
    return findings


def _checked(network: Network, x: Array, asked: Asked, findings: Findings) -> tuple[Checked, ...]:
    """Check gradients until done or interrupted; what was found is not lost."""
    plan = Plan(asked.method, asked.elements, asked.seed, asked.training)
    work = [layer.macs + 16 * layer.activations for layer in findings.layers]
    found: list[Checked] = []
    try:
        with progress("checking gradients", 2 * sum(work)) as advance:
            for number, checked in check_layers(network, x, plan):
                found.append(checked)
                advance(work[number] / tensors_of(network, number))
            for checked in check_end_to_end(network, x, plan):
                found.append(checked)
                advance(sum(work) / 2)
    except KeyboardInterrupt:
        pass
    return tuple(found)
