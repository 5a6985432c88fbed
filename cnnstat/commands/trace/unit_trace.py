"""A unit of a network -> the document of `trace`: how its number comes about, and what comes back to it."""

from __future__ import annotations

from math import exp, fsum
from typing import TYPE_CHECKING, TypeAlias

from msgspec import UNSET

from cnnstat.analysis.outline import find
from cnnstat.base.axes import rank_of
from cnnstat.base.errors import ArgumentError
from cnnstat.base.text import plural
from cnnstat.bridge.refusals import RefusedError
from cnnstat.bridge.taken_weights import whose_weights
from cnnstat.commands.trace.document import Backward, Followed, Share, TraceDocument, WeightGradient
from cnnstat.commands.trace.families.activation import POINTWISE
from cnnstat.commands.trace.families.loss import behind_softmax, given, loss_gradient
from cnnstat.commands.trace.families.plugged import family_of
from cnnstat.commands.trace.traced_run import prepared, traced
from cnnstat.commands.trace.working import Matrix, Plane, Working, rows_of
from cnnstat.executor.choices import PROJECTION
from cnnstat.executor.kernel import is_finite
from cnnstat.report.document import Real, head

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.analysis import Analysis
    from cnnstat.commands.trace.layer_run import Index, LayerRun
    from cnnstat.commands.trace.options import TraceOptions
    from cnnstat.commands.trace.traced_run import TracedRun
    from cnnstat.executor.kernel import Array
    from cnnstat.graph.model import Graph
    from cnnstat.graph.nodes import LayerNode

Untraceable: TypeAlias = ArgumentError | RefusedError
"""Why a unit cannot be followed, though its network runs."""


def trace_of(graph: Graph, options: TraceOptions) -> TraceDocument:
    """Run a network, and follow one unit of a layer, or one number of an input.

    Raises:
        SpecError: a layer does not fit.
        ArgumentError: there is no such layer or unit.
        MemoryError, RefusedError, FileError: it cannot run as asked.
    """
    (found,) = traces_of(graph, (options,))
    if isinstance(found, Exception):
        raise found
    return found


def traces_of(graph: Graph, units: Sequence[TraceOptions]) -> tuple[TraceDocument | Untraceable, ...]:
    """Run a network once, and follow units of it, all with the same options; or return why one cannot be.

    Raises:
        SpecError: a layer does not fit.
        ArgumentError: there is no such layer or unit.
        MemoryError, RefusedError, FileError: it cannot run as asked.
    """
    analysis, samples = prepared(graph, units[0])
    numbers = [_number(analysis, each.at) for each in units]
    for number, options in zip(numbers, units, strict=True):
        _check_unit(analysis, number, options, samples)
    refused = [_refusal(graph, *each) for each in zip(numbers, units, strict=True)]
    followed = {number for number, refusal in zip(numbers, refused, strict=True) if refusal is None}
    if not followed:
        return tuple(refusal for refusal in refused if refusal is not None)
    needed = followed | {node.number for number in followed for node in readers_of(graph, number)}
    run = traced(analysis, needed, units[0])
    return tuple(
        refusal or _unit_document(run, number, options)
        for number, options, refusal in zip(numbers, units, refused, strict=True)
    )


def _refusal(graph: Graph, number: int, options: TraceOptions) -> ArgumentError | None:
    """Return why a unit of a node cannot be followed, or None: a type of a plug-in may have no trace."""
    try:
        for node in (graph.nodes[number], *(readers_of(graph, number) if options.backward else ())):
            if node.type != "input":
                family_of(node.type)
    except ArgumentError as refusal:
        return refusal
    return None


def _unit_document(run: TracedRun, number: int, options: TraceOptions) -> TraceDocument | RefusedError:
    """Return the document of one unit of a node, which ran; what is not finite, or too large, has none."""
    graph = run.analysis.graph
    for place in (number, *(node.number for node in readers_of(graph, number))):
        if place >= len(graph.inputs) and not all(map(is_finite, run.layers[place].arrays)):
            return RefusedError(f"{graph.name(place)} has numbers that are not finite: nothing adds up there")
    try:
        return document_of(run, number, options)
    except (OverflowError, ZeroDivisionError):
        return RefusedError(f"the numbers of {options.at} are too large to be traced")


