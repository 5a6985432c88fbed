"""One call of an operator of PyTorch, and what writes nodes in its place."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

from cnnstat.importers.onnx.nodes.value import Node, Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.importers.torch_export.model import Reading
    from cnnstat.layers.base import Shape


class Call:
    """An operator (its name without the mark of those that work in place), and its arguments by name."""

    def __init__(self, reading: Reading, node: Any, outputs: list[str], shapes: list[Shape]) -> None:
        self.reading, self.node, self.outputs, self.shapes = reading, node, outputs, shapes
        schema = getattr(node.target, "_schema", None)
        self.full = schema.name if schema else getattr(node.target, "__name__", str(node.target))
        namespace, _, name = self.full.rpartition("::")
        self.operator = name.rstrip("_") if namespace == "aten" and not name.startswith("__") else self.full
        self.arguments: dict[str, Any] = {}
        if schema:
            for number, each in enumerate(schema.arguments):
                given = node.args[number] if number < len(node.args) else node.kwargs.get(each.name, _MISSING)
                default = each.default_value if each.has_default_value() else None
                self.arguments[each.name] = default if given is _MISSING else given
        self._inner = 0

    def __getitem__(self, name: str) -> Any:
        """Return an argument as it is given, or its default; None where there is none of the name."""
        return self.arguments.get(name)

    def name(self, argument: str) -> str:
        """Return the value that an argument is, '' where it is left out; a number becomes a constant.

        Raises:
            KeyError: the operator has none of this name, or it is no tensor.
        """
        return self.of(self.arguments[argument])

    @property
    def x(self) -> str:
        """Return the value that the first argument is."""
        return self.of(self.node.args[0])

    def of(self, given: Any) -> str:
        """Return the value that a node of the program or a number is."""
        if given is None:
            return ""
        if isinstance(given, bool | int | float):
            return self.constant(given)
        name = self.reading.names.get(given)
        if name is None:
            raise KeyError(str(given))
        return name

    def names(self, argument: str) -> list[str]:
        """Return the values of an argument that is a list."""
        return [self.of(each) for each in self.arguments[argument]]

    def value(self, name: str) -> Value:
        """Return what is known of a value."""
        return self.reading.values[name]

    @property
    def shape(self) -> Shape:
        """Return the shape of the only output."""
        return self.shapes[0]

    @property
    def kind(self) -> int:
        """Return the type of the first output's numbers, by its number in ONNX."""
        return self.reading.kinds.get(self.outputs[0], 1)

    @property
    def scope(self) -> str:
        """Return the dotted name of the module that the call stands in."""
        stack = self.node.meta.get("nn_module_stack") or {}
        path = next(reversed([path for path, _ in stack.values()]), "") if stack else ""
        return str(path).partition("@")[0]

    def constant(self, number: Any) -> str:
        """Return the name of a constant of these numbers."""
        import numpy as np  # noqa: PLC0415

        name = f"{self.node.name}\0{self._next()}"
        array = np.asarray(number, None if not isinstance(number, int | float) else np.float64)
        self.reading.values[name] = Value(name, array.shape, 1, None, array)
        return name

    def then(
        self, op: str, inputs: Sequence[str], shape: Shape, *, domain: str = "", **attributes: Any
    ) -> str:
        """Add a node before the last one; return what it puts out."""
        name = f"{self.node.name}\0{self._next()}"
        self.reading.put(Node("", op, [*inputs], [name], attributes, self.scope, domain), [shape])
        return name

    def put(self, op: str, inputs: Sequence[str], *, domain: str = "", **attributes: Any) -> bool:
        """Add the last node, which puts out what the call does."""
        self.reading.put(Node("", op, [*inputs], self.outputs, attributes, self.scope, domain), self.shapes)
        return True

    def layer(
        self,
        kind: str,
        inputs: Sequence[str],
        options: dict[str, Any] | None = None,
        tensors: dict[str, str] | None = None,
    ) -> bool:
        """Add a layer of the catalogue, with its tensors, as the last node."""
        stored = {name: value for name, value in (tensors or {}).items() if value}
        attributes = {"type": kind, "options": options or {}, "tensors": [*stored], "reads": len(inputs)}
        node = Node("", "layer", [*inputs, *stored.values()], self.outputs, attributes, self.scope, "found")
        self.reading.put(node, self.shapes)
        return True

    def same(self, name: str) -> bool:
        """Say that the call puts out what it reads."""
        self.reading.names[self.node] = name
        return True

    def outside(self) -> None:
        """Add a node that the catalogue has nothing for."""
        read = [self.reading.names[each] for each in self.node.all_input_nodes if each in self.reading.names]
        node = Node("", self.operator.replace("::", "_"), read, self.outputs, {}, self.scope, "aten")
        self.reading.put(node, self.shapes)

    def sizes(self, argument: str, rank: int) -> list[int]:
        """Return a number for each axis of places; one that is given stands for all."""
        given = self.arguments.get(argument)
        given = [given] if isinstance(given, int) else [*(given or [])]
        return given * rank if len(given) == 1 else given

    def axis(self, argument: str, rank: int) -> int:
        """Return an axis, counted from the first."""
        return int(self.arguments[argument]) % max(rank, 1)

    def elements(self, name: str) -> int:
        """Return how many numbers a value has."""
        return prod(self.value(name).shape or ())

    def _next(self) -> int:
        self._inner += 1
        return self._inner


_MISSING = object()
