"""What tensors belong to: a network's layers, and a file's modules as the tree that their names spell.

Tensors with one name before `weight`, `bias` or running statistics are one module. Any other tensor is a
module of its own, as a layer scale (`blocks.0.gamma`) is, and `in_proj_weight` is the weight of `in_proj`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cnnstat.executor.kernel import Array

Kind: TypeAlias = "frozenset[tuple[str, tuple[int, ...]]]"
Parts: TypeAlias = "tuple[str | int, ...]"

USUAL = ("weight", "bias", "running_mean", "running_var")
"""Tensors that most layers of most tools call so."""
DEEPEST = 64
"""Names within names that make a tree; what is nested deeper is one name."""


@dataclass(frozen=True, slots=True)
class Group:
    """A layer of the network, or a module of a file: its name, and by their roles its tensors."""

    name: str
    shapes: dict[str, tuple[int, ...]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> Kind:
        """What two groups have in common that fit each other: roles, and shapes but for axes of one."""
        return frozenset((role, plain_shape(shape)) for role, shape in self.shapes.items())


def plain_shape(shape: Sequence[int]) -> tuple[int, ...]:
    """Return a shape without the axes of one at its end: (O, I) of (O, I, 1, 1), (C) of (C, 1, 1).

    Tensors of one plain shape hold the same numbers in the same order.
    """
    length = len(shape)
    while length and shape[length - 1] == 1:
        length -= 1
    return tuple(shape[:length])


def grouped(tensors: Mapping[str, Array]) -> list[Group]:
    """Gather tensors into layers or modules, in order of first appearance."""
    found: dict[str, Group] = {}
    for name, tensor in tensors.items():
        head, _, tail = name.rpartition(".")
        role = tail
        if tail not in USUAL:
            stem, _, last = tail.rpartition("_")
            owner, role = (stem, last) if stem and last in ("weight", "bias") else (tail, "weight")
            head = f"{head}.{owner}" if head else owner
        group = found.setdefault(head, Group(head))
        if role in group.names:  # `a.in_proj_weight` beside `a.in_proj.weight`
            group = found.setdefault(name, Group(name))
        group.shapes[role], group.names[role] = tensor.shape, name
    return list(found.values())


def kinds(groups: Iterable[Group]) -> dict[Kind, list[Group]]:
    """Sort groups by kind, keeping their order."""
    found: dict[Kind, list[Group]] = {}
    for group in groups:
        found.setdefault(group.kind, []).append(group)
    return found


@dataclass(eq=False, slots=True)
class Node:
    """A module with what is inside of it, in the order of the file; `name` is what follows the parent's.

    A module that holds a single other is one with it. `total` counts the kinds inside: equal numbers are
    equal counts. The parts of what is `apart` need not lie together; what is not `ordered` has no order in
    the file.
    """

    name: str
    group: Group | None = None
    children: list[Node] = field(default_factory=list)
    size: int = 1
    total: int = 0
    apart: bool = False
    ordered: bool = True

    def leaves(self) -> list[Group]:
        """Return all groups inside, in order."""
        if self.group is not None:
            return [self.group]
        return [leaf for child in self.children for leaf in child.leaves()]


def tree(groups: Sequence[Group], worth: Mapping[Kind, int]) -> Node:
    """Return the tree that names with dots spell; `worth` is what a kind adds to a total."""
    root = Node("")
    known: dict[tuple[str, ...], Node] = {(): root}
    for group in groups:
        parts = tuple(group.name.split(".", DEEPEST))
        for length in range(1, len(parts)):
            path = parts[:length]
            if path not in known:
                known[path] = Node(path[-1])
                known[path[:-1]].children.append(known[path])
        known[parts[:-1]].children.append(Node(parts[-1], group, total=worth[group.kind]))
    return _joined(root)


def _joined(node: Node) -> Node:
    if node.group is not None:
        return node
    node.children = [_joined(child) for child in node.children]
    if len(node.children) == 1:
        (child,) = node.children
        child.name = f"{node.name}.{child.name}" if node.name else child.name
        return child
    node.size = sum(child.size for child in node.children)
    node.total = sum(child.total for child in node.children)
    return node


# -- names ------------------------------------------------------------------------------------------

CACHED = 2**16
"""Names that are taken apart once."""
SYNONYMS = {
    word: words[0]
    for words in (
        ("shortcut", "downsample", "skip", "proj", "projection", "identity"),
        ("norm", "bn", "ln", "batchnorm", "layernorm", "normalization"),
        ("conv", "convolution"),
        ("q", "query", "queries"),
        ("k", "key", "keys"),
        ("v", "value", "values"),
        ("linear", "fc", "dense"),
        ("head", "classifier"),
        ("depthwise", "dw"),
    )
    for word in words
}
"""Words that people use for one thing."""
_TOKEN = re.compile(r"[0-9]{1,9}x[0-9]{1,9}(?:x[0-9]{1,9})?(?![0-9])|[0-9]{1,9}|[^\W0-9_]+")


@lru_cache(maxsize=CACHED)
def parts(name: str) -> Parts:
    """Return the words and the numbers of a name without what stands between: ("c", 1) of c.1 and of c_01.

    A size such as 3x3 is a word: it puts nothing in order.
    """
    return tuple(int(part) if part.isdecimal() and part.isascii() else part for part in _TOKEN.findall(name))


def likeness(one: Parts, other: Parts) -> int:
    """Return how much two names have in common: parts in one order, if a word is among them."""
    if one == other:
        return 10 * any(isinstance(part, str) for part in one)
    ours, theirs = ([_known(part) for part in each] for each in (one, other))
    if not {part for part in ours if isinstance(part, str)} & set(theirs):
        return 0
    row = [0] * (len(theirs) + 1)
    for part in ours:
        before = 0
        for i, their in enumerate(theirs):
            before, row[i + 1] = row[i + 1], before + 1 if part == their else max(row[i + 1], row[i])
    return min(row[-1], 9)


def _known(part: str | int) -> str | int:
    return SYNONYMS.get(part.lower(), part.lower()) if isinstance(part, str) else part


def precedes(one: str, other: str) -> bool:
    """Say whether the first thing that differs in two names is a number, and smaller in the first.

    So is a single letter behind a number (`5b` and `5c`), and one that stands alone (`f.a` and `f.b`). A size
    (`3x3`) is no number.
    """
    ours, theirs = chunks(one), chunks(other)
    for ours_next, theirs_next in zip(ours, theirs, strict=False):
        if ours_next != theirs_next:
            return ours_next[0] == theirs_next[0] == 1 and ours_next < theirs_next
    return False


_CHUNK = re.compile(
    r"(?P<size>[0-9]{1,9}x[0-9]{1,9})|(?P<number>[0-9]{1,9})|(?P<letter>(?<![^\W\d_])[a-h](?![^\W\d_]))|."
)


@lru_cache(maxsize=CACHED)
def chunks(name: str) -> tuple[tuple[int, int, str], ...]:
    """Split a name into numbers and letters that count (1), sizes and single characters (0)."""
    found = []
    for match in _CHUNK.finditer(name):
        number, letter = match["number"], match["letter"]
        found.append((1, int(number), "") if number else (int(bool(letter)), 0, match[0]))
    return tuple(found)