def readers_of(graph: Graph, number: int) -> tuple[LayerNode, ...]:
    """Return the layers that read the values of a node."""
    return tuple(node for node in graph.layers if number in node.values)


def document_of(run: TracedRun, number: int, options: TraceOptions) -> TraceDocument:
    """Return the document of one unit of a node, which ran with all that read it."""
    graph, unit = run.analysis.graph, (options.sample, *options.unit)
    node, readers = graph.nodes[number], readers_of(graph, number)
    if number < len(graph.inputs):
        array = run.inputs[node.path]
        working = given(float(array[unit]), "number", "of the network's input")
    else:
        array = run.layers[number].output
        working = family_of(node.type).value(run.layers[number], unit)
    whose, name = whose_weights(options)
    return TraceDocument(
        command="trace",
        **head(run.analysis),
        layer=node.path,
        type=node.type,
        inputs=tuple(map(graph.name, node.inputs)),
        unit=options.unit,
        sample=options.sample,
        samples=len(array),
        seed=options.seed,
        dtype=options.dtype,
        training=options.training,
        values=tuple(each.name for each in graph.spec.family.values),
        drawn=run.drawn,
        weights=UNSET if whose == "seed" else name,
        own_weights=UNSET if whose == "seed" else whose == "model",
        working=working,
        executed=Real(array[unit]),
        map=channel_of(array, unit),
        activation=_followed(run, readers, unit) or UNSET,
        backward=_backward(run, number, readers, unit, options) if options.backward else UNSET,
    )


def _number(analysis: Analysis, name: str) -> int:
    """Return the node that a name means: an input, or the output of a layer or a block."""
    for node in analysis.graph.inputs:
        if node.path == name:
            return node.number
    return find(analysis, name).number


def _check_unit(analysis: Analysis, number: int, options: TraceOptions, samples: int) -> None:
    name, shape = analysis.graph.name(number), analysis.shapes[number]
    if len(options.unit) != len(shape):
        letters, count = rank_of(shape).letters.replace(" ", ""), len(shape)
        wanted = f"{count} {plural('coordinate', count)}, {letters}"
        raise ArgumentError(f"a unit of {name} has {wanted}; got {len(options.unit)}")
    for axis, place, size in zip(rank_of(shape).axes, options.unit, shape, strict=True):
        if place >= size:
            raise ArgumentError(f"{name} has {axis} 0 to {size - 1}, not {place}")
    if options.sample >= samples:
        raise ArgumentError(f"there are samples 0 to {samples - 1}, not {options.sample}")


def _followed(run: TracedRun, readers: tuple[LayerNode, ...], unit: Index) -> Followed | None:
    """Return the activation that alone reads a layer."""
    if len(readers) != 1 or readers[0].type not in (*POINTWISE, "prelu"):
        return None
    node = readers[0]
    working = family_of(node.type).value(run.layers[node.number], unit)
    return Followed(layer=node.path, type=node.type, working=working)


def channel_of(array: Array, unit: Index) -> Plane:
    """Return the numbers of a unit's channel, of a volume those of its frame; the unit's own is marked.

    Of a vector these are all its numbers, one below the other.
    """
    if array.ndim == 2:
        return Plane(
            "", (Matrix("", rows_of([each] for each in array[unit[0]].tolist()), marked=((unit[1], 0),)),)
        )
    rows = array[unit[:-2]] if array.ndim > 3 else array[unit[0], unit[1]][None]
    at = (unit[-2] if array.ndim > 3 else 0, unit[-1])
    return Plane("", (Matrix("", rows_of(rows.tolist()), marked=(at,)),))


def _backward(
    run: TracedRun, number: int, readers: tuple[LayerNode, ...], unit: Index, options: TraceOptions
) -> Backward:
    """Return what comes back to a unit through all that read it, and what its weights make of that."""
    assert run.objective is not None
    graph = run.analysis.graph
    shares = []
    for reader in readers:
        layer = run.layers[reader.number]
        for place, source in enumerate(reader.values):
            if source == number and layer.deltas is not None:
                working = family_of(reader.type).share(layer, place, unit)
                working = _with_both(run, reader, layer, working, unit)
                shares.append(Share(layer=reader.path, type=reader.type, input=place + 1, working=working))
    from_loss = [
        _from_loss(run, place, unit) for place, output in enumerate(graph.outputs) if output == number
    ]
    total = fsum([*(each.working.value for each in shares), *(each.value for each in from_loss)])
    deltas = _deltas(run, number)
    classes = run.objective.targets[0] if run.objective.name != PROJECTION else None
    return Backward(
        loss=run.objective.name,
        value=Real(run.loss),
        written=run.written,
        target=UNSET if classes is None else int(classes[unit[0]]),
        from_loss=from_loss[0] if from_loss else UNSET,
        shares=tuple(shares),
        gradient=Real(total),
        executed=Real(0.0 if deltas is None else deltas[unit]),
        map=Plane("", ()) if deltas is None else channel_of(deltas, unit),
        weights=tuple(_weights(run, number, unit, options)),
    )


