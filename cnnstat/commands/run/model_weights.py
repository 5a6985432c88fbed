"""A network as a command line names it, and the model that it is, whose weights may be taken."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from cnnstat.commands.run.memory_limit import MemoryLimit
from cnnstat.graph.load import of_code
from cnnstat.importers import is_code, is_model, run_code
from cnnstat.importers.errors import ModelError

if TYPE_CHECKING:
    from cnnstat.bridge.taken_weights import Model
    from cnnstat.cli.options import Chosen
    from cnnstat.graph.model import Graph


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
