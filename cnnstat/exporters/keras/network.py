"""A network as functions that build a model of Keras."""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata

from cnnstat.exporters.keras import helpers
from cnnstat.exporters.keras.function import WORDS, Function
from cnnstat.exporters.keras.functions import FUNCTIONS
from cnnstat.exporters.keras.modules import MODULES
from cnnstat.exporters.source.network import Network


class KerasNetwork(Network):
    """All functions of a network."""

    rules = MODULES | FUNCTIONS
    builder = Function
    reserved = frozenset({*helpers.names(), *WORDS})

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
