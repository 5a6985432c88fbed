"""Transposes around layers that only name an axis: the layers work along another axis, the transposes go.

PyTorch's norms and linear layers work along the last axis, so modules turn maps to channels last and back;
models of TensorFlow have all their maps so. Here a transpose is put off until a layer cannot do without it.
One that is turned back before that is never written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from msgspec.structs import replace

from cnnstat.base.axes import rank_of
from cnnstat.importers.onnx.axes import names_of
from cnnstat.importers.onnx.catalogue import is_pointwise
from cnnstat.importers.onnx.layers import Built

if TYPE_CHECKING:
    from cnnstat.layers.base import Shape

Order: TypeAlias = tuple[int, ...]
"""Axis i of a value is axis order[i] of the layer that holds it; none for a value that is as it is held."""

_AXIS = {
    **dict.fromkeys(("softmax", "log_softmax", "linear", "concat", "split", "slice"), "axis"),
    "layer_norm": "axes",
}


class Layouts:
    """Layers that are written anew, and for each old one which of these holds it, in which order of axes."""

    def __init__(self, inputs: dict[str, Shape], turned: frozenset[str]) -> None:
        self.turned = {name: (*range(1, len(inputs[name])), 0) for name in turned}
        self.inputs = {
            name: (shape[-1], *shape[:-1]) if name in turned else shape for name, shape in inputs.items()
        }
        self.built: list[Built] = []
        self.held: dict[int, tuple[int | str, Order]] = {}
        self._written: dict[tuple[int | str, Order], int] = {}
        self._paths: dict[tuple[int | str, Order], str] = {}

    def add(self, number: int, layer: Built) -> None:
        """Write an old layer of this number."""
        holders = [self._holder(source) for source in layer.reads]
        weights = None if layer.weights is None else self._holder(layer.weights)[0]
        layer = replace(layer, weights=weights if isinstance(weights, int) else None)
        if layer.type == "permute":
            source, before = holders[0]
            own = layer.options["order"]
            order = tuple(before[axis] for axis in own) if before else tuple(own)
            order = () if list(order) == sorted(order) else order
            self._paths.setdefault((source, order), layer.path)
            self.held[number] = source, order
            return
        if len(holders) == 1 and holders[0][1] and layer.type == "reduce":
            fewer = _fewer(layer, holders[0][1])
            if fewer is not None:
                self.held[number] = self._write(replace(fewer, reads=[holders[0][0]])), ()
                return
        orders = {order for _, order in holders}
        order = next(iter(orders)) if len(orders) == 1 else ()
        moved = _along(layer, order) if order else None
        if moved is None:
            layer = replace(layer, reads=[self._as_it_is(holder) for holder in holders])
            self.held[number] = self._write(layer), ()
        else:
            self.held[number] = self._write(replace(moved, reads=[source for source, _ in holders])), order

    def end(self, number: int) -> int | str:
        """Return the layer that puts out what an old one did, as it did."""
        return self._as_it_is(self.held[number])

    def _holder(self, source: int | str) -> tuple[int | str, Order]:
        return (source, self.turned.get(source, ())) if isinstance(source, str) else self.held[source]

    def _write(self, layer: Built) -> int:
        self.built.append(layer)
        return len(self.built) - 1

    def _as_it_is(self, holder: tuple[int | str, Order]) -> int | str:
        source, order = holder
        if not order:
            return source
        if holder not in self._written:
            shape = self.inputs[source] if isinstance(source, str) else self.built[source].shape
            turned = tuple(shape[axis] for axis in order)
            path = self._paths.get(holder, "")
            made = Built("permute", [source], {"order": [*order]}, {}, path, "permute", turned)
            self._written[holder] = self._write(made)
        return self._written[holder]


def _fewer(layer: Built, order: Order) -> Built | None:
    """Return a layer that takes axes away from a permuted input, if the others are left in their order."""
    if layer.options.get("keepdims", True) or len(order) != len(layer.shape) + len(layer.options["axes"]):
        return None
    names = ("channels", *rank_of(order).axes[1:])
    axes = sorted(order[names.index(name)] for name in layer.options["axes"])
    left = [axis for axis in order if axis not in axes]
    named = [names[axis] for axis in axes]
    return replace(layer, options={**layer.options, "axes": named}) if left == sorted(left) else None


def _along(layer: Built, order: Order) -> Built | None:
    """Return a layer of permuted inputs as one of these as they are held; None where it is not the same."""
    if len(layer.shape) != len(order):
        return None
    shape = tuple(layer.shape[order.index(axis)] for axis in range(len(order)))
    if is_pointwise(layer.type):
        return replace(layer, shape=shape)
    names = names_of(layer.shape)
    if layer.type in _AXIS:
        key = _AXIS[layer.type]
        name = layer.options.get(key, "all" if layer.type == "layer_norm" else "channels")
        if name not in names:
            return None
        along = names_of(shape)[order[names.index(name)]]
        return replace(layer, shape=shape, options={**layer.options, key: along})
    if layer.type == "reduce" and layer.options.get("keepdims", True):
        axes = sorted(order[names.index(name)] for name in layer.options["axes"])
        return replace(
            layer, shape=shape, options={**layer.options, "axes": [names_of(shape)[i] for i in axes]}
        )
    if layer.type == "parameter":
        back = tuple(order.index(axis) for axis in range(len(order)))
        at = layer.tensors.get("weight")
        tensors = {} if at is None else {"weight": at.turned(("permute", back))}
        return replace(layer, shape=shape, options={"shape": [*shape]}, tensors=tensors)
    return None


def settled(
    built: list[Built], ends: list[int], inputs: dict[str, Shape], turned: frozenset[str] = frozenset()
) -> tuple[dict[str, Shape], list[Built], list[int]]:
    """Return the inputs, the layers with fewer transposes, and which are put out; the same where none goes.

    ``turned`` are inputs that have their channels last, and first in what is returned.
    """
    layouts = Layouts(inputs, turned)
    for number, layer in enumerate(built):
        layouts.add(number, layer)
    found = [layouts.end(number) for number in ends]
    numbers = [source for source in found if isinstance(source, int)]
    before, after = (sum(layer.type == "permute" for layer in each) for each in (built, layouts.built))
    if after >= before or len(numbers) < len(found):
        return inputs, built, ends
    return layouts.inputs, layouts.built, numbers
