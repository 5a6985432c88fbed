"""Which numbers a file may hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cnnstat.base.files import FileError
from cnnstat.tensors.common import shape_text, shown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cnnstat.executor.kernel import Array

MAX_AXES = 32
"""The most axes that every version of NumPy takes."""


def outline(shape: Sequence[int], dtype: np.dtype[Any]) -> Array:
    """Return an array of a shape and type that takes no memory: what a header says, before it is read."""
    return np.broadcast_to(np.zeros((), dtype), tuple(shape))


def array_of(numbers: Sequence[float], shape: Sequence[int]) -> Array:
    """Return an array of numbers, row by row; of a single one in all places."""
    given = np.array(numbers, np.float64)
    return np.full(tuple(shape), given[0]) if given.size == 1 else given.reshape(tuple(shape))


def repeated(array: Array, samples: int, dtype: np.dtype[Any]) -> Array:
    """Return a batch of so many samples in a type, of a single one as often as that."""
    return np.broadcast_to(array, (samples, *array.shape[1:])).astype(dtype)


def check_dtype(path: Path, what: str, dtype: np.dtype[Any]) -> None:
    """Let floats up to 64 bits and integers pass.

    Raises:
        FileError: objects (which would be pickled), text, records, booleans, complex or longer numbers.
    """
    if dtype.hasobject:
        raise FileError(path, f"{what} holds Python objects, which are not read; save plain numbers instead")
    if dtype.kind not in "fiu" or dtype.itemsize > 8 or dtype.subdtype is not None:
        raise FileError(path, f"{what} is {shown(str(dtype))}; save it as float32, float64 or integers")


def check_shape(path: Path, what: str, shape: Sequence[int]) -> None:
    """Let shapes pass that hold a number and that NumPy can hold.

    Raises:
        FileError: an axis is empty or negative, or there are too many.
    """
    if len(shape) > MAX_AXES:
        raise FileError(path, f"{what} has {len(shape)} axes; no layer has more than four")
    if min(shape, default=1) < 1:
        raise FileError(path, f"{what} is {shape_text(shape)}, which holds no numbers")


def check_finite(path: Path | str, what: str, values: Array) -> None:
    """Let finite numbers pass.

    Raises:
        FileError: there are NaN or infinite values; the message counts them.
    """
    if values.dtype.kind != "f" or np.isfinite(values).all():
        return
    nans, infinite = int(np.isnan(values).sum()), int(np.isinf(values).sum())
    found = [f"{n:,} {word}" for n, word in ((nans, "NaN"), (infinite, "infinite")) if n]
    raise FileError(path, f"{what} holds {' and '.join(found)}")
