"""A network as classes of PyTorch."""

from __future__ import annotations

from cnnstat.exporters.pytorch import helpers
from cnnstat.exporters.pytorch.build import Class
from cnnstat.exporters.pytorch.functions import FUNCTIONS
from cnnstat.exporters.pytorch.modules import MODULES
from cnnstat.exporters.source.names import class_name
from cnnstat.exporters.source.network import Network


class TorchNetwork(Network):
    """All classes of a network."""

    rules = MODULES | FUNCTIONS
    builder = Class
    reserved = frozenset({*helpers.names(), "Tensor", "Sequence", "Any", "Callable"})

    def title(self, text: str, fallback: str) -> str:
        """Return a name for a class that is none of those taken."""
        return class_name(text, self.taken, fallback)
