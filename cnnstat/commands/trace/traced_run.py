"""A run of a network, and of its arrays those that a trace of one layer needs."""

from __future__ import annotations

from collections.abc import Mapping, Sized
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from cnnstat.analysis import analyze_graph
from cnnstat.analysis.settings import Settings
from cnnstat.bridge.inputs import batch_of, check_known, given_inputs, samples_of
from cnnstat.bridge.memory import Uses, running_bytes
from cnnstat.bridge.memory_limit import MemoryLimit
from cnnstat.bridge.program import Network
from cnnstat.bridge.refusals import RefusedError
from cnnstat.bridge.taken_weights import take_weights
from cnnstat.bridge.written_values import written_deltas, written_targets
from cnnstat.commands.trace.layer_run import LayerRun
from cnnstat.executor.backward import go_back
from cnnstat.executor.choices import PROJECTION
from cnnstat.executor.kernel import quiet
from cnnstat.executor.loss import Objective, chosen, objective
from cnnstat.executor.network import Pass

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnnstat.analysis import Analysis
    from cnnstat.commands.trace.options import TraceOptions
    from cnnstat.executor.backward import Gradients, Tape
    from cnnstat.executor.kernel import Array
    from cnnstat.executor.network import Batch, Visit
    from cnnstat.graph.model import Graph


@dataclass
class TracedRun:
    """Layers that ran, by the number of their node; what was put in, what came out, and what came back.

    `written` says that dL/dy of the outputs is what the spec has under `values:`, `drawn` that some of the
    numbers come from the seed.
    """

    analysis: Analysis
    inputs: dict[str, Array]
    layers: dict[int, LayerRun] = field(default_factory=dict)
    outputs: tuple[Array, ...] = ()
    objective: Objective | None = None
    written: bool = False
    drawn: bool = False
    loss: float = 0.0
    gradients: Gradients | None = None
    input_deltas: dict[str, Array] = field(default_factory=dict)


def prepared(graph: Graph, options: TraceOptions) -> tuple[Analysis, int]:
    """Return the figures of a network that can be run, and with how many samples that is to be.

    Raises:
        SpecError: a layer does not fit.
        RefusedError: it cannot be run as asked.
    """
    given = given_inputs(graph, options)
    wanted = options.batch or _samples(options.x) or samples_of(graph, given) or 1
    analysis = analyze_graph(graph, Settings(batch=wanted, dtype=options.dtype))
    check_known(analysis)
    return analysis, wanted


def _samples(x: Batch | None) -> int:
    """Return how many samples a batch from Python has; 0 of none, and of what will be refused as one."""
    first = next(iter(x.values()), None) if isinstance(x, Mapping) else x
    return len(first) if isinstance(first, Sized) else 0


@quiet()
def traced(analysis: Analysis, needed: Iterable[int], options: TraceOptions) -> TracedRun:
    """Run a network there, and back where that is wanted, and keep the layers of these numbers.

    Raises:
        MemoryError, RefusedError, FileError: it cannot run as asked.
    """
    given = given_inputs(analysis.graph, options)
    uses = Uses(
        training=options.training,
        weights=any(each is not None for each in (options.weights, options.model, options.tensors)),
        reading=sum(each.bytes for each in given.values()),
    )
    limit = MemoryLimit(options.max_memory)
    limit.check(running_bytes(analysis, uses))
    with limit.held():
        network = Network(analysis.graph, seed=options.seed, dtype=options.dtype)
        taken = take_weights(network, options)
        network.load(options.tensors or {})
        x = batch_of(network, given, analysis.settings.batch) if options.x is None else options.x
        found = _run(network, analysis, frozenset(needed), options, _inputs(network, x))
    brought = {each.name for each in analysis.graph.spec.family.values} | {*given, *(options.tensors or {})}
    inputs = {*found.inputs} if options.x is None else set()
    tensors = () if taken.whose != "seed" else network.parameters
    found.drawn |= not brought.issuperset({*inputs, *tensors})
    return found


