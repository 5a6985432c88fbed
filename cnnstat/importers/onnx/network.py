"""An .onnx file -> a draft: its nodes in order, each by its operator's handler."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from math import prod
from typing import TYPE_CHECKING, Any

from cnnstat.base.axes import MOST_AXES
from cnnstat.base.limits import MAX_LAYERS, is_size
from cnnstat.importers.draft import Draft, DraftLayer
from cnnstat.importers.errors import ModelError
from cnnstat.importers.names import legal
from cnnstat.importers.onnx.layers import Built, Layers, Outside
from cnnstat.importers.onnx.model import Model, Node, understood
from cnnstat.importers.onnx.operators import FOUND, OPERATORS
from cnnstat.importers.onnx.patterns import simplified
from cnnstat.importers.onnx.wire import BrokenFileError, without_weights

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from cnnstat.base.arguments import Inputs
    from cnnstat.layers.base import Shape


def read(path: Path, input_shape: Inputs | None = None) -> Draft:
    """Return the network of a file, without its weights.

    ``input_shape`` (one sample, or by name of several inputs) takes the place of what the file says.

    Raises:
        ModelError: it is no model, or sizes of its inputs are missing; OSError: it cannot be read.
    """
    proto = message(path)
    inputs, batches = _inputs(proto, input_shape)
    with as_model_error():
        model = understood(proto, path, inputs, batches)
    model.name = path.name
    return drafted(model)


def message(path: Path) -> Any:
    """Return the message of a file without its large tensors, functions inlined.

    Raises:
        ModelError: it is no model, or onnx is missing; OSError: it cannot be read.
    """
    try:
        import onnx  # noqa: PLC0415
    except ImportError:
        raise ModelError("reading it needs onnx: pip install 'cnnstat[onnx]'") from None
    with as_model_error():
        data = without_weights(path)
        try:
            proto = onnx.load_model_from_string(data)
        except Exception:
            raise BrokenFileError("is no ONNX model, or not all of one") from None
        if not proto.graph.node or not proto.opset_import:
            raise BrokenFileError(
                "is no ONNX model: it has no nodes" if proto.opset_import else "is no ONNX model"
            )
        return _inlined(proto)


@contextmanager
def as_model_error() -> Iterator[None]:
    """Raise what is wrong with a file as an error of the model."""
    try:
        yield
    except BrokenFileError as error:
        raise ModelError(str(error)) from None


def _inlined(proto: Any) -> Any:
    """Return a model whose own functions stand where they are called.

    Raises:
        BrokenFileError: they call each other in a circle, or come to too many nodes.
    """
    functions = {(each.domain, each.name): each for each in proto.functions}
    costs: dict[tuple[str, str], int] = {}

    def cost(nodes: Any, within: tuple[tuple[str, str], ...]) -> int:
        total = 0
        for node in nodes:
            key = (node.domain, node.op_type)
            if key in within:
                raise BrokenFileError(f"its function '{key[1]}' calls itself")
            if key in functions and key not in costs:
                if len(within) > 50:
                    raise BrokenFileError("its functions call each other more than 50 deep")
                costs[key] = cost(functions[key].node, (*within, key))
            total += costs.get(key, 1)
        if total > MAX_LAYERS:
            raise BrokenFileError(f"has more than {MAX_LAYERS:,} nodes")
        return total

    cost(proto.graph.node, ())
    if not functions:
        return proto
    from onnx import inliner  # noqa: PLC0415

    try:
        return inliner.inline_local_functions(proto)
    except Exception:
        raise BrokenFileError("its functions cannot be put in place of their calls") from None


def _inputs(proto: Any, given: Inputs | None) -> tuple[dict[str, Shape], dict[str, int]]:
    """Return the shape of one sample of each input, and how many samples it takes.

    Raises:
        ModelError: a size is missing, or one is given that does not fit.
    """
    stored = {each.name for each in proto.graph.initializer}
    inputs = [each for each in proto.graph.input if each.name not in stored]
    if not inputs:
        raise ModelError("it has no input")
    if any(isinstance(each.name, bytes) for each in inputs):
        raise ModelError("it has names that are no UTF-8 text")
    called = {
        each.name: "input" if len(inputs) == 1 else legal(each.name.replace(".", "_")) for each in inputs
    }
    by_name: Mapping[str, Any] = given if isinstance(given, dict) else {}
    alone = given if not isinstance(given, dict) else None
    shapes, batches = {}, {}
    for number, each in enumerate(inputs):
        kind = each.type.tensor_type
        if not each.type.HasField("tensor_type") or not kind.HasField("shape"):
            raise ModelError(f"its input '{each.name}' is no array of a known number of axes")
        sizes = [size.dim_value if size.HasField("dim_value") else 0 for size in kind.shape.dim]
        wanted = (
            alone
            if alone is not None and (number == 0 or len(inputs) == 1)
            else by_name.get(called[each.name], by_name.get(each.name))
        )
        if not 2 <= len(sizes) <= MOST_AXES + 2:
            raise ModelError(
                f"its input '{each.name}' has {len(sizes)} axes; one of samples and 1 to 4 are read"
            )
        shape = tuple(sizes[1:]) if wanted is None else tuple(wanted)
        if len(shape) != len(sizes) - 1:
            rank = len(sizes) - 1
            raise ModelError(
                f"its input '{each.name}' has {rank} axes for each sample, --input gives {len(shape)}"
            )
        if not all(map(is_size, shape)):
            shown = "x".join(_size(size) for size in kind.shape.dim[1:])
            name = f"{called[each.name]}=" if len(inputs) > 1 else ""
            example = "x".join(str(size or 224) for size in shape)
            message = f"its input '{each.name}' is {shown}, of which not all is fixed"
            raise ModelError(f"{message}; give it: --input {name}{example}")
        shapes[each.name], batches[each.name] = shape, max(sizes[0], 1)
    return shapes, batches


def _size(size: Any) -> str:
    return str(size.dim_value) if size.HasField("dim_value") and size.dim_value > 0 else size.dim_param or "?"


def drafted(model: Model) -> Draft:
    """Return the layers that a model's nodes are.

    Raises:
        ModelError: none of its outputs has a shape that is known.
    """
    simplified(model)
    layers = Layers(model)
    unknown: list[Node] = []
    remarks: list[str] = []
    for node in model.nodes:
        if any(
            layers.value(name).shape is None or name not in layers.sources for name in _needed(node, layers)
        ):
            unknown.append(node)
            continue
        try:
            handler = (FOUND if node.domain == "found" else OPERATORS if not node.domain else {}).get(node.op)
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
    return _draft(model, layers, remarks)


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
            shape = (prod(value.sample),)
        if not all(map(is_size, shape)):
            return False
        options: dict[str, Any] = {"op": node.op, "shape": [*shape]}
        if number:
            options["part"] = True
        layers.put(name, layers.add(node, "opaque", reads, shape, options))
    return True


def _unknown(nodes: list[Node], layers: Layers) -> None:
    """Add one layer for all nodes whose shapes follow from values, which only a run can know."""
    needed = {*layers.model.outputs}
    needed_nodes: list[Node] = []
    for node in reversed(nodes):
        if not needed.isdisjoint(node.outputs):
            needed_nodes.insert(0, node)
            needed.update(node.inputs)
    nodes = needed_nodes
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


def _draft(model: Model, layers: Layers, remarks: list[str]) -> Draft:
    """Name the layers that are needed for the outputs.

    Raises:
        ModelError: no output is worked out from an input.
    """
    ends = [source for name in model.outputs if isinstance(source := layers.sources.get(name), int)]
    if not ends:
        raise ModelError("none of its outputs is worked out from its inputs by operators that are known")
    kept = _kept(layers.built, ends)
    built = [layers.built[number] for number in kept]
    read = {source for each in built for source in each.reads if isinstance(source, str)}
    inputs = {name: shape for name, shape in model.inputs.items() if name in read}
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
        )
        for number, each in zip(kept, built, strict=True)
    )
    outputs = tuple(dict.fromkeys(called[number] for number in ends))
    return Draft(
        name=model.name,
        inputs=inputs,
        layers=tuple(drafts),
        outputs=outputs,
        remarks=tuple(dict.fromkeys(remarks)),
    )


def _kept(built: list[Built], ends: list[int]) -> list[int]:
    """Return the layers that outputs depend on, in order; what is shared belongs to the first of these."""
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


def names_in(built: list[Built], taken: set[str]) -> list[str]:
    """Return a dotted name for each layer, all different.

    The only layer of a module without others in it is the module; another is its type behind the module.
    """
    counts = Counter(each.path for each in built)
    parents = {path.rpartition(".")[0] for path in _with_parents(counts)}
    found: list[str] = []
    numbers: Counter[str] = Counter()
    for each in built:
        alone = each.path and counts[each.path] == 1 and each.path not in parents
        name = each.path if alone else f"{each.path}.{each.kind}".lstrip(".")
        if not alone or name in taken:
            stem = name
            numbers[stem] += 1
            name = stem if numbers[stem] == 1 else f"{stem}_{numbers[stem]}"
            while name in taken:
                numbers[stem] += 1
                name = f"{stem}_{numbers[stem]}"
        taken.add(name)
        found.append(name)
    return found


def _with_parents(paths: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for path in paths:
        parts = path.split(".")
        found.update(".".join(parts[: end + 1]) for end in range(len(parts)))
    return found
