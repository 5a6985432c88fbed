"""A network as functions that build a model of Keras."""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from functools import cached_property
from typing import TYPE_CHECKING

from cnnstat.exporters.keras import helpers
from cnnstat.exporters.keras.function import WORDS, Function
from cnnstat.exporters.keras.functions import FUNCTIONS
from cnnstat.exporters.keras.lending import Lenders
from cnnstat.exporters.keras.modules import MODULES
from cnnstat.exporters.source.network import Network

if TYPE_CHECKING:
    from cnnstat.analysis.model import LayerRow


class KerasNetwork(Network):
    """All functions of a network."""

    rules = MODULES | FUNCTIONS
    builder = Function
    reserved = frozenset({*helpers.names(), *WORDS})

    @cached_property
    def lenders(self) -> Lenders:
        """Return the entries whose weights others use."""
        return Lenders(self)

    def unread(self) -> list[LayerRow]:
        """Return the layers with parameters that no output depends on: no model has them."""
        waiting, read = list(self.graph.outputs), set[int]()
        nodes = {node.number: node for node in self.graph.layers}
        while waiting:
            number = waiting.pop()
            if number in nodes and number not in read:
                read.add(number)
                waiting += nodes[number].inputs
        read |= {nodes[number].owner for number in read}
        return [
            row
            for node, row in zip(self.graph.layers, self.analysis.rows, strict=True)
            if node.number not in read and (row.counts.params or row.counts.buffers)
        ]

    def title(self, text: str, fallback: str) -> str:
        """Return a name for a function that is none of those taken."""
        plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
        stem = "_".join(re.findall(r"[A-Za-z0-9]+", plain)[:8]).lower()[:60]
        if not stem or not stem[0].isalpha():
            stem = f"{fallback.lower()}_{stem}".rstrip("_")
        found, number = stem, 2
        while (
            found in self.taken
            or keyword.iskeyword(found)
            or hasattr(builtins, found)
            or found in ("l", "i", "o", "x", "n")
        ):
            found, number = f"{stem}_{number}", number + 1
        return found
