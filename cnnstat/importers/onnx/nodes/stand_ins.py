"""Nodes in place of others: exporters write simple things in ways that shapes cannot be inferred of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnstat.importers.onnx.nodes.value import OWN, Node, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_MOST_PARTS = 1024
"""Parts that a value is split into."""
JOINED = {"ReduceSum": "Sum", "ReduceMax": "Max"}
"""What joins the values that are stacked before a reduction."""


class StandIns:
    """What stands in for nodes of a graph, given its values so far and the nodes that make them."""

    def __init__(
        self, values: dict[str, Value], makers: dict[str, Node], store: Callable[[Iterable[Any]], None]
    ) -> None:
        self.values, self.makers, self._store = values, makers, store
        self._sequences: dict[str, list[str]] = {}

    def of(self, node: Any) -> list[Any] | None:
        """Return the nodes that are to be taken in place of one, None where it is taken itself."""
        if node.domain not in OWN:
            return None
        return self._branch(node) or self._parts(node) or self._as_reshape(node) or self._as_joined(node)

    def _branch(self, node: Any) -> list[Any] | None:
        """Return the nodes that an If with a known condition stands for."""
        if node.op_type != "If":
            return None
        condition = self.values[node.input[0]].array
        if condition is None or condition.size != 1:
            return None
        from onnx import helper  # noqa: PLC0415

        wanted = "then_branch" if condition.item() else "else_branch"
        graph = next(each.g for each in node.attribute if each.name == wanted)
        self._store(graph.initializer)
        inner = [each.name for each in graph.output]
        copies = [helper.make_node("Identity", [a], [b]) for a, b in zip(inner, node.output, strict=True)]
        return [*graph.node, *copies]

    def _parts(self, node: Any) -> list[Any] | None:
        """Return a Split in place of a SplitToSequence, whose parts SequenceAt picks by number."""
        from onnx import helper  # noqa: PLC0415

        if node.op_type == "SequenceAt" and node.input[0] in self._sequences:
            number, parts = self.values[node.input[1]].array, self._sequences[node.input[0]]
            if number is None or not -len(parts) <= int(number) < len(parts):
                return None
            return [helper.make_node("Identity", [parts[int(number)]], node.output, name=node.name)]
        if node.op_type != "SplitToSequence" or len(node.input) < 2:
            return None
        x, sizes = self.values[node.input[0]], self.values[node.input[1]].array
        if x.shape is None or sizes is None:
            return None
        axis = next((each.i for each in node.attribute if each.name == "axis"), 0)
        if not -len(x.shape) <= axis < len(x.shape):
            return None
        size = x.shape[axis]
        each = int(sizes) if sizes.size == 1 else 0
        if sizes.size == 1 and each > 0 and size <= _MOST_PARTS * each:
            sizes = [min(each, size - start) for start in range(0, size, each)]
        elif sizes.size == 1:
            return None
        import numpy as np  # noqa: PLC0415

        array, split = np.array(sizes, np.int64).reshape(-1), f"{node.output[0]}\0sizes"
        self.values[split] = Value(split, array.shape, 7, None, array)
        names = [f"{node.output[0]}\0{number}" for number in range(len(array))]
        self._sequences[node.output[0]] = names
        self.values[node.output[0]] = Value(node.output[0], None)
        made = helper.make_node("Split", [node.input[0], split], names, name=node.name, axis=axis)
        made.metadata_props.extend(node.metadata_props)
        return [made]

    def _as_reshape(self, node: Any) -> list[Any] | None:
        """Return a Reshape in place of a Gather of all of a row in order: PyTorch's `as_strided`."""
        if node.op_type != "Gather":
            return None
        row, places = self.values[node.input[0]], self.values[node.input[1]]
        maker = self.makers.get(row.name)
        if (
            maker is None
            or maker.op != "Reshape"
            or places.array is None
            or row.shape != (places.array.size,)
        ):
            return None
        if places.array.reshape(-1).tolist() != [*range(places.array.size)]:
            return None
        import numpy as np  # noqa: PLC0415
        from onnx import helper  # noqa: PLC0415

        target = f"{node.output[0]}\0shape"
        shape = np.array(places.shape, np.int64)
        self.values[target] = Value(target, shape.shape, 7, None, shape)
        made = helper.make_node("Reshape", [maker.inputs[0], target], node.output, name=node.name)
        made.metadata_props.extend(node.metadata_props)
        return [made]

    def _as_joined(self, node: Any) -> list[Any] | None:
        """Return a Sum or Max in place of a reduction along an axis that values were stacked along for it."""
        stack = self.makers.get(node.input[0]) if node.op_type in JOINED else None
        keeps = any(each.name == "keepdims" and not each.i for each in node.attribute)
        axes = [each for attribute in node.attribute if attribute.name == "axes" for each in attribute.ints]
        if len(node.input) > 1:
            array = self.values[node.input[1]].array
            axes = [] if array is None else array.reshape(-1).tolist()
        if stack is None or stack.op != "Concat" or not keeps or len(axes) != 1:
            return None
        rank = max(len(self.values[node.input[0]].shape or ()), 1)
        axis = axes[0] % rank
        if stack.attributes["axis"] % rank != axis:
            return None
        rows: list[str] = []
        for name in stack.inputs:
            maker = self.makers.get(name)
            if maker is None or maker.op not in ("Unsqueeze", "Reshape") or maker.domain:
                return None
            shape, out = self.values[maker.inputs[0]].shape, self.values[name].shape
            if shape is None or out != (*shape[:axis], 1, *shape[axis:]):
                return None
            rows.append(maker.inputs[0])
        from onnx import helper  # noqa: PLC0415

        made = helper.make_node(JOINED[node.op_type], rows, node.output, name=node.name)
        made.metadata_props.extend(node.metadata_props)
        return [made]
