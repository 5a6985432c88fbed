"""The safetensors format, by its own library.

The library checks what a hostile header could say (overlaps, gaps, sizes beyond the file) and is kept by
those who define the format, so it is preferred to code of our own. It is an extra, imported when first
needed. Its way to NumPy knows no bfloat16, therefore tensors are taken as bytes and get their type here.
"""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

import numpy as np

from cnnstat.base.files import FileError
from cnnstat.tensors.common import shown
from cnnstat.tensors.numbers import check_shape

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import ModuleType

    from cnnstat.executor.kernel import Array

MAX_HEADER = 16 * 2**20
"""Bytes of the header: far more than 50,000 tensors with long names take."""
LENGTH = 8
"""Bytes in front of the header that say how long it is."""

TYPES = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "<i1",
    "U64": "<u8",
    "U32": "<u4",
    "U16": "<u2",
    "U8": "<u1",
}


def read_safetensors(path: Path) -> dict[str, Array]:
    """Read all tensors, sorted by name: the format keeps no order of its own.

    Raises:
        FileError: the library is missing, the file is damaged, or a type is not numeric or unknown to NumPy.
    """
    safetensors = library(path)
    _check_header(path)
    try:
        found = safetensors.deserialize(path.read_bytes())
    except safetensors.SafetensorError as error:
        reason = shown(str(error))
        raise FileError(
            path, f"is no safetensors file, or a damaged one ({reason}); save it again"
        ) from error
    return {name: _array(path, name, view) for name, view in sorted(found, key=lambda pair: pair[0])}


def library(path: Path) -> ModuleType:
    """Return the library, which only a file of its format needs.

    Raises:
        FileError: it is missing; the message names the file.
    """
    try:
        import safetensors  # noqa: PLC0415 - an extra: most runs read no such file
    except ImportError as error:
        raise FileError(path, "needs a library: pip install safetensors, or use .npz") from error
    return safetensors


def _check_header(path: Path) -> None:
    with path.open("rb") as file:
        length = int.from_bytes(file.read(LENGTH), "little")
    if length > min(MAX_HEADER, path.stat().st_size - LENGTH):
        raise FileError(path, f"claims a header of {length:,} bytes; is it cut off, or no safetensors file?")


def _array(path: Path, name: str, view: Mapping[str, Any]) -> Array:
    check_shape(path, f"'{shown(name)}'", view["shape"])
    if view["dtype"] == "BF16":
        return _from_bfloat16(view["data"]).reshape(view["shape"])
    if view["dtype"] not in TYPES:
        kind = shown(view["dtype"])
        raise FileError(
            path, f"'{shown(name)}' is of type {kind}; save it as F32, F64, F16, BF16 or integers"
        )
    array: Array = np.frombuffer(view["data"], TYPES[view["dtype"]]).reshape(view["shape"])
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def _from_bfloat16(data: bytes) -> Array:
    """Return float32: a bfloat16 is its upper half."""
    halves = np.frombuffer(data, "<u2").astype(np.uint32)
    return (halves << 16).view(np.float32)


def write_safetensors(target: IO[bytes], tensors: Mapping[str, Array]) -> None:
    """Write a file."""
    from safetensors.numpy import save  # noqa: PLC0415 - see above

    # The library takes the bytes from memory as they lie there. Its own errors hide what the system said, so
    # the bytes are written here.
    target.write(save({name: np.require(t, requirements="C") for name, t in tensors.items()}))
