"""Tensors that hold the numbers of ours, cut or turned otherwise: taken apart by what is exact alone.

- `in_proj` and `qkv` are queries, keys and values, one above the other (PyTorch's MultiheadAttention, timm).
- (1, N, D) holds what is (D, N) here, as positions of words, if N is not D.
- (1, 1, D) holds a vector of D, and (O, I, k, k) what a linear layer has as (O, I·k·k).

Each only where no tensor of the network has the shape as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

from cnnstat.tensors.modules import plain_shape

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Set

    from cnnstat.executor.kernel import Array

PACKED = ("in_proj", "qkv")


@dataclass(frozen=True, slots=True)
class Cut:
    """A tensor of a file, or a `part` of three of its rows; its two axes `turned`, or in another shape."""

    name: str
    part: int | None = None
    turned: bool = False
    shape: tuple[int, ...] | None = None

    def of(self, tensor: Array) -> Array:
        """Return the cut of the tensor."""
        if self.part is not None:
            rows = len(tensor) // 3
            tensor = tensor[self.part * rows : (self.part + 1) * rows]
        if self.turned:
            tensor = tensor.swapaxes(-1, -2)[0]
        return tensor if self.shape is None else tensor.reshape(self.shape)

    def text(self) -> str:
        """Return the name and, if only a part is meant, which."""
        return self.name if self.part is None else f"{self.name}, {('queries', 'keys', 'values')[self.part]}"


def cuts(
    parameters: Mapping[str, Array], tensors: Mapping[str, Array]
) -> tuple[dict[str, Array], dict[str, Cut]]:
    """Return a file's tensors as they would fit the network's, and for each where it is cut from."""
    shapes = {plain_shape(own.shape) for own in parameters.values()}
    held: dict[str, Array] = {}
    found: dict[str, Cut] = {}
    for name, tensor in tensors.items():
        fits = plain_shape(tensor.shape) in shapes
        parts = {} if fits else dict(_cut(name, tensor.shape, shapes))
        for ours, cut in (parts or {name: Cut(name)}).items():
            held[ours], found[ours] = cut.of(tensor), cut
    return held, found


def _cut(name: str, shape: tuple[int, ...], shapes: Set[tuple[int, ...]]) -> Iterator[tuple[str, Cut]]:
    head, _, tail = name.replace("in_proj_", "in_proj.").rpartition(".")
    scope, _, module = head.rpartition(".")
    third = plain_shape((shape[0] // 3, *shape[1:])) if shape and shape[0] % 3 == 0 else ()
    vector = plain_shape(shape[::-1])[::-1]
    if module in PACKED and third in shapes:
        for part, letter in enumerate("qkv"):
            yield f"{scope}.{letter}.{tail}" if scope else f"{letter}.{tail}", Cut(name, part)
    elif len(shape) == 3 and shape[0] == 1 and shape[1] != shape[2] and shape[:0:-1] in shapes:
        yield name, Cut(name, turned=True)
    elif vector in shapes and len(vector) == 1:
        yield name, Cut(name, shape=vector)
    elif len(shape) == 4 and (shape[0], prod(shape[1:])) in shapes:
        yield name, Cut(name, shape=(shape[0], prod(shape[1:])))
