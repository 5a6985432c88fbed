"""What is checked of arguments from Python, wherever they are taken."""

from __future__ import annotations

from cnnstat.base.errors import ArgumentError
from cnnstat.base.limits import MAX_SIZE, is_size


def check_shape(shape: tuple[int, ...]) -> None:
    """Refuse what is no input shape.

    Raises:
        ValueError: there are not one to three sizes, or one is out of range.
    """
    if not 1 <= len(shape) <= 3 or not all(map(is_size, shape)):
        raise ArgumentError(f"input_shape: expected one to three sizes from 1 to {MAX_SIZE:,}, got {shape}")


def check_count(name: str, value: int) -> None:
    """Refuse what is no whole number of 1 or more.

    Raises:
        ValueError: it is not.
    """
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ArgumentError(f"{name}: expected 1 or more, got {value!r}")
