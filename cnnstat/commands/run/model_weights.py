"""The weights that a model itself has."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cnnstat.importers import code_weights, is_code
from cnnstat.importers import weights as weights_of
from cnnstat.tensors import FileError, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnnstat.bridge.program import Network


def load_model(network: Network, model: str, params: Mapping[str, object]) -> None:
    """Take the weights of a model, one tensor after the other; ``params`` are for the code that it may be.

    Raises:
        SpecError: the model cannot be read, or its code fails; FileError: its numbers are no weights.
    """
    own = network.parameters
    shapes = network.program.inputs
    given = {**shapes} if len(shapes) > 1 else network.program.input_shape
    for name, tensor in code_weights(model, params, given) if is_code(model) else weights_of(model, given):
        try:
            network.load({name: cast(tensor, own[name], name, Path(model).name)})
        except ValueError as error:  # numbers that are no weights
            raise FileError(model, str(error)) from None
