"""What a run reads and writes: weights, inputs, pictures and activations. Every file counts as hostile."""

from __future__ import annotations

from cnnstat.base.files import FileError
from cnnstat.tensors.inputs import read_array
from cnnstat.tensors.matching import matched
from cnnstat.tensors.pictures import read_image
from cnnstat.tensors.weights import (
    check_activations_file,
    check_weights_file,
    read_weights,
    save_activations,
    save_weights,
)

__all__ = [
    "FileError",
    "check_activations_file",
    "check_weights_file",
    "matched",
    "read_array",
    "read_image",
    "read_weights",
    "save_activations",
    "save_weights",
]
