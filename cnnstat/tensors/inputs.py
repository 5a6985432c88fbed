"""Inputs of a network as arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.base.files import FileError, as_file_error
from cnnstat.tensors.common import existing, shape_text
from cnnstat.tensors.npy import checked_header, read_data
from cnnstat.tensors.numbers import check_finite

if TYPE_CHECKING:
    from pathlib import Path

    from cnnstat.executor.kernel import Array

WHAT = "the array"


def read_array(path: Path | str, input_shape: tuple[int, ...]) -> Array:
    """Read one sample of `input_shape`, or a batch of such, from a .npy file; return a batch.

    Numbers come as they are stored, integers too; nothing is scaled.

    Raises:
        FileError: the file is missing or damaged, holds other than finite numbers, or has another shape.
    """
    path = existing(path, (".npy",), "; save it with numpy.save")
    with as_file_error(path), path.open("rb") as file:
        header = checked_header(path, WHAT, file, path.stat().st_size)
        _check_shape(path, header.shape, input_shape)
        file.seek(0)
        array = read_data(file)
    check_finite(path, WHAT, array)
    return array.reshape(-1, *input_shape)


def _check_shape(path: Path, shape: tuple[int, ...], wanted: tuple[int, ...]) -> None:
    batch = len(shape) == len(wanted) + 1 and shape[0] > 0 and shape[1:] == wanted
    if shape != wanted and not batch:
        sample = shape_text(wanted)
        raise FileError(
            path, f"holds {shape_text(shape)}, the network wants {sample}, or Nx{sample} for a batch of N"
        )
