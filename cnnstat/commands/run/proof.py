"""The way of `run`: a network is loaded, analyzed and run, and both sides are compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from cnnstat.analysis import analyze_graph
from cnnstat.analysis.settings import Settings
from cnnstat.base.text import plain
from cnnstat.bridge import program
from cnnstat.bridge.inputs import batch_of, check_known, given_inputs, samples_of
from cnnstat.bridge.memory import Uses, running_bytes
from cnnstat.bridge.memory_limit import MemoryLimit
from cnnstat.bridge.program import Network
from cnnstat.bridge.refusals import DisprovedError, RefusedError
from cnnstat.bridge.taken_weights import take_weights
from cnnstat.bridge.verify import compare
from cnnstat.bridge.written_values import written_inputs
from cnnstat.cli.progress import progress
from cnnstat.commands.run.engines import beside, check_library, model_itself
from cnnstat.commands.run.times import Times, times
from cnnstat.commands.run.weights import WeightsRead, weights_read
from cnnstat.executor.choices import PROJECTION
from cnnstat.executor.kernel import quiet
from cnnstat.executor.loss import evaluate
from cnnstat.executor.measure.end_to_end import check_end_to_end
from cnnstat.executor.measure.gradients import SAMPLES, Plan, check_layers, gradients_of, tensors_of
from cnnstat.executor.measure.measurements import measure_network
from cnnstat.executor.measure.seconds import PASSES, layer_seconds
from cnnstat.executor.network import UnfitError
from cnnstat.exporters.refusals import NoExportError
from cnnstat.tensors import (
    as_attributes,
    save_activations,
    save_weights,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnnstat.analysis import Analysis
    from cnnstat.bridge.verify import Verification
    from cnnstat.commands.run.opinion import Beside, Opinion
    from cnnstat.commands.run.options import RunOptions
    from cnnstat.executor.kernel import Array
    from cnnstat.executor.loss import Evaluated
    from cnnstat.executor.measure.gradients import Checked
    from cnnstat.executor.measure.measurements import Measurements
    from cnnstat.executor.network import Batch, Visit
    from cnnstat.graph.model import Graph
    from cnnstat.tensors import GivenInput


REFUSALS = (*program.REFUSALS, NoExportError)
"""Why a network is not run, and why another engine cannot run it."""


class Proof(Struct, frozen=True):
    """One run as a whole: figures compared, a loss, and the gradients checked so far, of `to_check`.

    `given` says that somebody gave the input, which is else drawn. `opinion` is that of another engine on the
    outputs of all layers, `times` how long they took: each where it was asked for.
    """

    verification: Verification
    seed: int
    training: bool
    loss: Evaluated
    method: str
    checked: tuple[Checked, ...]
    to_check: int
    interrupted: bool = False
    weights: WeightsRead | None = None
    opinion: Opinion | None = None
    given: bool = False
    times: Times | None = None

    @property
    def good(self) -> bool:
        """Say whether no figure is false, no gradient wrong and no output another engine's alone.

        All were checked then, but for an interrupt.
        """
        complete = self.finished or self.interrupted
        values = not self.opinion or self.opinion.good
        return self.verification.good and complete and values and not self.wrong and not self.loss.fault

    @property
    def wrong(self) -> tuple[Checked, ...]:
        """Return the gradients that are not the slopes they should be."""
        return tuple(checked for checked in self.checked if checked.wrong)

    @property
    def finished(self) -> bool:
        """Say whether everything was checked that was to be."""
        return len(self.checked) == self.to_check


@quiet()
def prove(graph: Graph, options: RunOptions) -> Proof:
    """Run a network, and compare what is calculated with what is measured.

    Raises:
        SpecError: a layer does not fit.
        MemoryError, or one of `REFUSALS`: it cannot run as asked.
        DisprovedError: a layer cannot be run.
    """
    if options.against:  # before memory is looked at, for they take some
        check_library(options.against)
    given = given_inputs(graph, options)
    wanted = options.batch or samples_of(graph, given)
    # In training samples share statistics, which one sample alone need not have.
    batch = wanted or (SAMPLES if options.check_grad and options.training else 1)
    analysis = analyze_graph(graph, Settings(batch=batch, dtype=options.dtype))
    check_known(analysis)
    _check_output(analysis, options)
    checked = (wanted or SAMPLES) if options.check_grad else 0
    uses = Uses(
        checked=checked,
        training=options.training,
        outputs=options.activations is not None,
        engine=options.against is not None,
        weights=options.weights is not None or options.model is not None,
        saved=options.save is not None and options.save.suffix.lower() != ".npz",
        reading=sum(each.bytes for each in given.values()),
    )
    limit = MemoryLimit(options.max_memory, options.share)
    limit.check(running_bytes(analysis, uses))
    with limit.held():
        return _proved(analysis, given, options, wanted)


def _proved(
    analysis: Analysis, given: Mapping[str, GivenInput], options: RunOptions, wanted: int | None
) -> Proof:
    """Run a network that there is memory for; `wanted` are the samples asked for, if any are."""
    graph, batch = analysis.graph, analysis.settings.batch
    # How long each layer takes beside the others, roughly: for the progress bar only.
    work = [row.counts.macs + 16 * row.counts.activations for row in analysis.rows]
    try:
        network = Network(graph, seed=options.seed, dtype=options.dtype)
        taken = take_weights(network, options)
        x = batch_of(network, given, batch)
        engine, model = None, None
        if options.against:
            model = model_itself(network, x, options)
            engine = beside(analysis, network, network.named(x), options)
        measurements = _measured(network, x, work, options, engine)
        opinion = replace(engine.opinion(network, x), model=model) if engine else None
    except UnfitError as error:
        why = f"NOT TRUE: {plain(str(error))}, says the executor; the calculator says that it fits"
        raise DisprovedError(why) from None
    verification = compare(analysis, measurements)
    loss = evaluate(network, x, seed=options.seed, name=options.loss, training=options.training)
    timed = _timed(analysis, network, x, work, options) if options.time else None
    if options.save is not None:  # with the statistics that a pass in training moved
        save_weights(options.save, as_attributes(network.parameters))
    samples = x if wanted else network.sample(SAMPLES)
    checked, interrupted = _checked(network, samples, x, work, options) if options.check_grad else ((), False)
    to_check = gradients_of(network) if options.check_grad else 0
    return Proof(
        verification,
        options.seed,
        options.training,
        loss,
        options.method,
        checked,
        to_check,
        interrupted,
        weights_read(taken, analysis),
        opinion,
        given=bool(given or written_inputs(graph)),
        times=timed,
    )


def _check_output(analysis: Analysis, options: RunOptions) -> None:
    """Refuse what needs one vector of classes where the network puts out something else."""
    if len(analysis.graph.outputs) > 1 or len(analysis.totals.output_shape) > 1:
        if options.top is not None:
            raise RefusedError("--top needs a network that puts out one vector")
        if options.loss not in (None, PROJECTION):
            raise RefusedError(f"--loss {options.loss} needs a network that puts out one vector")


def _measured(
    network: Network, x: Batch, work: list[int], options: RunOptions, engine: Beside | None
) -> Measurements:
    """Measure every layer; compare its output with an engine's, and write it, where that is asked for."""
    outputs: dict[str, Array] = {}
    # Receptive fields come last and are not known step by step.
    with progress("measuring", sum(work) * 5 // 4, long=options.progress) as advance:

        def watch(visit: Visit) -> None:
            advance(work[visit.number])
            if engine:
                engine.watch(visit)
            if options.activations is not None:
                outputs[visit.step.name] = visit.output

        measurements = measure_network(network, x, watch)
    if options.activations is not None:
        save_activations(options.activations, outputs)
    return measurements


def _timed(analysis: Analysis, network: Network, x: Batch, work: list[int], options: RunOptions) -> Times:
    """Run the network some more times, as it stands, and see how long each layer takes."""
    with progress("timing", PASSES * sum(work), long=options.progress) as advance:
        seconds = layer_seconds(network, x, lambda number: advance(work[number]))
    return times(analysis, seconds, options.machine)


def _checked(
    network: Network, samples: Batch, x: Batch, work: list[int], options: RunOptions
) -> tuple[tuple[Checked, ...], bool]:
    """Check gradients to the end or until interrupted, and say which; what was found is not lost.

    Layers are checked with `samples`, the network end to end with x.
    """
    plan = Plan(options.method, options.elements, options.seed, options.training)
    found: list[Checked] = []
    # A pass end to end takes each layer once, a layer alone one pass for each gradient.
    total = sum(work[i] * tensors_of(network, i) for i in range(len(work))) + 2 * sum(work)
    try:
        with progress("checking gradients", total, long=options.progress) as advance:
            for number, checked in check_layers(network, samples, plan):
                found.append(checked)
                advance(work[number])
            for checked in check_end_to_end(network, x, plan, options.loss):
                found.append(checked)
                advance(sum(work))
    except KeyboardInterrupt:
        return tuple(found), True
    return tuple(found), False
