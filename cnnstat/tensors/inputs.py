"""Inputs of a network as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnnstat.base.files import FileError, as_file_error
from cnnstat.tensors.common import existing, shape_text
from cnnstat.tensors.npy import Header, checked_header, read_data
from cnnstat.tensors.numbers import check_finite

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cnnstat.executor.kernel import Array

WHAT = "the array"


@dataclass(frozen=True, slots=True)
class GivenInput:
    """A file of inputs whose header was checked: how many samples it has, and the bytes that reading takes.

    `read` returns the batch.
    """

    samples: int
    bytes: int
    read: Callable[[], Array]


def array_input(path: Path | str, input_shape: tuple[int, ...]) -> GivenInput:
    """Check what a .npy file says that it holds; its numbers are not read yet.

    Raises:
        FileError: the file is missing or damaged, is of another type than numbers, or has another shape.
    """
    path, header = _checked(path, input_shape)
    batch = header.shape[0] if len(header.shape) > len(input_shape) else 1
    stored = header.size - header.length
    turned = 0 if header.dtype.isnative else stored
    # Whether numbers are finite is one byte for each.
    return GivenInput(
        batch, stored + max(turned, stored // header.dtype.itemsize), lambda: read_array(path, input_shape)
    )


def read_array(path: Path | str, input_shape: tuple[int, ...]) -> Array:
    """Read one sample of `input_shape`, or a batch of such, from a .npy file; return a batch.

    Numbers come as they are stored, integers too; nothing is scaled.

    Raises:
        FileError: the file is missing or damaged, holds other than finite numbers, or has another shape.
    """
    path, _ = _checked(path, input_shape)
    with as_file_error(path), path.open("rb") as file:
        array = read_data(file)
    check_finite(path, WHAT, array)
    return array.reshape(-1, *input_shape)


def _checked(path: Path | str, input_shape: tuple[int, ...]) -> tuple[Path, Header]:
    path = existing(path, (".npy",), "; save it with numpy.save")
    with as_file_error(path), path.open("rb") as file:
        header = checked_header(path, WHAT, file, path.stat().st_size)
    _check_shape(path, header.shape, input_shape)
    return path, header


def _check_shape(path: Path, shape: tuple[int, ...], wanted: tuple[int, ...]) -> None:
    batch = len(shape) == len(wanted) + 1 and shape[0] > 0 and shape[1:] == wanted
    if shape != wanted and not batch:
        sample = shape_text(wanted)
        raise FileError(
            path, f"holds {shape_text(shape)}, the network wants {sample}, or Nx{sample} for a batch of N"
        )
