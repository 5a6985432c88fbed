"""Which parameters of a network are arguments of its source, and which are numbers in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnstat.spec.expression import Expression
from cnnstat.spec.model import Expressions

if TYPE_CHECKING:
    from cnnstat.spec.choice import Spec

_SPATIAL = {
    "kernel",
    "stride",
    "padding",
    "dilation",
    "size",
    "scale",
    "output_padding",
    "margins",
    "start",
    "stop",
}


def kept_and_folded(spec: Spec) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return those that are arguments of the source, and those that are numbers in it.

    A number of maps, classes or layers is an argument; what chooses between structures is not, nor what
    sizes follow from, which are numbers here.
    """
    spatial: set[str] = set()
    entries = [*spec.family.layers, *(e for block in spec.family.blocks.values() for e in block.layers)]
    for entry in entries:
        for option in (*entry.options, *entry.first):
            if option.name in _SPATIAL and entry.type.value not in ("matmul", "power"):
                spatial |= _names(option.value)
    for sizes in spec.family.inputs.values():
        for size in sizes:
            spatial |= _names(size)
    kept = {
        name: value
        for name, value in spec.params.items()
        if type(value) is int and value > 1 and name not in spatial
    }
    return kept, {name: value for name, value in spec.params.items() if name not in kept}


def _names(value: Any) -> set[str]:
    if isinstance(value, Expression):
        return set(value.names)
    if isinstance(value, Expressions):
        return set().union(*map(_names, value.items))
    return set()