def _inputs(network: Network, x: Batch) -> dict[str, Array]:
    """Return a batch by the names of inputs, in the network's type.

    Raises:
        ValueError: it is of another shape or no real numbers.
    """
    arrays = network.accepted(x)
    if any(each.dtype != network.dtype for each in arrays.values()):
        raise ValueError(f"expected real numbers, of {network.dtype} or less")
    return {name: arrays[number] for number, name in network.program.numbered_inputs.items()}


def _run(
    network: Network,
    analysis: Analysis,
    needed: frozenset[int],
    options: TraceOptions,
    inputs: dict[str, Array],
) -> TracedRun:
    nodes = analysis.graph.layers
    found = TracedRun(
        analysis, inputs, drawn=options.training and any(each.layer.draws_mask for each in nodes)
    )
    masked = options.training and any(each.number in needed and each.layer.draws_mask for each in nodes)

    def keep(visit: Visit) -> None:
        node = nodes[visit.number]
        if node.number not in needed:
            return
        mask = (
            visit.way_back.kept[0]
            if node.layer.draws_mask and visit.way_back and visit.way_back.kept
            else None
        )
        stored = network.stored[visit.number].all
        found.layers[node.number] = LayerRun(
            node.type, node.layer, visit.inputs, stored, visit.output, options.training, mask
        )

    how = Pass(options.training, options.backward or masked, int(options.training))
    found.outputs, tape = network.run(network.batch(inputs), how, keep)
    if options.backward:
        _back(network, found, tape, options)
    return found


def _back(network: Network, found: TracedRun, tape: Tape, options: TraceOptions) -> None:
    """Go back from the loss, and keep the deltas of the layers."""
    found.objective = _objective(network, found, options)
    found.loss = float(found.objective.value(found.outputs))
    nodes = found.analysis.graph.layers

    def keep(number: int, deltas: Array) -> None:
        node = nodes[number].number
        if node in found.layers:
            found.layers[node] = replace(found.layers[node], deltas=deltas)

    found.gradients = go_back(network, tape, found.objective.gradient(found.outputs), keep)
    found.input_deltas = dict(network.named(found.gradients.input))


def _objective(network: Network, found: TracedRun, options: TraceOptions) -> Objective:
    """Return what to go back from: what is asked for, else what the spec has, else what suits."""
    graph = found.analysis.graph
    written = written_deltas(graph, (each.shape[1:] for each in found.outputs))
    if options.loss is None and options.target is None and any(each is not None for each in written):
        found.written = True
        pairs = zip(written, found.outputs, strict=True)
        return Objective(PROJECTION, tuple(y * 0 + (0 if each is None else each) for each, y in pairs))
    name = options.loss or chosen(network.program.last, found.outputs)
    try:
        drawn = objective(name, found.outputs, options.seed)
    except ValueError as error:
        raise RefusedError(str(error)) from None
    if options.target is not None:
        return _aimed(drawn, found.outputs, options.target)
    classes = None if drawn.name == PROJECTION else found.outputs[0].shape[1]
    targets = written_targets(graph, len(found.outputs[0]), classes)
    found.drawn |= targets is None
    return drawn if targets is None else _with_targets(drawn, targets)


def _with_targets(drawn: Objective, classes: tuple[int, ...]) -> Objective:
    """Return a loss with a class for each sample."""
    targets = drawn.targets[0].copy()
    targets[:] = classes
    return replace(drawn, targets=(targets,))


def _aimed(drawn: Objective, outputs: tuple[Array, ...], target: int) -> Objective:
    """Return a loss with this class for every sample."""
    if drawn.name == PROJECTION:
        raise RefusedError("a target needs a loss over classes: a network that ends in one vector")
    if not 0 <= target < outputs[0].shape[1]:
        raise RefusedError(
            f"target: the network has the classes 0 to {outputs[0].shape[1] - 1}, not {target}"
        )
    return _with_targets(drawn, (target,) * len(outputs[0]))
