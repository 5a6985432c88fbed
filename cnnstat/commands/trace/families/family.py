"""What a family of layers says of its units."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnnstat.commands.trace.layer_run import Index, LayerRun
    from cnnstat.commands.trace.working import Working


class Family(ABC):
    """How the numbers of a layer come about. An index of activations has the sample first."""

    @abstractmethod
    def value(self, run: LayerRun, unit: Index) -> Working:
        """Return a number of the output."""

    @abstractmethod
    def share(self, run: LayerRun, number: int, cell: Index) -> Working:
        """Return what the layer adds to the gradient of a number of one of its inputs."""

    def weight_gradient(self, run: LayerRun, name: str, index: Index) -> Working:
        """Return the gradient of a number that it trains.

        Raises:
            LookupError: it trains none.
        """
        raise LookupError(name)

    def first_index(self, run: LayerRun, name: str, unit: tuple[int, ...]) -> Index:
        """Return the first number of a tensor that a unit uses; here one stands for each channel."""
        return (min(unit[0], run.stored[name].shape[0] - 1),)
