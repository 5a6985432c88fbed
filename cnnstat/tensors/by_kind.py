"""Which module of a file is which layer of a network, decided only where it is certain.

Layers of different kinds (tensor names and shapes) cannot be confused, so each kind is decided by itself:

1. By names: each module bears the name of a layer, be it with other signs between words and numbers (`c.1` is
   `c1`), or is the only one of its kind under a name that stands before a layer's too, and that layer is the
   only one there: `layer2.0.downsample.0` is `layer2.0.downsample.conv`. One layer and one module of a kind
   are thus a pair whatever they are called.
2. By order: n-th module to n-th layer, unless names say otherwise for any of them. The order of a file counts
   if all its modules in turn fit the network's layers. A file whose names are sorted has lost its order, as
   each .safetensors file has. Numbers are an order, too, if in each name the first thing that differs from
   the next is a number: `features.2` comes before `features.10`. They bind: what the order of the file says,
   what its numbers say, and what they say beside those of the layers, if these have any, must be the same.
   What is trusted here is that the author of the file listed, or numbered, the layers in the network's order.
3. Otherwise it is uncertain. Two layers of equal shapes that are swapped run without any error, so nothing is
   guessed: the `conv3` and `downsample.0` of a ResNet are of one kind, and in no certain order.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from cnnstat.tensors.modules import Group, kinds, parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ALONE = "the only one of its shapes"
BY_NAME = "by names"
IN_TURN = "by order"


class Pair(NamedTuple):
    """A layer and its module, and why it is that one."""

    layer: Group
    module: Group
    why: str = ALONE


class Ambiguous(ValueError):  # noqa: N818 - a doubt, which the caller puts into words
    """Layers and modules of one kind that could be paired in more than one way."""

    def __init__(self, layers: list[Group], modules: list[Group]) -> None:
        super().__init__()
        self.layers, self.modules = layers, modules


def pairs(layers: Sequence[Group], modules: Sequence[Group], *, in_order: bool) -> list[Pair]:
    """Pair each layer with its module; there must be equally many of each kind.

    `in_order` says that the file's order is that in which its modules were made.

    Raises:
        Ambiguous: for some kind neither names nor order decide.
    """
    fits = in_order and [layer.kind for layer in layers] == [module.kind for module in modules]
    given, by_name = kinds(modules), {module.name: module for module in modules}
    found: dict[str, tuple[str, str]] = {}
    for kind, those in kinds(layers).items():
        names, why = _of_one_kind(those, given[kind], fits)
        found |= {ours: (theirs, why) for ours, theirs in names.items()}
    return [Pair(layer, by_name[found[layer.name][0]], found[layer.name][1]) for layer in layers]


def _of_one_kind(layers: list[Group], modules: list[Group], fits: bool) -> tuple[dict[str, str], str]:
    """Return each layer's module, both by name, and why."""
    if len(layers) == 1:
        return {layers[0].name: modules[0].name}, ALONE
    named = dict(_named(layers, modules))
    if len(set(named.values())) == len(layers):
        return named, BY_NAME
    orders = [*_orders(layers, modules, fits)]
    if not orders or any(order != orders[0] for order in orders) or not named.items() <= orders[0].items():
        raise Ambiguous(layers, modules)
    return orders[0], IN_TURN


def _orders(layers: list[Group], modules: list[Group], fits: bool) -> Iterator[dict[str, str]]:
    """Yield what the order of the file says, and what the numbers in names do."""
    own, numbered = _numbered(layers), _numbered(modules)
    names = [module.name for module in modules]
    if fits and (numbered is None or names != sorted(names)):
        yield _in_turn(layers, modules)
    if numbered is not None:
        yield _in_turn(layers, numbered)
    if numbered is not None and own is not None:
        yield _in_turn(own, numbered)


def _in_turn(layers: list[Group], modules: list[Group]) -> dict[str, str]:
    return {layer.name: module.name for layer, module in zip(layers, modules, strict=True)}


def _named(layers: list[Group], modules: list[Group]) -> Iterator[tuple[str, str]]:
    """Pair equal names, and who is alone under the longest name that layer and module share."""
    names = {module.name for module in modules}
    own_parts, given_parts = _by_parts(layers), _by_parts(modules)
    own, given = _scopes(layers), _scopes(modules)
    for layer in layers:
        name = parts(layer.name)
        scope = next(scope for scope in _above(layer.name) if scope in given)
        if layer.name in names:
            yield layer.name, layer.name
        elif len(own_parts[name]) == len(given_parts.get(name, ())) == 1:
            yield layer.name, given_parts[name][0]
        elif len(own[scope]) == len(given[scope]) == 1:
            yield layer.name, given[scope][0].name


def _by_parts(groups: list[Group]) -> dict[tuple[str | int, ...], list[str]]:
    """List under each sequence of words and numbers the names that are made of it."""
    found: dict[tuple[str | int, ...], list[str]] = {}
    for group in groups:
        found.setdefault(parts(group.name), []).append(group.name)
    return found


def _scopes(groups: list[Group]) -> dict[str, list[Group]]:
    """List under each name the groups that it stands before."""
    found: dict[str, list[Group]] = {}
    for group in groups:
        for scope in _above(group.name):
            found.setdefault(scope, []).append(group)
    return found


def _above(name: str) -> Iterator[str]:
    """Yield a.b, a and the empty name for a.b.c."""
    parts = name.split(".")[:-1]
    for length in range(len(parts), -1, -1):
        yield ".".join(parts[:length])


def _numbered(modules: list[Group]) -> list[Group] | None:
    """Sort by numbers in the names, if these alone decide."""
    chunks = {module.name: _chunks(module.name) for module in modules}
    by_chunks = sorted(modules, key=lambda module: chunks[module.name])
    for before, after in pairwise(by_chunks):
        if not _number_decides(chunks[before.name], chunks[after.name]):
            return None
    return by_chunks


def _chunks(name: str) -> list[tuple[int, str]]:
    """Split a name into words and numbers in turn, starting with a word."""
    parts = re.split(r"([0-9]{1,9})", name)
    return [(int(part), "") if place % 2 else (0, part) for place, part in enumerate(parts)]


def _number_decides(one: list[tuple[int, str]], other: list[tuple[int, str]]) -> bool:
    differing = next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
    return differing % 2 == 1
