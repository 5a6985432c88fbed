"""What onnx itself knows of a node: whether it is as its operator says, and what it puts out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnstat.importers.onnx.nodes.value import MAX_COMPUTED, OWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnnstat.importers.onnx.nodes.value import Value
    from cnnstat.layers.base import Shape

_MOST_OUTER = 5_000  # values that a graph within a node may read from outside


class Schemas:
    """The operators that a model may have, in its versions of them.

    ``opset`` is the version of onnx's own operators, and ``domains`` are those that the model names.
    """

    def __init__(self, proto: Any) -> None:
        self.proto = proto
        self.domains = {each.domain: each.version for each in proto.opset_import}
        self.opset = next((self.domains[name] for name in OWN if name in self.domains), 1)

    def check(self, node: Any) -> None:
        """Let onnx check that a node is as its operator says.

        Raises:
            onnx.checker.ValidationError: it is not.
        """
        from onnx import checker, defs  # noqa: PLC0415

        plain = not any(each.type in (4, 5, 9, 10) for each in node.attribute)
        if node.domain not in OWN or not plain or not defs.has(node.op_type, self.opset, ""):
            return
        # what newer versions have in another way, the checker refuses in this one; it is read all the same
        if not defs.get_schema(node.op_type, self.opset, "").deprecated:
            checker.check_node(node, self._context())

    def _context(self) -> Any:
        from onnx import checker  # noqa: PLC0415

        context = checker.C.CheckerContext()
        context.ir_version = max(self.proto.ir_version, 3)
        context.opset_imports = {**self.domains, "": self.opset}
        return context

    def inferred(
        self, node: Any, inputs: list[Value], values: Mapping[str, Value]
    ) -> dict[str, tuple[int, Shape]]:
        """Return type and shape of each output of which onnx's shape inference knows them in numbers.

        ``inputs`` are what the node reads, ``values`` all that a graph within it may read.
        """
        from onnx import defs, numpy_helper, shape_inference  # noqa: PLC0415

        domain = "" if node.domain in OWN else node.domain
        if domain and domain not in self.domains:
            return {}
        outer = len(values) <= _MOST_OUTER and any(each.type == 5 for each in node.attribute)
        scope = values.values() if outer else inputs
        types = {each.name: _type_of(each) for each in scope if each.name}
        data = {
            each.name: numpy_helper.from_array(each.array, each.name)
            for each in inputs
            if each.array is not None and each.array.size <= MAX_COMPUTED
        }
        version = self.domains.get(node.domain, self.opset if not domain else 1)
        try:
            schema = defs.get_schema(node.op_type, version, domain)
            found = shape_inference.infer_node_outputs(
                schema, node, types, data, opset_imports=[*self.proto.opset_import]
            )
        except Exception:
            return {}
        return {
            name: (kind.tensor_type.elem_type, shape)
            for name, kind in found.items()
            if (shape := shape_in(kind)) is not None
        }


def shape_in(kind: Any) -> Shape | None:
    """Return the shape that a type has, None where a size of it is not fixed."""
    if not kind.HasField("tensor_type") or not kind.tensor_type.HasField("shape"):
        return None
    sizes = kind.tensor_type.shape.dim
    if any(not size.HasField("dim_value") or size.dim_value < 0 for size in sizes):
        return None
    return tuple(size.dim_value for size in sizes)


def _type_of(value: Value) -> Any:
    from onnx import helper  # noqa: PLC0415

    return helper.make_tensor_type_proto(value.kind, value.shape)
