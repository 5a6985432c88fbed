"""The safetensors format, by its own library.

The library checks what a hostile header could say (overlaps, gaps, sizes beyond the file) and is kept by
those who define the format, so it is preferred to code of our own. It is an extra, imported when first
needed. Its way to NumPy knows no bfloat16, therefore tensors get their type here. They are read one by one
from where the header, once checked, says that they are: a file may hold more than there is memory.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from math import prod
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from cnnstat.base.files import FileError
from cnnstat.tensors.common import shown
from cnnstat.tensors.numbers import check_shape, outline

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
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


BFLOAT16 = "BF16"


@dataclass(frozen=True, slots=True)
class Entry:
    """A tensor by the header: its type's name, its shape, and the byte of the file where it begins."""

    type: str
    shape: tuple[int, ...]
    start: int


class SafetensorsFile:
    """A file whose header was checked, and of which nothing else was read.

    Raises:
        FileError: the library is missing, the file is damaged, or a type is not numeric or unknown to NumPy.
    """

    def __init__(self, path: Path) -> None:
        safetensors = library(path)
        _check_header(path)
        try:
            with safetensors.safe_open(path, "numpy"), path.open("rb") as file:
                length = int.from_bytes(file.read(LENGTH), "little")
                entries = json.loads(file.read(length))
        except (safetensors.SafetensorError, ValueError, RecursionError) as error:
            reason = shown(str(error))
            raise FileError(
                path, f"is no safetensors file, or a damaged one ({reason}); save it again"
            ) from error
        entries.pop("__metadata__", None)
        self.path = path
        self.entries = {name: _entry(path, name, LENGTH + length, entries[name]) for name in sorted(entries)}

    def outlines(self) -> dict[str, Array]:
        """Return types and shapes, sorted by name: the format keeps no order of its own."""
        return {name: outline(each.shape, _stored(each)) for name, each in self.entries.items()}

    def tensors(self, names: Iterable[str]) -> Iterator[tuple[str, Array]]:
        """Read some tensors, one by one; bfloat16 becomes float32."""
        with self.path.open("rb") as file:
            for name in names:
                entry = self.entries[name]
                array = np.empty(entry.shape, _stored(entry))
                file.seek(entry.start)
                if file.readinto(array.reshape(-1).view(np.uint8).data) != array.nbytes:
                    raise FileError(self.path, f"'{shown(name)}' is cut off; save it again")
                native = array.astype(array.dtype.newbyteorder("="), copy=False)
                yield name, _from_bfloat16(native) if entry.type == BFLOAT16 else native


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


def _entry(path: Path, name: str, start: int, given: Mapping[str, Any]) -> Entry:
    entry = Entry(given["dtype"], tuple(given["shape"]), start + given["data_offsets"][0])
    check_shape(path, f"'{shown(name)}'", entry.shape)
    if entry.type != BFLOAT16 and entry.type not in TYPES:
        kind = shown(entry.type)
        raise FileError(
            path, f"'{shown(name)}' is of type {kind}; save it as F32, F64, F16, BF16 or integers"
        )
    assert _stored(entry).itemsize * prod(entry.shape) == given["data_offsets"][1] - given["data_offsets"][0]
    return entry


def _stored(entry: Entry) -> np.dtype[Any]:
    """Return the type of a tensor's numbers as they lie in the file."""
    return np.dtype("<u2" if entry.type == BFLOAT16 else TYPES[entry.type])


def _from_bfloat16(halves: Array) -> Array:
    """Return float32: a bfloat16 is its upper half."""
    return (halves.astype(np.uint32) << 16).view(np.float32)


def write_safetensors(target: IO[bytes], tensors: Mapping[str, Array]) -> None:
    """Write a file."""
    from safetensors.numpy import save  # noqa: PLC0415 - see above

    # The library takes the bytes from memory as they lie there. Its own errors hide what the system said, so
    # the bytes are written here.
    target.write(save({name: np.require(t, requirements="C") for name, t in tensors.items()}))
