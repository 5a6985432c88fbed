"""What a run reads and writes: weights, inputs, pictures and activations. Every file counts as hostile."""

from __future__ import annotations

from cnnstat.base.files import FileError
from cnnstat.tensors.inputs import GivenInput, array_input, read_array
from cnnstat.tensors.matching import Match, cast, matched, paired
from cnnstat.tensors.names_map import NamesMap
from cnnstat.tensors.other_names import under_other_names
from cnnstat.tensors.pictures import image_input, read_image
from cnnstat.tensors.weights import (
    WeightsFile,
    as_attributes,
    check_activations_file,
    check_weights_file,
    open_weights,
    read_tensors,
    read_weights,
    save_activations,
    save_weights,
    weights_bytes,
)

__all__ = [
    "FileError",
    "GivenInput",
    "Match",
    "NamesMap",
    "WeightsFile",
    "array_input",
    "as_attributes",
    "cast",
    "check_activations_file",
    "check_weights_file",
    "image_input",
    "matched",
    "open_weights",
    "paired",
    "read_array",
    "read_image",
    "read_tensors",
    "read_weights",
    "save_activations",
    "save_weights",
    "under_other_names",
    "weights_bytes",
]
