"""Rows of equal groups of layers in a model without names: `block1.0.conv`, `block1.1.conv`, ...

Where nobody named anything, names are ours, and a row of groups is a repeat: each group reads nothing but
the last layer of the one before, the layers are equal one by one, and only the first may have other options.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.importers.draft import DraftLayer
    from cnnstat.importers.names import Path

_LONGEST = 48
"""Layers of a group that is looked for."""

_MOST = 20_000
"""Layers of a model in which rows are looked for."""

_BEGINNINGS = ("conv", "depthwise_conv", "linear")
"""What a group begins with, where it may as well begin with something else."""


class _Row(Struct, frozen=True):
    """So many groups of so many layers from a layer on."""

    start: int
    size: int
    count: int

    @property
    def saved(self) -> int:
        """Return how many lines it saves."""
        return self.size * (self.count - 1)

    @property
    def stop(self) -> int:
        """Return the number behind its last layer."""
        return self.start + self.size * self.count


def in_rows(layers: Sequence[DraftLayer]) -> list[Path]:
    """Return paths of layers without names: those of a row in blocks with numbers, others their types."""
    taken: list[_Row] = []
    within = bytearray(len(layers))
    for row in sorted(_rows(layers), key=lambda row: (-row.saved, row.size, row.start)):
        if not any(within[row.start : row.stop]):
            within[row.start : row.stop] = b"\1" * (row.stop - row.start)
            taken.append(row)
    counts: Counter[str] = Counter()
    found: list[Path] = []
    for layer, inside in zip(layers, within, strict=True):
        counts[layer.type] += not inside
        count = counts[layer.type]
        found.append((layer.type if count == 1 else f"{layer.type}_{count}",))
    for number, row in enumerate(sorted(taken, key=lambda row: row.start), 1):
        for place in range(row.start, row.stop):
            repetition = (place - row.start) // row.size
            found[place] = (f"block{number}", f"{repetition}", layers[place].type)
    return found


def _rows(layers: Sequence[DraftLayer]) -> list[_Row]:
    """Return all rows; they overlap."""
    numbers = {layer.name: number for number, layer in enumerate(layers)}
    reads = [
        tuple(number - numbers[name] if name in numbers else name for name in layer.inputs)
        for number, layer in enumerate(layers)
    ]
    kinds = [(layer.type, (read, layer.weights)) for layer, read in zip(layers, reads, strict=True)]
    whole = [(kind, repr(layer.options)) for kind, layer in zip(kinds, layers, strict=True)]
    found: list[_Row] = []
    if len(layers) > _MOST:
        return found
    for size in range(2, min(_LONGEST, len(layers) // 2) + 1):
        start = 0
        while start + size < len(layers):
            stop = start
            while stop + size < len(layers) and whole[stop] == whole[stop + size]:
                stop += 1
            if stop - start >= size:
                found += _aligned(start, stop + size, size, kinds, reads)
            start = stop + 1
    return found


def _aligned(
    start: int,
    stop: int,
    size: int,
    kinds: Sequence[tuple[str, object]],
    reads: Sequence[tuple[int | str, ...]],
) -> list[_Row]:
    """Return the longest row within layers that repeat, with a first group of other options before it."""
    found: list[tuple[int, bool, int, _Row]] = []
    for first in range(start, min(start + size, stop - 2 * size + 1)):
        if not all(_chained(number - first, reads[number]) for number in range(first, first + size)):
            continue
        row = _Row(first, size, (stop - first) // size)
        before = first - size
        if before >= 0 and [*kinds[before:first]] == [*kinds[first : first + size]]:
            row = _Row(before, size, row.count + 1)
        found.append((row.saved, kinds[row.start][0] in _BEGINNINGS, -row.start, row))
    return [row for *_, row in sorted(found, key=lambda each: each[:3])[-1:]]


def _chained(place: int, reads: Sequence[int | str]) -> bool:
    """Say whether a layer at a place of a group reads that group, or the last layer of the one before."""
    return all(isinstance(back, int) and back <= place + 1 for back in reads)
