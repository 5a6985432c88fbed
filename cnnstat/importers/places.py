"""Where each layer of a draft stands: its path, so that modules hold together as far as names allow.

A layer that only has the name of its type was given it by the importer, and may stand anywhere. One that
comes between the layers of a module belongs to it; one of a module of nothing else is called as the module.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from cnnstat.importers.names import paths

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.importers.draft import DraftLayer
    from cnnstat.importers.names import Path

_COUNT = re.compile(r"_[0-9]+$")


def placed(layers: Sequence[DraftLayer]) -> list[Path]:
    """Return a path for each layer, all different."""
    named = [tuple(layer.name.split(".")) for layer in layers]
    named = _adopted(layers, _short(layers, named))
    return paths(".".join(path) for path in named)


def _nameless(layer: DraftLayer, path: Path) -> bool:
    """Say whether nobody but the importer gave a layer its name."""
    return _COUNT.sub("", path[-1]) == layer.type and not layer.tensors and not layer.weights


def _short(layers: Sequence[DraftLayer], named: list[Path]) -> list[Path]:
    """Call the layers of a module that is used several times, and is one layer, as the module: `relu`."""
    types: dict[Path, set[str]] = defaultdict(set)
    uses: dict[Path, int] = defaultdict(int)
    for layer, path in zip(layers, named, strict=True):
        uses[path[:-1]] += 1
        for end in range(1, len(path)):
            types[path[:end]].add(layer.type if _nameless(layer, path) and end == len(path) - 1 else "")
    return [
        path[:-1] if len(path) > 1 and types[path[:-1]] == {layer.type} and uses[path[:-1]] > 1 else path
        for layer, path in zip(layers, named, strict=True)
    ]


def _adopted(layers: Sequence[DraftLayer], named: list[Path]) -> list[Path]:
    """Put layers without a name of their own into the innermost module that has layers on both sides."""
    last: dict[Path, int] = {}
    for number, path in enumerate(named):
        for end in range(1, len(path)):
            last[path[:end]] = number
    found: list[Path] = []
    open_at: Path = ()
    for number, (layer, path) in enumerate(zip(layers, named, strict=True)):
        within = path[:-1]
        around = open_at
        while around and last[around] < number:
            around = around[:-1]
        if _nameless(layer, path) and len(around) > len(within) and around[: len(within)] == within:
            found.append((*around, layer.type))
            continue
        found.append(path)
        open_at = within
    return found
