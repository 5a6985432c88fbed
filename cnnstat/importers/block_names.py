"""Names of blocks: no layer type and no other block has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.importers.names import legal

if TYPE_CHECKING:
    from collections.abc import Iterable

_WORDS = ("true", "false", "null")


class BlockNames:
    """The names given so far; ``taken`` are further ones that no block may have."""

    def __init__(self, taken: Iterable[str]) -> None:
        from cnnstat.layers import LAYERS  # noqa: PLC0415 - the catalogue is loaded by the reader of the text anyway

        self._taken = {*taken, *LAYERS}

    def new(self, name: str) -> str:
        """Return a name that is like this one and that no other block has."""
        kind = name = legal(name if name[0].isalpha() and name not in _WORDS else f"block_{name}")
        number = 1
        while kind in self._taken:
            number += 1
            kind = f"{name}_{number}"
        self._taken.add(kind)
        return kind
