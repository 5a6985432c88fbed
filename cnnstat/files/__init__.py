"""What a run reads and writes: weights, inputs, pictures and activations. Every file counts as hostile."""

from __future__ import annotations

from cnnstat.files.common import FileError
from cnnstat.files.inputs import read_array
from cnnstat.files.matching import matched
from cnnstat.files.pictures import read_image
from cnnstat.files.weights import read_weights, save_activations, save_weights

__all__ = [
    "FileError",
    "matched",
    "read_array",
    "read_image",
    "read_weights",
    "save_activations",
    "save_weights",
]
