"""Files of weights and of activations."""

from __future__ import annotations

import io
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol

from cnnstat.base.files import FileError, as_file_error, check_writable, replacing
from cnnstat.base.module_names import attributes
from cnnstat.tensors.common import check_suffix, existing, shown
from cnnstat.tensors.npy import MAX_TENSORS, NpzFile, write_npz
from cnnstat.tensors.numbers import check_finite
from cnnstat.tensors.safetensors import SafetensorsFile, library, write_safetensors

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cnnstat.executor.kernel import Array

SUFFIXES = (".npz", ".safetensors")
PICKLED = (
    "; a pickle can run code and is never read. In PyTorch: "
    "safetensors.torch.save_file(torch.load({}, weights_only=True), 'weights.safetensors'), "
    "or of a model: save_file(model.state_dict(), 'weights.safetensors')"
)


class WeightsFile(Protocol):
    """A file of tensors whose headers were checked; its tensors are read when they are asked for."""

    path: Path

    def outlines(self) -> dict[str, Array]:
        """Return types and shapes by name."""

    def tensors(self, names: Iterable[str]) -> Iterator[tuple[str, Array]]:
        """Read some tensors, one by one."""


def open_weights(path: Path | str, others: tuple[str, ...] = ()) -> WeightsFile:
    """Return a .npz or .safetensors file whose headers were checked; its tensors are read when asked for.

    ``others`` are suffixes that the caller reads by itself, for the message.

    Raises:
        FileError: the file is missing, damaged or of another kind, or holds anything but numbers.
    """
    path = Path(path)
    path = existing(path, (*SUFFIXES, *others), PICKLED.format(repr(shown(path.name))))
    with as_file_error(path):
        file: WeightsFile = NpzFile(path) if path.suffix.lower() == ".npz" else SafetensorsFile(path)
    outlines = file.outlines()
    if not outlines:
        raise FileError(path, "holds no tensors")
    if len(outlines) > MAX_TENSORS:
        raise FileError(path, f"holds {len(outlines):,} tensors; at most {MAX_TENSORS:,} are read")
    return file


def read_tensors(file: WeightsFile, names: Iterable[str]) -> Iterator[tuple[str, Array]]:
    """Read tensors of a file one by one, in this order.

    Types stay as they are, except that bfloat16, which NumPy does not know, becomes float32.

    Raises:
        FileError: the file is damaged, or a tensor holds other than finite numbers.
    """
    with as_file_error(file.path):
        for name, tensor in file.tensors(names):
            check_finite(file.path, shown(name), tensor)
            yield name, tensor


def read_weights(path: Path | str) -> dict[str, Array]:
    """Read all tensors of a .npz file, in its order, or of a .safetensors file, sorted by name.

    Raises:
        FileError: as `open_weights` and `read_tensors` say.
    """
    file = open_weights(path)
    return dict(read_tensors(file, file.outlines()))


def check_weights_file(path: Path) -> None:
    """Refuse, before a run, a file that its weights could not be saved to.

    Raises:
        FileError: another suffix, a missing folder or library, or the operating system refuses.
    """
    check_suffix(path, SUFFIXES)
    if path.suffix.lower() != ".npz":
        library(path)
    check_writable(path)


def save_weights(path: Path | str, tensors: Mapping[str, Array]) -> None:
    """Write tensors to a .npz or .safetensors file; an older file is lost only once the new one is whole.

    Raises:
        FileError: as `check_weights_file` says, or the disk is full.
    """
    path = Path(path)
    check_weights_file(path)
    with replacing(path) as file:
        _write(path, file, tensors)


def as_attributes(tensors: Mapping[str, Array]) -> dict[str, Array]:
    """Return a network's tensors under the names that they have in the state dict of its PyTorch source."""
    return {attributes(name): tensor for name, tensor in tensors.items()}


def weights_bytes(path: Path, tensors: Mapping[str, Array]) -> bytes:
    """Return what a .npz or .safetensors file of this name would hold."""
    made = io.BytesIO()
    _write(path, made, tensors)
    return made.getvalue()


def _write(path: Path, file: IO[bytes], tensors: Mapping[str, Array]) -> None:
    write = write_npz if path.suffix.lower() == ".npz" else write_safetensors
    write(file, tensors)


def check_activations_file(path: Path) -> None:
    """Refuse, before a run, a file that its activations could not be saved to.

    Raises:
        FileError: another suffix, a missing folder, or the operating system refuses.
    """
    check_suffix(path, (".npz",))
    check_writable(path)


def save_activations(path: Path | str, arrays: Mapping[str, Array]) -> None:
    """Write each layer's array to a .npz file under the layer's name, in order.

    Raises:
        FileError: as `check_activations_file` says, or the disk is full.
    """
    path = Path(path)
    check_activations_file(path)
    with replacing(path) as file:
        write_npz(file, arrays)
