"""Tensors whose numbers are in a file beside the model: never outside of the model's folder."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from cnnstat.importers.onnx.stored.wire import KEPT, BrokenFileError

if TYPE_CHECKING:
    from pathlib import Path


class Place(Struct, frozen=True):
    """A file, where in it numbers begin, and how many bytes they are, if that is said."""

    file: Path
    start: int
    length: int | None


def place_of(tensor: Any, model: Path) -> Place:
    """Return where the numbers of a tensor are that are not in the model's own file.

    Raises:
        BrokenFileError: outside of its folder, in no file, or in one that ends before them.
    """
    entries = {each.key: each.value for each in tensor.external_data}
    location = entries.get("location", "")
    folder = model.resolve().parent
    path = folder if "\0" in location else (folder / location).resolve()
    if not location or not path.is_relative_to(folder) or path == folder:
        raise BrokenFileError(f"the numbers of '{tensor.name}' are outside of its folder, and are not read")
    if not path.is_file():
        raise BrokenFileError(f"the file '{location}' with the numbers of '{tensor.name}' is missing")
    try:
        start = int(entries.get("offset", 0))
        length = int(entries["length"]) if "length" in entries else None
    except ValueError:
        raise BrokenFileError(f"where the numbers of '{tensor.name}' begin is no number") from None
    if start < 0 or (length or 0) < 0 or path.stat().st_size < start + (length or 0):
        raise BrokenFileError(f"the file '{location}' ends before the numbers of '{tensor.name}'")
    return Place(path, start, length)


def numbers_at(place: Place, tensor: Any, kind: str = "") -> Any:
    """Return the numbers of a tensor from a file; of its own type, or another ``kind``.

    Raises:
        BrokenFileError: there are fewer or more than its shape says; OSError: the file cannot be read.
    """
    import numpy as np  # noqa: PLC0415
    from onnx import helper  # noqa: PLC0415

    shape = tuple(tensor.dims)
    try:
        own = np.dtype(kind or helper.tensor_dtype_to_np_dtype(tensor.data_type))
    except (KeyError, TypeError):
        raise BrokenFileError(f"the numbers of '{tensor.name}' are of an unknown type") from None
    wanted = prod(shape) * own.itemsize
    if place.length is not None and place.length != wanted:
        raise BrokenFileError(f"'{tensor.name}' has {place.length:,} bytes, its shape {wanted:,}")
    if place.file.stat().st_size < place.start + wanted:
        raise BrokenFileError(f"the numbers of '{tensor.name}' end too early")
    with place.file.open("rb") as opened:
        opened.seek(place.start)
        return np.fromfile(opened, own, prod(shape)).reshape(shape)


def small(tensor: Any, model: Path) -> Any:
    """Return the numbers of a small tensor that are in another file; None where they are many, or missing."""
    if prod(tensor.dims) * 16 > 8 * KEPT:
        return None
    try:
        return numbers_at(place_of(tensor, model), tensor)
    except (BrokenFileError, OSError):
        return None
