"""A map of names that its author wrote: ours to a file's, for layers, blocks and tensors, or by patterns.

`fc: classifier.1` pairs two layers, and `layer1: stages.0` two blocks, inside of which names and shapes
decide as they do without a map. A `*` stands for any part of a name without dots, and for the same on both
sides: `layer1.*.conv1: stages.0.*.c1`. The longest name of ours decides over those that it is within.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnnstat.base.files import FileError
from cnnstat.base.text import suggestion
from cnnstat.tensors.common import shown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping


@dataclass(frozen=True, slots=True)
class NamesMap:
    """Our names with the file's; `source` is what messages call the map."""

    names: Mapping[str, str]
    source: str = "names"


@dataclass(frozen=True, slots=True)
class Part:
    """A layer, a block or a tensor of ours with one of a file, and the tensors of both that are in it."""

    ours: str
    theirs: str
    own: tuple[str, ...]
    given: tuple[str, ...]


def mapped_parts(names: NamesMap, own: Collection[str], given: Collection[str]) -> list[Part]:
    """Return what a map pairs, the longest names first; each tensor is in one part.

    Raises:
        FileError: a name is none of the network's or of the file's, or two of ours are one of the file's.
    """
    entries: dict[str, str] = {}
    for pattern, target in names.names.items():
        for ours, theirs in _expanded(names, pattern, target, own):
            if entries.setdefault(ours, theirs) != theirs:
                raise _mistake(names, pattern, f"'{shown(ours)}' has two names in the file")
    parts: list[Part] = []
    left, free = dict.fromkeys(own), dict.fromkeys(given)
    for ours in sorted(entries, key=lambda name: (-len(name.split(".")), name)):
        theirs = entries[ours]
        if not _inside(given, theirs):
            known = sorted({above for name in given for above in _and_above(name)})
            hint = suggestion(theirs, known)
            raise _mistake(names, ours, f"the file has no '{shown(theirs)}'{hint}")
        part = Part(ours, theirs, _inside(left, ours), _inside(free, theirs))
        if part.own and not part.given:
            raise _mistake(names, ours, f"'{shown(theirs)}' is taken by another name already")
        for name in part.own:
            del left[name]
        for name in part.given:
            del free[name]
        parts.append(part)
    return [part for part in parts if part.own]


def _expanded(names: NamesMap, pattern: str, target: str, own: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield our name and theirs; of a pattern for each of ours that it fits."""
    known = dict.fromkeys(above for name in own for above in _and_above(name))
    if target.count("*") > pattern.count("*"):
        raise _mistake(names, pattern, f"'{shown(target)}' has more '*' than it")
    fits = re.compile("([^.]+)".join(map(re.escape, pattern.split("*"))))
    found = [(name, match) for name in known if (match := fits.fullmatch(name))]
    if not found:
        what = "fits no layer, block or tensor" if "*" in pattern else "is no layer, block or tensor"
        raise _mistake(names, pattern, f"it {what} of the network{suggestion(pattern, [*known])}")
    for name, match in found:
        first, *others = target.split("*")
        yield name, first + "".join(map("".join, zip(match.groups(), others, strict=False)))


def _and_above(name: str) -> Iterator[str]:
    """Yield a.b.weight, a.b and a for a.b.weight."""
    while name:
        yield name
        name = name.rpartition(".")[0]


def _inside(names: Collection[str], above: str) -> tuple[str, ...]:
    return tuple(name for name in names if name == above or name.startswith(f"{above}."))


def _mistake(names: NamesMap, pattern: str, why: str) -> FileError:
    return FileError(names.source, f"'{shown(pattern)}': {why}")
