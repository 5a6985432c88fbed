"""A unit of a network -> the document of `trace`: how its number comes about, and what comes back to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from msgspec import UNSET

from cnnstat.analysis.outline import find
from cnnstat.base.axes import rank_of
from cnnstat.base.errors import ArgumentError
from cnnstat.base.text import plural
from cnnstat.bridge.refusals import RefusedError
from cnnstat.bridge.taken_weights import whose_weights
from cnnstat.commands.trace.document import Followed, TraceDocument
from cnnstat.commands.trace.families.activation import POINTWISE
from cnnstat.commands.trace.families.loss import given
from cnnstat.commands.trace.families.plugged import family_of
from cnnstat.commands.trace.traced_run import prepared, traced
from cnnstat.commands.trace.way_back import channel_of, way_back
from cnnstat.executor.kernel import is_finite
from cnnstat.report.document import Real, head

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.analysis import Analysis
    from cnnstat.commands.trace.layer_run import Index
    from cnnstat.commands.trace.options import TraceOptions
    from cnnstat.commands.trace.traced_run import TracedRun
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
        backward=way_back(run, number, readers, unit, options) if options.backward else UNSET,
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
