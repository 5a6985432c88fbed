"""What is checked of arguments from Python, wherever they are taken."""

from __future__ import annotations

from cnnstat.base.axes import RANKS
from cnnstat.base.errors import ArgumentError
from cnnstat.base.limits import MAX_SIZE, is_size


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
