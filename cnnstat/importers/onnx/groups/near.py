"""A layer among those around it."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import chain
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.importers.draft import TensorAt
    from cnnstat.importers.onnx.layers import Built
    from cnnstat.layers.base import Shape


class Near:
    """The layers of a network by their numbers, and how often each is read."""

    def __init__(
        self, built: list[Built], ends: Sequence[int], inputs: dict[str, Shape], says_trained: bool
    ) -> None:
        self.built, self.inputs, self.says_trained = built, inputs, says_trained
        # a parameter reads the number of samples, and no values
        read = (each.reads for each in built if each.type != "parameter")
        self.readers = Counter(chain.from_iterable(read))
        self.readers.update(ends)
        self._ends = {*ends}
        self._read_by: defaultdict[int | str, set[str]] = defaultdict(set)
        for each in built:
            if each.type != "parameter":
                for source in each.reads:
                    self._read_by[source].add(each.type)
        self.readers.update(each.weights for each in built if each.weights is not None)

    def put(self, number: int, layer: Built) -> None:
        """Put a layer in place of another one."""
        self.readers.subtract(self.built[number].reads)
        self.readers.update(layer.reads)
        self.built[number] = layer

    def before(self, layer: Built, kind: str, place: int = 0, **options: Any) -> Built | None:
        """Return what a layer reads if it is of this kind, has these options alone, and nobody else reads it.

        An option of None may have any value, or be left out.
        """
        alone = self.readers[layer.reads[place]] == 1
        return self._as_asked(layer, kind, place, options) if alone else None

    def shared(self, layer: Built, kind: str, place: int = 0, **options: Any) -> Built | None:
        """Return what a layer reads, as `before` does, also where others of the layer's own type read it."""
        source = layer.reads[place]
        alike = self._read_by[source] == {layer.type} and source not in self._ends
        return self._as_asked(layer, kind, place, options) if alike else None

    def _as_asked(self, layer: Built, kind: str, place: int, options: dict[str, Any]) -> Built | None:
        source = layer.reads[place]
        if not isinstance(source, int):
            return None
        found = self.built[source]
        if found.type != kind or found.kept or not found.options.keys() <= options.keys():
            return None
        wrong = any(value is not None and found.options.get(name) != value for name, value in options.items())
        return None if wrong else found

    def shape(self, source: int | str) -> Shape:
        """Return the shape of a layer, or of an input."""
        return self.inputs[source] if isinstance(source, str) else self.built[source].shape


def changed(last: Built, kind: str, reads: list[int | str], **more: Any) -> Built:
    """Return the last layer of a group as what the group is."""
    return replace(last, type=kind, kind=kind, reads=reads, **{"options": {}, "tensors": {}, **more})


def reshaped(at: TensorAt, shape: tuple[int, ...]) -> TensorAt:
    """Return a tensor in another shape."""
    return at.turned(("reshape", shape))


def spread(size: Any, rank: int) -> list[int]:
    """Return a number for each axis."""
    return [size] * rank if isinstance(size, int) else [*size]
