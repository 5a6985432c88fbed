"""What is checked of arguments from Python, wherever they are taken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from operator import index
from pathlib import Path  # noqa: TC003 - msgspec reads it
from typing import TYPE_CHECKING, SupportsIndex, TypeAlias

from msgspec import Struct

from cnnstat.base.axes import RANKS, rank_of
from cnnstat.base.errors import ArgumentError
from cnnstat.base.limits import MAX_SIZE, is_size

if TYPE_CHECKING:
    from types import UnionType

Inputs: TypeAlias = "tuple[int, ...] | Mapping[str, tuple[int, ...]]"
"""The shape of the only input, or shapes of inputs by their names."""


class Given(Struct, frozen=True):
    """A file for an input; the only one needs no name."""

    name: str
    path: Path


_SHOWN = 80  # characters of a wrong argument that a message shows


def check_shape(shape: object) -> tuple[int, ...]:
    """Return an input shape, given as a list, a tuple or an array of whole numbers, as a tuple.

    Raises:
        ArgumentError: it is nothing of this kind, there are too many sizes or none, or one is out of range.
    """
    sizes = _sizes(shape)
    if sizes is None or not 1 <= len(sizes) <= len(RANKS) or not all(map(is_size, sizes)):
        wanted = f"expected 1 to {len(RANKS)} sizes from 1 to {MAX_SIZE:,}"
        raise ArgumentError(f"input_shape: {wanted}, got {shown(shape)}")
    return sizes


def named_inputs(shapes: Inputs, own: Mapping[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
    """Return shapes by the names of the inputs they are for; ``own`` are those that the network has.

    Raises:
        ArgumentError: there is no such input, a name is missing, or one of them is no shape of its kind.
    """
    names = ", ".join(own)
    if not isinstance(shapes, Mapping):
        if len(own) > 1:
            raise ArgumentError(f"the network has the inputs {names}: name the one that is meant")
        shapes = {next(iter(own)): shapes}
    for name in shapes:
        if name not in own:
            raise ArgumentError(f"the network has no input {shown(name)}, but {names}")
    return {name: _like(check_shape(shape), own[name], name) for name, shape in shapes.items()}


def _like(shape: tuple[int, ...], own: tuple[int, ...], name: str) -> tuple[int, ...]:
    """Return a shape of the kind that an input has: a size without channels would be another network's."""
    if len(shape) == len(own):
        return shape
    text, wanted = ("x".join(map(str, each)) for each in (shape, own))
    channels_first = "x".join(map(str, (own[0], *shape)))
    way_out = f"; did you mean {channels_first}?" if len(shape) + 1 == len(own) else ""
    raise ArgumentError(f"{name} is a {rank_of(own).noun} such as {wanted}, got {text}{way_out}")


def _sizes(shape: object) -> tuple[int, ...] | None:
    """Return the sizes as Python's own numbers; None for what has none, such as a word or a mapping."""
    if not isinstance(shape, Iterable) or not (isinstance(shape, list | tuple) or hasattr(shape, "tolist")):
        return None
    try:
        return tuple(size if isinstance(size, bool) else index(size) for size in shape)
    except TypeError:
        return None


def check_count(name: str, value: object) -> int:
    """Return a whole number of 1 or more, Python's own or NumPy's.

    Raises:
        ArgumentError: it is not.
    """
    count = 0
    if isinstance(value, SupportsIndex) and not isinstance(value, bool):
        with suppress(TypeError):  # an array has no number of its own, unless it is a single one
            count = index(value)
    if count < 1:
        raise ArgumentError(f"{name}: expected 1 or more, got {shown(value)}")
    return count


def check_choice(name: str, value: object, known: Iterable[str]) -> None:
    """Refuse what is none of some words.

    Raises:
        ArgumentError: it is not.
    """
    words = tuple(known)
    if not isinstance(value, str) or value not in words:
        raise ArgumentError(f"{name}: expected one of {', '.join(words)}, got {shown(value)}")


def check_type(name: str, value: object, kind: type | UnionType, wanted: str) -> None:
    """Refuse what is not of a type.

    Raises:
        ArgumentError: it is not.
    """
    if not isinstance(value, kind):
        raise ArgumentError(f"{name}: expected {wanted}, got {shown(value)}")


def check_names(name: str, value: object) -> None:
    """Refuse what is no mapping from names.

    Raises:
        ArgumentError: it is none, or one of its keys is no name.
    """
    check_type(name, value, Mapping, "a mapping from names to values")
    assert isinstance(value, Mapping)
    for key in value:
        check_type(f"{name}: a key", key, str, "a name")


def shown(value: object) -> str:
    """Return a wrong argument as a message shows it, cut where it is long."""
    try:
        text = repr(value)
    except Exception:
        text = f"a {type(value).__name__} that cannot be shown"
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."
