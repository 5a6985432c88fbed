"""The weights of an ONNX model as a file of weights: by the names that they have in the model's spec."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cnnstat.base.files import FileError, as_file_error
from cnnstat.importers import SUFFIX
from cnnstat.importers.errors import ModelError
from cnnstat.importers.spec_text import spec_text
from cnnstat.tensors.common import existing
from cnnstat.tensors.numbers import outline

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnnstat.base.arguments import Inputs
    from cnnstat.executor.kernel import Array
    from cnnstat.importers.draft import Draft


def is_model_file(path: Path | str) -> bool:
    """Say whether weights are those of a model, by the suffix of their file."""
    return Path(path).suffix.lower() == SUFFIX


class ModelWeights:
    """The weights of a model's file, of which nothing but shapes was read.

    What a layer of the model is, and which way round its kernels lie, is understood as for any command that
    takes a model. `inputs` are shapes for a model that does not fix its own.

    Raises:
        FileError: the file is missing or no model, or has no weights.
    """

    def __init__(self, path: Path | str, inputs: Inputs) -> None:
        # NumPy and onnx come with these.
        from cnnstat.importers.onnx.stored.tensors import StoredTensors  # noqa: PLC0415

        self.path = existing(path, (SUFFIX,))
        with _as_file_error(self.path):
            draft = _draft(self.path, inputs)
            self._stored = StoredTensors(self.path)
        paths = spec_text(draft).paths
        self._places = {
            f"{paths[layer.name]}.{name}": at for layer in draft.layers for name, at in layer.tensors.items()
        }
        if not self._places:
            raise FileError(self.path, "has no weights inside")

    def outlines(self) -> dict[str, Array]:
        """Return types and shapes, in the order of the layers."""
        with _as_file_error(self.path):
            return {name: outline(*self._stored.outline(at)) for name, at in self._places.items()}

    def tensors(self, names: Iterable[str]) -> Iterator[tuple[str, Array]]:
        """Read some tensors, one by one."""
        for name in names:
            with _as_file_error(self.path):
                array = self._stored.array(self._places[name])
            yield name, array


def _draft(path: Path, inputs: Inputs) -> Draft:
    """Read a model on its own input, and on ours only where it leaves sizes open."""
    from cnnstat.importers.onnx.network import read  # noqa: PLC0415

    try:
        return read(path)
    except ModelError as error:
        try:
            return read(path, inputs)
        except ModelError:
            raise error from None


@contextmanager
def _as_file_error(path: Path) -> Iterator[None]:
    with as_file_error(path):
        try:
            yield
        except ModelError as error:
            raise FileError(path, str(error)) from None
