"""Whose weights a network runs with: those of the model that it is, of a file, or drawn from the seed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from msgspec import Struct

from cnnstat.importers import code_weights
from cnnstat.importers import weights as weights_of
from cnnstat.tensors import FileError, cast

if TYPE_CHECKING:
    from cnnstat.bridge.program import Network
    from cnnstat.importers.torch_export.network import TorchModel

Model: TypeAlias = "str | TorchModel"
"""The file of a model, or a module that code has made."""
Whose: TypeAlias = Literal["model", "file", "seed"]


class WeightsOptions(Protocol):
    """What was asked for: a file, a map of its names, and the model whose own are taken without a file."""

    @property
    def weights(self) -> Path | None:
        """The file."""

    @property
    def names(self) -> Path | None:
        """The map, our names to the file's."""

    @property
    def model(self) -> Model | None:
        """The model that the network was read from."""


class Taken(Struct, frozen=True):
    """Whose weights were taken, the name of the model or file, and how many of its tensors."""

    whose: Whose
    name: str = ""
    tensors: int = 0


def whose_weights(options: WeightsOptions) -> tuple[Whose, str]:
    """Return whose weights are to be taken, and the name of the model or file."""
    if options.weights is not None:
        return "file", options.weights.name
    if options.model is not None:
        return "model", Path(options.model).name if isinstance(options.model, str) else options.model.word
    return "seed", ""


def take_weights(network: Network, options: WeightsOptions) -> Taken:
    """Take the weights that were asked for.

    Raises:
        SpecError: the model cannot be read; FileError: a file cannot, does not fit, or has no weights.
    """
    whose, name = whose_weights(options)
    count = 0
    if options.weights is not None:
        count = len(network.load_weights(options.weights, names=options.names))
    elif options.model is not None:
        count = _load_model(network, options.model)
    return Taken(whose, name, count)


def _load_model(network: Network, model: Model) -> int:
    """Take the weights of a model, one tensor after the other; return how many they are."""
    own, count = network.parameters, 0
    shapes = network.program.inputs
    given = {**shapes} if len(shapes) > 1 else network.program.input_shape
    file = model if isinstance(model, str) else model.word
    for name, tensor in weights_of(model, given) if isinstance(model, str) else code_weights(model):
        try:
            network.load({name: cast(tensor, own[name], name, Path(file).name)})
        except ValueError as error:  # numbers that are no weights
            raise FileError(file, str(error)) from None
        count += 1
    return count
