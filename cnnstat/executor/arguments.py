"""What the executor checks of arguments from Python."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cnnstat.executor.kernel import Array

_NUMBERS = "biuf"
"""The kinds of NumPy's types that are real numbers: bool, integers and floats."""


VARIANCE = ".running_var"
"""How the names of variances end; they may be 0."""


def whole(name: str, value: object, least: int) -> int:
    """Return a whole number of `least` or more.

    Raises:
        ValueError: it is none.
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise ValueError(f"{name}: expected a whole number of {least} or more, got {value!r:.80}")
    return int(value)


def array(name: str, value: object, kinds: str = f"{_NUMBERS}c") -> Array:
    """Return an array of numbers, which NumPy makes of lists, too.

    Raises:
        ValueError: it is of words, of objects, or of lists of different lengths.
    """
    try:
        made = np.asarray(value)
    except ValueError as error:
        raise ValueError(f"{name}: expected an array of numbers: {error}") from None
    if made.dtype.kind not in kinds:
        raise ValueError(f"{name}: expected an array of numbers, got {made.dtype}")
    return made


def replacements(tensors: object, own: Mapping[str, Array]) -> dict[str, Array]:
    """Return arrays that may take the place of tensors of the same names and shapes.

    Raises:
        ValueError: one of them may not.
    """
    if not isinstance(tensors, Mapping):
        raise ValueError(f"expected tensors by their names, got {type(tensors).__name__}")
    ready = {}
    stored = {id(tensor) for tensor in own.values()}
    for name, value in tensors.items():
        if name not in own:
            raise ValueError(f"there is no tensor '{name}'")
        tensor = array(f"'{name}'", value, _NUMBERS)
        if own[name].shape != tensor.shape:
            raise ValueError(f"'{name}' has shape {own[name].shape}, not {tensor.shape}")
        if _overflows(tensor, own[name].dtype):
            raise ValueError(f"'{name}' has numbers beyond those of {own[name].dtype}")
        if not np.isfinite(tensor).all():
            raise ValueError(f"'{name}' has numbers that are not finite")
        if name.endswith(VARIANCE) and (tensor < 0).any():
            raise ValueError(f"'{name}' has negative variances")
        # Two tensors of the network may change places.
        ready[name] = tensor.copy() if id(tensor) in stored else tensor
    return ready


def _overflows(tensor: Array, kind: np.dtype[np.generic]) -> bool:
    """Say whether a number that is finite would be infinite in another type."""
    if np.can_cast(tensor.dtype, kind):
        return False
    with np.errstate(over="ignore"):
        return bool((np.isfinite(tensor) & ~np.isfinite(tensor.astype(kind))).any())
