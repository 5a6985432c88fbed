"""What comes back to a unit of a run: through all that read it, and to the weights that it uses."""

from __future__ import annotations

from math import exp, fsum
from typing import TYPE_CHECKING

from msgspec import UNSET

from cnnstat.base.errors import ArgumentError
from cnnstat.commands.trace.document import Backward, Share, WeightGradient
from cnnstat.commands.trace.families.loss import behind_softmax, given, loss_gradient
from cnnstat.commands.trace.families.plugged import family_of
from cnnstat.commands.trace.working import Matrix, Plane, Working, rows_of
from cnnstat.executor.choices import PROJECTION
from cnnstat.report.document import Real

if TYPE_CHECKING:
    from cnnstat.commands.trace.layer_run import Index, LayerRun
    from cnnstat.commands.trace.options import TraceOptions
    from cnnstat.commands.trace.traced_run import TracedRun
    from cnnstat.executor.kernel import Array
    from cnnstat.graph.nodes import LayerNode


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


def way_back(
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
