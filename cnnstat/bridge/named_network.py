"""The network that a command line names, and the model that it is, whose weights may be taken."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from cnnstat.bridge.memory_limit import MemoryLimit
from cnnstat.graph.load import of_code
from cnnstat.importers import is_code, is_model, run_code
from cnnstat.importers.errors import ModelError

if TYPE_CHECKING:
    from cnnstat.base.arguments import Inputs
    from cnnstat.bridge.taken_weights import Model
    from cnnstat.graph.model import Graph


class Named(Protocol):
    """A network by its name: SPEC, parameters in place of its own, and another input."""

    @property
    def spec(self) -> str:
        """The name."""

    @property
    def params(self) -> dict[str, object]:
        """The parameters."""

    @property
    def input_shape(self) -> Inputs | None:
        """The sizes."""

    def load(self) -> Graph:
        """Read it."""


def with_model(chosen: Named, max_memory: int | None) -> tuple[Graph, Model | None]:
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
