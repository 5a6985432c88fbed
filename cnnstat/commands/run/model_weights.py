"""A network as a command line names it, with the weights that a model itself has."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from cnnstat.commands.run.memory_limit import MemoryLimit
from cnnstat.graph.load import of_code
from cnnstat.importers import code_weights, is_code, is_model, run_code
from cnnstat.importers import weights as weights_of
from cnnstat.importers.errors import ModelError
from cnnstat.tensors import FileError, cast

if TYPE_CHECKING:
    from cnnstat.bridge.program import Network
    from cnnstat.cli.options import Chosen
    from cnnstat.graph.model import Graph
    from cnnstat.importers.torch_export.network import TorchModel

Model: TypeAlias = "str | TorchModel"
"""The file of a model, or a module that code has made."""


def with_model(chosen: Chosen, max_memory: int | None) -> tuple[Graph, Model | None]:
    """Return the graph of SPEC, and where it is a model that model; its code is run once, within the memory.

    Raises:
        SpecError: the spec is wrong, or the code fails; TooLargeError: the module takes too much memory.
    """
    if not is_code(chosen.spec):
        return chosen.load(), chosen.spec if is_model(chosen.spec) else None
    from cnnstat.importers.torch_export.library import torch_library  # noqa: PLC0415

    with suppress(ModelError):  # what is said of it comes with the code
        torch_library()  # which takes memory of its own
    with MemoryLimit(max_memory).held():
        model = run_code(chosen.spec, chosen.params, chosen.input_shape, weights=True)
    return of_code(model), model


def load_model(network: Network, model: Model) -> None:
    """Take the weights of a model, one tensor after the other.

    Raises:
        SpecError: the model cannot be read; FileError: its numbers are no weights.
    """
    own = network.parameters
    shapes = network.program.inputs
    given = {**shapes} if len(shapes) > 1 else network.program.input_shape
    file = model if isinstance(model, str) else model.word
    for name, tensor in weights_of(model, given) if isinstance(model, str) else code_weights(model):
        try:
            network.load({name: cast(tensor, own[name], name, Path(file).name)})
        except ValueError as error:  # numbers that are no weights
            raise FileError(file, str(error)) from None
