"""Analysis -> the operators of an ONNX graph: every layer in its order, under its own name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cnnstat.base.text import listed
from cnnstat.exporters.onnx.layers import WRITERS
from cnnstat.exporters.onnx.notes import note
from cnnstat.exporters.onnx.writer import Node, Place, Writer
from cnnstat.exporters.refusals import NoExportError
from cnnstat.layers.base import settled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnnstat.analysis import Analysis
    from cnnstat.exporters.onnx.writer import Array
    from cnnstat.layers.base import Layer


def written(analysis: Analysis, values: Mapping[str, Array] | None, dtype: str) -> Writer:
    """Return the operators of a network, and its tensors with the numbers of ``values`` (``layer.tensor``).

    What a layer puts out has the layer's path for its name, and so has the last of its operators.

    Raises:
        NoExportError: there are layers of types that cannot be said in ONNX.
    """
    graph = analysis.graph
    unknown = [node for node in graph.layers if node.type not in WRITERS]
    if unknown:
        types = listed(list(dict.fromkeys(node.type for node in unknown)))
        raise NoExportError(f"ONNX has no operators for {types}: {listed([node.path for node in unknown])}")
    writer = Writer(np.dtype(dtype), values)
    for node, shape in zip(graph.layers, analysis.shapes[len(graph.inputs) :], strict=True):
        inputs = tuple(graph.name(number) for number in node.inputs)
        shapes = tuple(analysis.shapes[number] for number in node.inputs)
        place = Place(writer, node.path, node.layer, graph.name(node.owner), inputs, shapes, shape)
        write(node.type, node.layer, place)
        # for who reads the model into a spec again: operators do not say all of a layer
        layer = settled(node.layer, shapes) if shapes else node.layer
        writer.nodes[-1].note = note(node.type, layer, inputs, frozen=node.frozen)
    return writer


def write(kind: str, layer: Layer, place: Place) -> None:
    """Write a layer of a type in its place, and give what it puts out its name.

    A layer that puts out what has a name already is an Identity.
    """
    writer, path = place.writer, place.path
    value = WRITERS[kind](layer, place)
    made = writer.nameless.pop(value, None)
    if made is None:
        writer.nodes.append(Node("Identity", path, (value,), [path], {}))
        return
    made.outputs[made.outputs.index(value)] = path
    made.name = path
