"""What the catalogue of layers has for a node, and what it has not."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from cnnstat.base.errors import Misfit
from cnnstat.layers.base import size_of
from cnnstat.layers.plugged import layer_type
from cnnstat.layers.reader import read_layer

if TYPE_CHECKING:
    from cnnstat.importers.onnx.nodes.value import Value
    from cnnstat.layers.base import Shape


class Outside(Exception):  # noqa: N818 - no error: the node becomes an opaque layer
    """What a node computes is nothing that the catalogue has; the message says why."""


def check_layer(
    kind: str,
    options: dict[str, Any],
    given: tuple[Shape, ...],
    shape: Shape,
    stored: dict[str, Value],
) -> None:
    """Refuse a layer that would be no good in a spec, or another one than the model has.

    Raises:
        Outside: it is so.
    """
    declared = layer_type(kind)
    if declared is None:
        raise Outside(f"there is no type '{kind}'")
    numbers = [each for each in options.values() if isinstance(each, float)]
    if not all(map(isfinite, numbers)):
        raise Outside(f"{kind} takes no number without end")
    layer, faults = read_layer(kind, declared, {name: _frozen(each) for name, each in options.items()})
    if layer is None:
        raise Outside(str(faults[0]))
    try:
        found, wanted = size_of(layer.sizes(given)), layer.tensors(given)
    except Misfit as why:
        raise Outside(str(why)) from None
    if found != tuple(shape):
        raise Outside(f"{kind} would put out {_shown(found)}, and it {_shown(shape)}")
    for name, value in stored.items():
        if value.shape is not None and tuple(value.shape) != wanted.get(name):
            raise Outside(
                f"its {name} is {_shown(value.shape)}, and {kind} has {_shown(wanted.get(name, ()))}"
            )


def is_pointwise(kind: str) -> bool:
    """Say whether a type works value by value, so that it does not matter where its axes stand."""
    declared = layer_type(kind)
    return declared is not None and declared.pointwise


def _frozen(value: Any) -> Any:
    """Return a value as the reader of specs has it, where lists are tuples."""
    return tuple(map(_frozen, value)) if isinstance(value, list | tuple) else value


def _shown(shape: Shape) -> str:
    return "x".join(map(str, shape)) or "none"
