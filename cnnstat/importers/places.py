"""Where each layer of a draft stands: its path, so that modules hold together as far as names allow.

A layer that only has the name of its type was given it by the importer, and may stand anywhere. One that
comes between the layers of a module belongs to it; one of a module of nothing else is called as the module.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from cnnstat.importers.names import paths
from cnnstat.importers.rows import in_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.importers.draft import DraftLayer
    from cnnstat.importers.names import Path

_COUNT = re.compile(r"_[0-9]+$")


def placed(layers: Sequence[DraftLayer]) -> list[Path]:
    """Return a path for each layer, all different."""
    named = [tuple(layer.name.split(".")) for layer in layers]
    named = _adopted(layers, _short(layers, _called_again(layers, named)))
    named = _growing(layers, named)
    if len(layers) > 1 and all(map(_unnamed, layers)):
        named = in_rows(layers)
    return paths(".".join(path) for path in named)


def _nameless(layer: DraftLayer, path: Path) -> bool:
    """Say whether nobody but the importer gave a layer its name."""
    return _COUNT.sub("", path[-1]) == layer.type and not layer.tensors and not layer.weights


def _unnamed(layer: DraftLayer) -> bool:
    return _COUNT.sub("", layer.name) == layer.type


def _called_again(layers: Sequence[DraftLayer], named: list[Path]) -> list[Path]:
    """Name the further calls of modules whose layers come again with the same weights: `head_2`, `head_3`.

    Within, each layer is called as in the first call.
    """
    if not any(layer.weights for layer in layers):
        return named
    numbers = {layer.name: number for number, layer in enumerate(layers)}
    owners = [numbers[layer.weights or layer.name] for layer in layers]
    found = [*named]
    members: dict[Path, list[int]] = defaultdict(list)
    for number, path in enumerate(named):
        for end in range(1, len(path)):
            members[path[:end]].append(number)
    settled: set[int] = set()
    for module, within in sorted(members.items(), key=lambda item: len(item[0])):
        calls = max(Counter(owners[number] for number in within).values())
        if calls == 1 or len(within) % calls or not settled.isdisjoint(within):
            continue
        size = len(within) // calls
        first, *others = (within[start : start + size] for start in range(0, len(within), size))
        if all(_uses(layers, owners, named, call, first) for call in others):
            settled.update(within)
            alone = Counter(named[number][:-1] for number in first)
            for count, call in enumerate((first, *others), 1):
                name = (*module[:-1], module[-1] if count == 1 else f"{module[-1]}_{count}")
                for number, original in zip(call, first, strict=True):
                    path = named[original]
                    whole = alone[path[:-1]] == 1 and path[-1] == layers[original].type
                    found[number] = (*name, *(path[:-1] if whole else path)[len(module) :])
    return found


def _uses(
    layers: Sequence[DraftLayer],
    owners: Sequence[int],
    named: Sequence[Path],
    call: Sequence[int],
    first: Sequence[int],
) -> bool:
    """Say whether layers are those of the first call, numbered, with their weights where these have any."""
    return all(
        named[own][:-1] == named[other][:-1]
        and _COUNT.sub("", named[own][-1]) == named[other][-1]
        and layers[own].type == layers[other].type
        and (owners[own] == owners[other] if layers[own].weights else not layers[other].tensors)
        for own, other in zip(call, first, strict=True)
    )


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


def _growing(layers: Sequence[DraftLayer], named: list[Path]) -> list[Path]:
    """Put the concatenation that modules in a row begin with before them, where each joins more.

    So are dense blocks written: a block that takes one input more in each call is no block.
    """
    seen: set[Path] = set()
    begins: dict[Path, list[int]] = defaultdict(list)
    for number, (layer, path) in enumerate(zip(layers, named, strict=True)):
        module = path[:-1]
        if module and module not in seen and layer.type == "concat" and _nameless(layer, path):
            begins[(*module[:-1], module[-1].rstrip("0123456789"))].append(number)
        seen.update(path[:end] for end in range(1, len(path)))
    found = [*named]
    for numbers in begins.values():
        if len({len(layers[number].inputs) for number in numbers}) > 1:
            for number in numbers:
                *outer, last = named[number][:-1]
                found[number] = (*outer, f"{last}_{layers[number].type}")
    return found


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
