"""An .onnx file -> a draft: its nodes in order, each by its operator's handler."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

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
from cnnstat.importers.onnx.opaque import needed_by, opaque, opaque_rest
from cnnstat.importers.onnx.operators import FOUND, OPERATORS, Operator
from cnnstat.importers.onnx.operators.noted import noted
from cnnstat.importers.onnx.patterns.simplified import simplified
from cnnstat.importers.onnx.stored.file import as_model_error, message
from cnnstat.importers.onnx.tied import parted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cnnstat.base.arguments import Inputs
    from cnnstat.importers.onnx.nodes.value import Node
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
            layers.value(name).shape is None or name not in layers.sources for name in needed_by(node, layers)
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
            if not opaque(node, layers):
                unknown.append(node)
            remarks.append(f"{node.name or node.outputs[0]} ({node.op}): {why}")
    if unknown:
        opaque_rest(unknown, layers)
    return _draft(model, layers, remarks, dtype)


def _handler(node: Node) -> Operator | None:
    """Return what makes layers of a node."""
    if node.noted is not None:
        return noted
    return (FOUND if node.domain == "found" else OPERATORS if not node.domain else {}).get(node.op)


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
    remarks += _notes(model, layers, inputs, built)
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


def _notes(model: Model, layers: Layers, inputs: dict[str, Shape], built: list[Built]) -> Iterator[str]:
    """Yield what a reader should know of a model's inputs, outputs and tensors."""
    for name, shape in inputs.items():
        if shape != model.inputs[name]:
            size = "x".join(map(str, model.inputs[name]))
            yield f"the model takes '{name}' with its channels last, {size}"
    for name in (each for each in model.outputs if not isinstance(layers.sources.get(each), int)):
        yield f"its output '{name}' is an input or a constant, and is left out"
    uses = Counter(key for each in built for key in {at.key for at in each.tensors.values()} if key)
    for key in (key for key, count in uses.items() if count > 1 and not key.startswith("\0")):
        yield f"its tensor '{key}' is used in several layers that cannot share it, and is counted for each"


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
