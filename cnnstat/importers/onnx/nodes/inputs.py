"""The inputs of a model: the shape of one sample of each, and how many it takes at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from cnnstat.base.axes import MOST_AXES
from cnnstat.base.limits import is_size
from cnnstat.importers.errors import ModelError
from cnnstat.importers.names import legal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cnnstat.base.arguments import Inputs
    from cnnstat.layers.base import Shape


class ModelInputs(Struct, frozen=True):
    """The inputs of a model by name: the shape of one sample, and how many samples are taken at once.

    ``turned`` are maps with their channels last that the model turns before all else, as those of TensorFlow:
    a spec has them with the channels first.
    """

    shapes: dict[str, Shape]
    batches: dict[str, int]
    turned: frozenset[str]


def inputs_of(proto: Any, given: Inputs | None) -> ModelInputs:
    """Return the inputs of a model; ``given`` are shapes as a spec has them.

    Raises:
        ModelError: a size is missing, or one is given that does not fit.
    """
    stored = {each.name for each in proto.graph.initializer}
    inputs = [each for each in proto.graph.input if each.name not in stored]
    tensors = {each.name for each in absent(inputs)}
    inputs = [each for each in inputs if each.name not in tensors]
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
    turned = _turned(proto, {each.name for each in inputs})
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
        shown_sizes = [_size(size) for size in kind.shape.dim[1:]]
        if each.name in turned:
            sizes[1:], shown_sizes = [sizes[-1], *sizes[1:-1]], [shown_sizes[-1], *shown_sizes[:-1]]
        shape = tuple(sizes[1:]) if wanted is None else tuple(wanted)
        if len(shape) != len(sizes) - 1:
            rank = len(sizes) - 1
            raise ModelError(
                f"its input '{each.name}' has {rank} axes for each sample, --input gives {len(shape)}"
            )
        if not all(map(is_size, shape)):
            shown = "x".join(shown_sizes)
            name = f"{called[each.name]}=" if len(inputs) > 1 else ""
            example = "x".join(str(size or 224) for size in shape)
            message = f"its input '{each.name}' is {shown}, of which not all is fixed"
            raise ModelError(f"{message}; give it: --input {name}{example}")
        shapes[each.name] = (*shape[1:], shape[0]) if each.name in turned else shape
        batches[each.name] = max(sizes[0], 1)
    return ModelInputs(shapes, batches, turned)


_POINTWISE = {"Mul", "Add", "Sub", "Div", "Clip", "Cast", "Identity", "QuantizeLinear", "DequantizeLinear"}


def _turned(proto: Any, names: set[str]) -> frozenset[str]:
    """Return the inputs of which nothing else is read than their channels turned from the end to the front.

    Before that numbers may be changed one by one.
    """
    whose = {name: {name} for name in names}
    found: dict[str, bool] = {}
    for node in proto.graph.node:
        read = {source for name in node.input for source in whose.get(name, ())}
        if read and node.op_type in _POINTWISE:
            whose |= {name: whose.get(name, set()) | read for name in node.output}
            continue
        order = next(([*each.ints] for each in node.attribute if each.name == "perm"), [])
        last = len(order) - 1
        first = node.op_type == "Transpose" and last > 2 and order == [0, last, *range(1, last)]
        for name in read:
            found[name] = found.get(name, True) and first
    put_out = {source for each in proto.graph.output for source in whose.get(each.name, ())}
    return frozenset(name for name, alone in found.items() if alone and name not in put_out)


def absent(inputs: Iterable[Any]) -> list[Any]:
    """Return the inputs that are tensors of the model whose numbers it lacks.

    Where a model takes any number of samples, what does not is the same for all of them. So are models whose
    weights are left out, as a tensor without numbers is none.
    """
    found = [(each, each.type.tensor_type.shape.dim) for each in inputs if each.type.HasField("tensor_type")]
    if not any(sizes and not _fixed(sizes[0]) for _, sizes in found):
        return []
    return [each for each, sizes in found if all(map(_fixed, sizes))]


def _fixed(size: Any) -> bool:
    return bool(size.HasField("dim_value") and size.dim_value > 0)


def _size(size: Any) -> str:
    return str(size.dim_value) if size.HasField("dim_value") and size.dim_value > 0 else size.dim_param or "?"
