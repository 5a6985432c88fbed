"""Names of a model's modules and nodes as names of a spec.

A spec's name has no dots: `layer1.0.conv1` is the layer `conv1` in a block `0` in a block `layer1`. So a
path of names is what a model's dotted name becomes, and `spec_text` makes a block of each module: then
reports fold as the model's own code does, and a path is what PyTorch's state dict calls it. A name in one
piece, `layer1_0_conv1`, would be shorter to write and match neither.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

Path: TypeAlias = tuple[str, ...]
"""Names from the outermost block to the layer."""

LEVELS = 24
"""Blocks within blocks that a model may ask for; a spec has a few more."""
_LONGEST = 48
_LONGEST_PATH = 200
_NO_NAME = re.compile(r"[^A-Za-z0-9_-]+")


def paths(names: Iterable[str]) -> list[Path]:
    """Return a path for each dotted name, all different and such as a spec takes."""
    taken: set[Path] = set()
    found = []
    for name in names:
        path = first = _path(name)
        number = 1
        while path in taken:
            number += 1
            path = (*first[:-1], f"{first[-1]}_{number}")
        taken.add(path)
        found.append(path)
    return found


def legal(name: str) -> str:
    """Return a name that a spec takes; `input` alone is taken."""
    name = _NO_NAME.sub("_", name)[:_LONGEST]
    if not name or name[0] == "-" or name == "input":
        return f"_{name}"
    return name


def _path(name: str) -> Path:
    path = tuple(legal(part) for part in name.split(".") if part) or ("_",)
    if len(path) > LEVELS:
        path = (*path[: LEVELS - 1], legal("_".join(path[LEVELS - 1 :])))
    return path if sum(map(len, path)) + len(path) <= _LONGEST_PATH else (legal("_".join(path[-2:])),)
