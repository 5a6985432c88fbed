"""What is checked of arguments from Python, wherever they are taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from cnnstat.base.axes import RANKS
from cnnstat.base.errors import ArgumentError
from cnnstat.base.limits import MAX_SIZE, is_size

Inputs: TypeAlias = "tuple[int, ...] | Mapping[str, tuple[int, ...]]"
"""The shape of the only input, or shapes of inputs by their names."""


def named_inputs(shapes: Inputs, names: tuple[str, ...]) -> dict[str, tuple[int, ...]]:
    """Return shapes by the names of the inputs they are for.

    Raises:
        ArgumentError: there is no such input, a name is missing, or one of them is no shape.
    """
    if not isinstance(shapes, Mapping):
        if len(names) > 1:
            raise ArgumentError(f"the network has the inputs {', '.join(names)}: name the one that is meant")
        shapes = {names[0]: shapes}
    for name, shape in shapes.items():
        if name not in names:
            raise ArgumentError(f"the network has no input '{name}', but {', '.join(names)}")
        check_shape(shape)
    return dict(shapes)


def check_shape(shape: tuple[int, ...]) -> None:
    """Refuse what is no input shape.

    Raises:
        ArgumentError: there are too many sizes or none, or one is out of range.
    """
    if not 1 <= len(shape) <= len(RANKS) or not all(map(is_size, shape)):
        wanted = f"expected 1 to {len(RANKS)} sizes from 1 to {MAX_SIZE:,}"
        raise ArgumentError(f"input_shape: {wanted}, got {shape}")


def check_count(name: str, value: int) -> None:
    """Refuse what is no whole number of 1 or more.

    Raises:
        ArgumentError: it is not.
    """
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ArgumentError(f"{name}: expected 1 or more, got {value!r}")
