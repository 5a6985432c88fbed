"""The network that `export` writes: a model of another tool is folded for source code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.commands.export.options import SOURCES
from cnnstat.commands.import_.imported import imported
from cnnstat.graph.load import loads
from cnnstat.importers import is_model

if TYPE_CHECKING:
    from cnnstat.cli.options import Chosen
    from cnnstat.graph.model import Graph


def network_of(chosen: Chosen, to: str) -> Graph:
    """Return the network of a command line as the target needs it.

    Source code has the blocks of its spec as classes or functions, so of a model it is made from what
    `cnnstat import` writes: the same layers and names, in as few blocks.

    Raises:
        SpecError: the spec is wrong, or the model cannot be read.
        ArgumentError: a file is given parameters.
    """
    if to not in SOURCES or not is_model(chosen.spec):
        return chosen.load()
    found = imported(chosen.spec, chosen.params, chosen.input_shape, name=None, flat=False)
    return loads(found.text, chosen.spec)
