"""The lines of several modules together, and whether each module's own follow from them."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence

Key: TypeAlias = "tuple[str, tuple[object, ...]]"
"""What has to be equal in lines that are one: the name, and what is called."""


class Slot(Struct, frozen=True):
    """A line of a block: its key, and what it reads where nothing is left out."""

    key: Key
    reads: tuple[str, ...]

    @property
    def name(self) -> str:
        """Return what the line is called."""
        return self.key[0]


Slots: TypeAlias = tuple[Slot, ...]


def together(inputs: tuple[str, ...], modules: Sequence[Slots]) -> Slots | None:
    """Return one list of lines that gives each module's own where others are left out; None without one."""
    longest = sorted(modules, key=len, reverse=True)
    joined = [slot.key for slot in longest[0]]
    reads = {slot.key: slot.reads for slot in longest[0]}
    for module in longest[1:]:
        keys = [slot.key for slot in module]
        joined = _joined(joined, keys)
        for slot in module:
            reads.setdefault(slot.key, slot.reads)
    if len(joined) != len({*joined}):
        return None
    slots = tuple(Slot(key, reads[key]) for key in joined)
    return slots if all(fits(slots, inputs, module) for module in modules) else None


def _joined(first: list[Key], second: list[Key]) -> list[Key]:
    found: list[Key] = []
    for tag, a, b, c, d in SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        found += first[a:b]
        if tag in ("replace", "insert"):
            found += second[c:d]
    return found


def fits(slots: Slots, inputs: tuple[str, ...], module: Slots) -> bool:
    """Say whether slots, without those that a module lacks, are the module's own lines.

    This is how a spec is read: who is left out stands for its first input, unless another of its name is
    there, and the last line is what the block puts out.
    """
    own = {slot.key: slot.reads for slot in module}
    means = {name: name for name in inputs}
    above = ""
    for slot in slots:
        reads = [_meant(name, means) for name in slot.reads]
        if None in reads or not reads:
            return False
        if slot.key in own:
            if tuple(reads) != own[slot.key]:
                return False
            means[slot.name] = above = slot.name
        elif slot.name not in means:
            means[slot.name] = above = reads[0] or ""
    return bool(module) and above == module[-1].name


def _meant(name: str, means: dict[str, str]) -> str | None:
    head, dot, rest = name.partition(".")
    meant = means.get(head)
    if not dot or meant == head:
        return meant if not dot or meant is None else f"{meant}.{rest}"
    return None
