"""The numbers of a model's tensors, read from its file, or from one beside it, when they are asked for."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

from cnnstat.importers.errors import ModelError
from cnnstat.importers.onnx.nodes.constants import evaluated
from cnnstat.importers.onnx.stored.external import Place, numbers_at, place_of
from cnnstat.importers.onnx.stored.file import as_model_error, message
from cnnstat.importers.onnx.stored.wire import BrokenFileError, Payload

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cnnstat.importers.draft import Made, TensorAt

_SIDE_BY_SIDE = {"raw_data": "", "float_data": "<f4", "double_data": "<f8"}
"""Fields in which each number takes as many bytes; "" for those of the tensor's own type."""


class StoredTensors:
    """The tensors of a model by its own names for them.

    Raises:
        ModelError: the file is no model; OSError: it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._tensors = dict(_stored(message(path)))

    def array(self, at: TensorAt) -> Any:
        """Return a tensor, turned as is said.

        Raises:
            ModelError: its numbers are missing, not as many as its shape says, or outside of the folder;
            OSError: a file cannot be read.
        """
        return self._array(at, {})

    def _array(self, at: TensorAt, known: dict[int, Any]) -> Any:
        """Return a tensor; ``known`` has what was computed on the way."""
        if at.made is not None:
            found = self._computed(at.made, known)
        elif at.array is not None:
            found = at.array
        else:
            with as_model_error():
                found = self._read(self._tensor(at))
        for how, numbers in at.turns:
            found = found.transpose(numbers) if how == "permute" else found.reshape(numbers)
        return found

    def _computed(self, made: Made, known: dict[int, Any]) -> Any:
        """Compute a large constant from what its node reads."""
        if id(made) not in known:
            arrays = [self._array(each, known) for each in made.reads]
            found = evaluated(made.node, dict(zip(made.node.input, arrays, strict=True)), made.opset)
            if found is None or found[0].shape != made.shape:
                raise ModelError(f"the numbers of '{made.node.output[0]}' cannot be computed")
            known[id(made)] = found[0]
        return known[id(made)]

    def _tensor(self, at: TensorAt) -> Any:
        if at.key not in self._tensors:
            raise ModelError(f"the numbers of '{at.key}' are missing")
        return self._tensors[at.key]

    def outline(self, at: TensorAt) -> tuple[tuple[int, ...], Any]:
        """Return the shape and the type of a tensor, of which no number is read.

        Raises:
            ModelError: its type is none that is known.
        """
        if at.made is not None:
            shape, dtype = at.made.shape, self._type(at.made.kind, at.made.node.output[0])
        elif at.array is None:
            tensor = self._tensor(at)
            shape, dtype = tuple(tensor.dims), self._type(tensor.data_type, tensor.name)
        else:
            shape, dtype = at.array.shape, at.array.dtype
        for how, numbers in at.turns:
            shape = tuple(shape[axis] for axis in numbers) if how == "permute" else _filled(shape, numbers)
        return shape, dtype

    def _type(self, kind: int, name: str) -> Any:
        from onnx import helper  # noqa: PLC0415

        with as_model_error():
            try:
                return helper.tensor_dtype_to_np_dtype(kind)
            except (KeyError, ValueError):
                raise BrokenFileError(f"'{name}' is of a type that is not read") from None

    def _read(self, tensor: Any) -> Any:
        from onnx import numpy_helper  # noqa: PLC0415

        if tensor.data_location == tensor.EXTERNAL:
            return numbers_at(place_of(tensor, self._path), tensor)
        if tensor.doc_string:
            payload = Payload.read(tensor.doc_string)
            if payload.field not in _SIDE_BY_SIDE:
                raise BrokenFileError(f"the numbers of '{tensor.name}' are written in a way that is not read")
            place = Place(self._path, payload.start, payload.length)
            return numbers_at(place, tensor, _SIDE_BY_SIDE[payload.field])
        try:
            return numpy_helper.to_array(tensor)
        except Exception:
            raise BrokenFileError(f"'{tensor.name}' has other numbers than its shape says") from None


def _filled(shape: tuple[int, ...], wanted: tuple[int, ...]) -> tuple[int, ...]:
    """Return a shape as NumPy would, which may leave one size open."""
    known = prod(size for size in wanted if size >= 0)
    return tuple(prod(shape) // max(known, 1) if size < 0 else size for size in wanted)


def _stored(proto: Any) -> Iterator[tuple[str, Any]]:
    for tensor in proto.graph.initializer:
        yield tensor.name, tensor
    for node in proto.graph.node:
        for each in node.attribute:
            if node.op_type == "Constant" and each.name == "value" and node.output:
                yield f"\0{node.output[0]}", each.t