def _deltas(run: TracedRun, number: int) -> Array | None:
    """Return dL/dy of a node as the run has it; none of what nothing is learnt from."""
    graph = run.analysis.graph
    if number < len(graph.inputs):
        return run.input_deltas[graph.name(number)]
    return run.layers[number].deltas


def _from_loss(run: TracedRun, place: int, unit: Index) -> Working:
    """Return the gradient of the loss by a number of one of the outputs."""
    assert run.objective is not None
    goal = run.objective
    if goal.name == PROJECTION:
        drawn = "drawn from the seed: the loss is the sum of output · this"
        return given(
            float(goal.targets[place][unit]), "delta", "written in the spec" if run.written else drawn
        )
    row = run.outputs[0][unit[0]].tolist()
    return loss_gradient(goal.name, row, int(goal.targets[0][unit[0]]), unit[1], len(run.outputs[0]))


def _with_both(run: TracedRun, reader: LayerNode, layer: LayerRun, working: Working, unit: Index) -> Working:
    """Add y - t, where the reader is the softmax that the network ends in and the loss takes its log."""
    goal = run.objective
    assert goal is not None
    pairs = {"softmax": "negative_log_likelihood", "log_softmax": "nll_of_logarithms"}
    last = run.analysis.graph.outputs == (reader.number,)
    if not last or pairs.get(reader.type) != goal.name or layer.output.ndim != 2:
        return working
    y = layer.put_out(unit)
    share = y if reader.type == "softmax" else exp(y)
    target = int(goal.targets[0][unit[0]]) == unit[1]
    return Working((*working.parts, behind_softmax(share, target, len(layer.output))), working.value)


def _weights(run: TracedRun, number: int, unit: Index, options: TraceOptions) -> list[WeightGradient]:
    """Return the gradient of one number of each tensor that the layer trains: by default the unit's first."""
    graph = run.analysis.graph
    if number < len(graph.inputs) or run.layers[number].deltas is None:
        return []
    node, layer = graph.layers[number - len(graph.inputs)], run.layers[number]
    assert run.gradients is not None
    found = []
    owner = graph.name(node.owner)
    for name, array in layer.stored.items():
        executed = run.gradients.parameters.get(f"{owner}.{name}")
        if executed is None:
            continue
        index = family_of(node.type).first_index(layer, name, unit[1:])
        if options.weight is not None and name == "weight":
            index = _checked(options.weight, array.shape, f"{owner}.{name}")
        working = family_of(node.type).weight_gradient(layer, name, index)
        found.append(
            WeightGradient(
                tensor=f"{owner}.{name}",
                index=index,
                working=working,
                executed=Real(executed[index]),
                shared_with=tuple(
                    each.path for each in graph.layers if each.owner == node.owner and each != node
                ),
                map=_beside(executed, index),
            )
        )
    return found


def _checked(index: Index, shape: tuple[int, ...], name: str) -> Index:
    fits = len(index) == len(shape) and all(i < n for i, n in zip(index, shape, strict=True))
    if not fits:
        sizes = "x".join(map(str, shape))
        raise ArgumentError(f"--weight: {name} is {sizes}; got {','.join(map(str, index))}")
    return index


def _beside(gradients: Array, index: Index) -> Plane:
    """Return the gradients of a kernel's last two axes, or of a row."""
    if gradients.ndim == 1:
        rows, at = gradients[None], (0, index[0])
    elif gradients.ndim in (2, 3):
        rows, at = gradients[index[:-1]][None], (0, index[-1])
    else:
        rows, at = gradients[index[:-2]], (index[-2], index[-1])
    return Plane("", (Matrix("", rows_of(rows.tolist()), marked=(at,)),))
