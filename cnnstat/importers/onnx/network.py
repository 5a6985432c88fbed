"""An .onnx file -> a draft: its nodes in order, each by its operator's handler."""

from __future__ import annotations

from collections import Counter
from math import prod
from typing import TYPE_CHECKING, Any

from cnnstat.base.axes import MOST_AXES
from cnnstat.base.limits import is_size
from cnnstat.base.text import listed
from cnnstat.importers.draft import Draft, DraftLayer
from cnnstat.importers.errors import ModelError
from cnnstat.importers.onnx.catalogue import Outside
from cnnstat.importers.onnx.groups import grouped
from cnnstat.importers.onnx.layers import Built, Layers
from cnnstat.importers.onnx.layouts import settled
from cnnstat.importers.onnx.learned import opened
from cnnstat.importers.onnx.module_names import names_in
from cnnstat.importers.onnx.nodes.dtypes import dtype_of
from cnnstat.importers.onnx.nodes.inputs import ModelInputs, inputs_of
from cnnstat.importers.onnx.nodes.model import Model, understood
from cnnstat.importers.onnx.nodes.value import Node
from cnnstat.importers.onnx.operators import FOUND, OPERATORS, Operator
from cnnstat.importers.onnx.operators.noted import noted
from cnnstat.importers.onnx.patterns.simplified import simplified
from cnnstat.importers.onnx.stored.file import as_model_error, message
from cnnstat.importers.onnx.tied import parted

if TYPE_CHECKING:
    from pathlib import Path

    from cnnstat.base.arguments import Inputs
    from cnnstat.layers.base import Shape


def read(path: Path, input_shape: Inputs | None = None) -> Draft:
    """Return the network of a file, without its weights.

    ``input_shape`` (one sample, or by name of several inputs) takes the place of what the file says.

    Raises:
        ModelError: it is no model, or sizes of its inputs are missing; OSError: it cannot be read.
    """
    return read_with_inputs(path, input_shape)[0]


def read_with_inputs(path: Path, input_shape: Inputs | None = None) -> tuple[Draft, ModelInputs]:
    """Return the network of a file, and the inputs of the file itself.

    Raises:
        ModelError: it is no model, or sizes of its inputs are missing; OSError: it cannot be read.
    """
    proto = message(path)
    inputs = inputs_of(proto, input_shape)
    with as_model_error():
        model = understood(proto, path, inputs.shapes, inputs.batches)
    model.name, model.turned = path.name, inputs.turned
    return drafted(model), inputs


def drafted(model: Model) -> Draft:
    """Return the layers that a model's nodes are.

    Raises:
        ModelError: none of its outputs has a shape that is known.
    """
    dtype, remark = dtype_of(model)
    opened(model)
    simplified(model)
    parted(model)
    layers = Layers(model)
    unknown: list[Node] = []
    remarks = [*model.remarks, *filter(None, [remark])]
    for node in model.nodes:
        if any(
            layers.value(name).shape is None or name not in layers.sources for name in _needed(node, layers)
        ):
            unknown.append(node)
            continue
        try:
            handler = _handler(node)
            if handler is None:
                raise Outside("no layer of the catalogue does what it does")
            source = handler(node, layers)
            if source is not None:
                layers.put(node.outputs[0], source)
        except (Outside, ValueError, TypeError, LookupError, ArithmeticError) as why:
            # Attributes of a damaged file may be anything: then the node is none that is known.
            if not _opaque(node, layers):
                unknown.append(node)
            remarks.append(f"{node.name or node.outputs[0]} ({node.op}): {why}")
    if unknown:
        _unknown(unknown, layers)
    return _draft(model, layers, remarks, dtype)


def _handler(node: Node) -> Operator | None:
    """Return what makes layers of a node."""
    if node.noted is not None:
        return noted
    return (FOUND if node.domain == "found" else OPERATORS if not node.domain else {}).get(node.op)


def _needed(node: Node, layers: Layers) -> list[str]:
    """Return the inputs of a node that are no constants."""
    return [name for name in node.inputs if name and not layers.value(name).constant]


def _opaque(node: Node, layers: Layers) -> bool:
    """Add what stands for a node that the catalogue has no layer for, if its shapes are known."""
    outputs = [name for name in node.outputs if name and layers.readers[name]]
    values = [layers.value(name) for name in outputs]
    reads = [layers.source(layers.value(name)) for name in dict.fromkeys(_needed(node, layers))]
    if not reads or any(value.shape is None for value in values):
        return False
    for number, (name, value) in enumerate(zip(outputs, values, strict=True)):
        shape = value.sample if 1 <= len(value.sample) <= MOST_AXES + 1 and value.batch is not None else None
        if shape is None:
            shape = (prod(value.sample),) if is_size(prod(value.sample)) else _joined(value.sample)
        if not all(map(is_size, shape)):
            return False
        options: dict[str, Any] = {"op": node.op, "shape": [*shape]}
        if number:
            options["part"] = True
        layers.put(name, layers.add(node, "opaque", reads, shape, options))
    return True


