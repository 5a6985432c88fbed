"""NumPy's own formats, .npy and .npz, with every header checked before anything it describes is read.

Formats: numpy.lib.format (NEP 1) and the ZIP application note. Pickle is never read.
"""

from __future__ import annotations

import io
import math
import warnings
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from numpy.lib import format as npy

from cnnstat.base.files import FileError
from cnnstat.tensors.common import shape_text, shown
from cnnstat.tensors.numbers import check_dtype, check_shape, outline

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from cnnstat.executor.kernel import Array

MAX_HEADER = 10_000
"""Characters of a .npy header; NumPy writes 118, and a few more for many axes."""
MAX_TENSORS = 50_000
"""Tensors in one file; ResNet-1202 has about 7,000."""
MAX_GROWTH = 50
"""How many times its size a file may unpack to: trained weights hardly shrink at all."""
FREE_GROWTH = 64 * 2**20
"""Bytes that a file may unpack to whatever its size: a small network of zeros is no bomb."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a .npy file says about itself, and the bytes it takes to say so."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    length: int

    @property
    def size(self) -> int:
        """The bytes of the file by its header, exact however large it claims to be."""
        return self.length + math.prod(self.shape) * self.dtype.itemsize


def checked_header(path: Path, what: str, file: IO[bytes], size: int) -> Header:
    """Read the header of a .npy file of `size` bytes.

    Raises:
        FileError: it is none, it is too long, its type is no number, or it claims other data than is there.
    """
    # A header may claim 4 GiB for itself: parse it from a piece of bounded length.
    start = io.BytesIO(file.read(MAX_HEADER + 64))
    try:
        shape, dtype = _parsed(start)
    except Exception as error:  # the parser meets hostile text, and what it may raise is not documented
        raise FileError(path, f"{what} has no readable .npy header; save it again with numpy.save") from error
    check_dtype(path, what, dtype)
    check_shape(path, what, shape)
    header = Header(shape, dtype, start.tell())
    if header.size != size:
        claim = f"{what} claims {shape_text(shape)} numbers of {dtype.itemsize} bytes"
        raise FileError(path, f"{claim}, but {size - header.length:,} bytes are there; is it cut off?")
    return header


def _parsed(file: IO[bytes]) -> tuple[tuple[int, ...], np.dtype[Any]]:
    readers = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        shape, _, dtype = readers[npy.read_magic(file)](file, max_header_size=MAX_HEADER)
    if any(isinstance(size, bool) for size in shape):  # which are integers to Python, and to its reader
        raise ValueError(shape)
    return shape, dtype


def read_data(file: IO[bytes]) -> Array:
    """Read a whole .npy file whose header was checked, into the byte order of this machine."""
    array: Array = npy.read_array(file, allow_pickle=False, max_header_size=MAX_HEADER)
    return array.astype(array.dtype.newbyteorder("="), copy=False)


class NpzFile:
    """A .npz file whose headers are checked before anything else is read.

    Raises:
        FileError: it is no zip file or damaged, holds a name twice, too much, or anything but numbers.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with _undamaged(path), zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _check_members(path, members)
            self.headers = {_name(member): _member_header(path, archive, member) for member in members}

    def outlines(self) -> dict[str, Array]:
        """Return types and shapes, in the file's order."""
        return {name: outline(header.shape, header.dtype) for name, header in self.headers.items()}

    def tensors(self, names: Iterable[str]) -> Iterator[tuple[str, Array]]:
        """Read some arrays, one by one."""
        with _undamaged(self.path), zipfile.ZipFile(self.path) as archive:
            for name in names:
                yield name, _read_member(self.path, archive, archive.getinfo(f"{name}.npy"))


@contextmanager
def _undamaged(path: Path) -> Iterator[None]:
    try:
        yield
    except (FileError, OSError, MemoryError):
        raise
    except Exception as error:  # zipfile and its decompressors meet hostile bytes; not all is documented
        raise FileError(path, "is no .npz file, or a damaged one; save it again with numpy.savez") from error


def _check_members(path: Path, members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MAX_TENSORS:
        raise FileError(path, f"holds {len(members):,} tensors; at most {MAX_TENSORS:,} are read")
    seen: set[str] = set()
    for member in members:
        name = _name(member)
        if not member.filename.endswith(".npy"):
            raise FileError(path, f"holds '{shown(member.filename)}', which is no .npy array; leave it out")
        if name in seen:
            raise FileError(path, f"holds '{shown(name)}' twice")
        seen.add(name)
    _check_growth(path, sum(member.file_size for member in members))


def _check_growth(path: Path, unpacked: int) -> None:
    packed = path.stat().st_size
    if unpacked > FREE_GROWTH and unpacked > packed * MAX_GROWTH:
        sizes = f"{packed:,} bytes would unpack to {unpacked:,}"
        raise FileError(path, f"{sizes}, which no trained weights do; save it again with numpy.savez")


def _name(member: zipfile.ZipInfo) -> str:
    return member.filename.removesuffix(".npy")


def _shown(member: zipfile.ZipInfo) -> str:
    return f"'{shown(_name(member))}'"


def _member_header(path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Header:
    with archive.open(member) as file:
        return checked_header(path, _shown(member), file, member.file_size)


def _read_member(path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Array:
    with archive.open(member) as file:
        try:
            return read_data(file)
        except ValueError as error:  # the data end before the directory of the archive says so
            raise FileError(path, f"{_shown(member)} is damaged; save it again with numpy.savez") from error


def write_npz(target: IO[bytes], arrays: Mapping[str, Array]) -> None:
    """Write a .npz file; equal arrays give equal bytes."""
    # numpy.savez takes names as keywords, so an array could not be called `file`.
    with zipfile.ZipFile(target, "w") as archive:
        for name, array in arrays.items():
            with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as file:
                npy.write_array(file, np.asanyarray(array), allow_pickle=False)
