"""The paths of one scope: what stands inside of its blocks and repeats, by names with dots."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.graph.nodes import LayerNode
    from cnnstat.graph.template import Contents


class Paths:
    """The nodes that paths such as ``layer2.0.conv1`` stand for, as far as layers and groups are placed.

    ``contents`` are those of the scope, and grow; the layers are numbered from ``first``. Most scopes are
    never asked, so they are gone through when a path is looked up.
    """

    def __init__(self, contents: Contents, first: int) -> None:
        self._contents, self._first = contents, first
        self._known: dict[str, int] = {}
        self._ranges: dict[str, range] = {}
        self._indexed = (0, 0)

    def get(self, path: str) -> int | None:
        """Return the number of a layer, or of what a block or a repeat puts out; None for an unknown path."""
        self._index()
        return self._known.get(path)

    def layers(self, path: str) -> tuple[LayerNode, ...] | None:
        """Return the layers that a layer, a block or a repeat stands for; None for an unknown path."""
        self._index()
        numbers = self._ranges.get(path)
        if numbers is None:
            return None
        return tuple(self._contents.layers[numbers.start - self._first : numbers.stop - self._first])

    def repetitions(self, path: str) -> Iterator[str]:
        """Yield the paths that one with ``*`` stands for: it takes each repetition in turn."""
        self._index()
        head, star, tail = path.partition("*")
        if not star:
            yield path
            return
        for index in count():
            if (one := f"{head}{index}") not in self._ranges:
                return
            yield from self.repetitions(one + tail)

    def _index(self) -> None:
        placed, grouped = self._contents.layers, self._contents.groups
        layers, groups = self._indexed
        for node in placed[layers:]:
            self._known[node.path] = node.number
            self._ranges[node.path] = range(node.number, node.number + 1)
        for group in grouped[groups:]:
            self._known[group.path] = group.output
            self._known.update((f"{group.path}.{name}", number) for name, number in group.outputs)
            self._ranges[group.path] = range(group.start, group.stop)
        self._indexed = (len(placed), len(grouped))
