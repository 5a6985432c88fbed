"""A network's tensors under the names, in the order and in the shapes that another file has for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cnnstat.tensors.weights import read_tensors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnnstat.executor.kernel import Array
    from cnnstat.tensors.matching import Match
    from cnnstat.tensors.weights import WeightsFile


def under_other_names(
    parameters: Mapping[str, Array], found: Mapping[str, Match], file: WeightsFile
) -> dict[str, Array]:
    """Return the numbers of `parameters` as `file` names them, where `found` says which is which.

    What of the file is no tensor of the network, as a count of batches, is taken from the file.

    Raises:
        FileError: that cannot be read.
    """
    outlines = file.outlines()
    dtypes = {match.name: parameters[name].dtype for name, match in found.items()}
    rest = dict(read_tensors(file, [name for name in outlines if name not in dtypes]))
    made = {
        name: rest[name] if name in rest else np.empty(each.shape, dtypes[name])
        for name, each in outlines.items()
    }
    for name, match in found.items():
        place = match.cut.of(made[match.name])  # a view, so that what is written to it is in the whole
        place[...] = parameters[name].reshape(place.shape)
    return made