def _joined(sizes: Shape) -> Shape:
    """Return sizes of so few axes that a layer can have them: neighbours that are the smallest together."""
    found = [*sizes]
    while len(found) > MOST_AXES + 1:
        first = min(range(len(found) - 1), key=lambda axis: found[axis] * found[axis + 1])
        found[first : first + 2] = [found[first] * found[first + 1]]
    return tuple(found)


def _unknown(nodes: list[Node], layers: Layers) -> None:
    """Add one layer for all nodes whose shapes follow from values, which only a run can know."""
    needed = {*layers.model.outputs}
    needed_nodes: list[Node] = []
    for node in reversed(nodes):
        if not needed.isdisjoint(node.outputs):
            needed_nodes.append(node)
            needed.update(node.inputs)
    nodes = needed_nodes[::-1]
    if not nodes:
        return
    inner = {name for node in nodes for name in node.outputs}
    reads = dict.fromkeys(
        layers.sources[name]
        for node in nodes
        for name in node.inputs
        if name in layers.sources and name not in inner
    )
    ops = Counter(node.op for node in nodes)
    named = ", ".join(op if count == 1 else f"{count} {op}" for op, count in ops.items())
    options = {"op": named[:200], "nodes": len(nodes)}
    if not reads:
        raise ModelError("the shapes of its values are not known, not even behind its inputs")
    last = Node("", "Rest", [], ["\0rest"], {})
    layers.put("\0rest", layers.add(last, "opaque", [*reads], (1,), options))
    layers.model.outputs = [name for name in layers.model.outputs if name not in inner]
    layers.model.outputs.append("\0rest")


def _draft(model: Model, layers: Layers, remarks: list[str], dtype: str) -> Draft:
    """Name the layers that are needed for the outputs.

    Raises:
        ModelError: no output is worked out from an input.
    """
    sources = [layers.sources.get(name) for name in model.outputs]
    ends = [source for source in sources if isinstance(source, int)]
    if not ends:
        raise ModelError("none of its outputs is worked out from its inputs by operators that are known")
    shapes, every, ends = settled(layers.built, ends, model.inputs, model.turned)
    grouped(every, ends, shapes, says_trained=model.fixed is not None)
    kept = _kept(every, [*ends, *(number for number, each in enumerate(every) if each.kept)])
    built = [every[number] for number in kept]
    read = {source for each in built for source in each.reads}
    inputs = {name: shape for name, shape in shapes.items() if name in read}
    for number, each in zip(kept, built, strict=True):
        if number not in read and number not in ends:
            each.options = {**each.options, "unused": True}
    called: dict[int | str, str] = {name: name for name in inputs}
    called |= dict(zip(kept, names_in(built, set(inputs)), strict=True))
    drafts = (
        DraftLayer(
            name=called[number],
            type=each.type,
            inputs=tuple(called[source] for source in each.reads),
            options=each.options,
            tensors=each.tensors,
            weights="" if each.weights is None else called[each.weights],
            ordered=each.kept,
        )
        for number, each in zip(kept, built, strict=True)
    )
    for name in inputs:
        if shapes[name] != model.inputs[name]:
            size = "x".join(map(str, model.inputs[name]))
            remarks.append(f"the model takes '{name}' with its channels last, {size}")
    for name in (each for each in model.outputs if not isinstance(layers.sources.get(each), int)):
        remarks.append(f"its output '{name}' is an input or a constant, and is left out")
    uses = Counter(key for each in built for key in {at.key for at in each.tensors.values()} if key)
    for key in (key for key, count in uses.items() if count > 1 and not key.startswith("\0")):
        remarks.append(
            f"its tensor '{key}' is used in several layers that cannot share it, and is counted for each"
        )
    found = iter([called[number] for number in ends])
    results = tuple(next(found) if isinstance(source, int) else "" for source in sources)
    outputs = tuple(dict.fromkeys(filter(None, results)))
    for output in outputs:
        places = [str(place) for place, name in enumerate(results, 1) if name == output]
        if len(places) > 1:
            remarks.append(f"its outputs {listed(places)} are one value, which is put out once")
    return Draft(
        name=model.name,
        inputs=inputs,
        dtype=dtype,
        layers=tuple(drafts),
        outputs=outputs,
        results=results,
        remarks=tuple(dict.fromkeys(remarks)),
    )


def _kept(built: list[Built], ends: list[int]) -> list[int]:
    """Return the layers that these depend on, in order; what is shared belongs to the first of these."""
    needed: set[int] = set()
    waiting = [*ends]
    while waiting:
        number = waiting.pop()
        if number not in needed:
            needed.add(number)
            waiting += [source for source in built[number].reads if isinstance(source, int)]
    heirs: dict[int, int] = {}
    for number in sorted(needed):
        owner = built[number].weights
        if owner is not None and owner not in needed:
            heir = heirs.setdefault(owner, number)
            built[number].weights = None if heir == number else heir
            built[number].tensors = built[owner].tensors if heir == number else {}
    return sorted(needed)
