"""Numbers of a model in a file of their own: one of ONNX's messages cannot be of 2 GiB."""

from __future__ import annotations

from typing import Any

MOST = (2 << 30) - (64 << 20)
"""Bytes of numbers in a message, which leaves room for what else is in it."""
SMALL = 1 << 10
"""Bytes of a tensor that stays: constants of single layers."""


def moved_out(model: Any, location: str, most: int = MOST) -> tuple[bytes, ...]:
    """Take the numbers of large tensors out of a model that has too many; return them, one behind the other.

    ``location`` is the name of the file that they will be in, beside that of the model.
    """
    tensors = [tensor for tensor in model.graph.initializer if len(tensor.raw_data) > SMALL]
    if sum(len(tensor.raw_data) for tensor in tensors) <= most:
        return ()
    found, offset = [], 0
    for tensor in tensors:
        numbers = tensor.raw_data
        place = {"location": location, "offset": str(offset), "length": str(len(numbers))}
        tensor.ClearField("raw_data")
        tensor.data_location = type(tensor).EXTERNAL
        for key, value in place.items():
            tensor.external_data.add(key=key, value=value)
        found.append(numbers)
        offset += len(numbers)
    return tuple(found)
