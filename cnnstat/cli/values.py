"""What values on a command line mean, each read from its text."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from cnnstat.base.axes import RANKS
from cnnstat.base.errors import ArgumentError
from cnnstat.base.limits import MAX_SIZE, is_size
from cnnstat.base.text import suggestion
from cnnstat.report.columns import CHOICES
from cnnstat.spec.given import read_value

if TYPE_CHECKING:
    from cnnstat.base.arguments import Inputs


_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


def _shape(text: str) -> tuple[int, ...]:
    """Read 3x224x224."""
    sizes = _sizes(text)
    if not 1 <= len(sizes) <= len(RANKS):
        raise ArgumentError(f"expected sizes such as 3x224x224, each from 1 to {MAX_SIZE:,}, got '{text}'")
    return sizes


def inputs_of(texts: tuple[str, ...]) -> Inputs | None:
    """Read 3x224x224, or NAME=3x224x224 for each of several inputs."""
    shapes: dict[str, tuple[int, ...]] = {}
    for text in texts:
        name, sign, sizes = text.rpartition("=")
        name = name.strip()
        if (not sign and len(texts) > 1) or name in shapes:
            raise ArgumentError(f"of several inputs each is given once, as NAME=CxHxW, got '{text}'")
        shapes[name] = _shape(sizes)
    return shapes.get("", shapes or None)


def params_of(texts: tuple[str, ...]) -> dict[str, object]:
    """Read NAME=VALUE, as often as it is given."""
    params = {}
    for text in texts:
        name, sign, value = text.partition("=")
        name = name.strip()
        if not sign or not name:
            raise ArgumentError(f"expected NAME=VALUE, got '{text}'")
        if name in params:
            raise ArgumentError(f"'{name}' is given twice")
        try:
            params[name] = read_value(value)
        except ArgumentError as error:
            raise ArgumentError(f"{name}: {error}") from None
    return params


def bytes_of(text: str) -> int:
    """Read 8G, 500MiB or a number of bytes."""
    found = re.fullmatch(r"([0-9]{1,15})\s*([KMGT]?)(iB|B)?", text.strip(), re.IGNORECASE)
    if found is None:
        raise ArgumentError(f"expected bytes such as 8G or 500M, got '{text}'")
    return int(found[1]) * _UNITS[found[2].upper()]


def columns_of(text: str) -> tuple[str, ...]:
    """Read params,macs."""
    keys = tuple(part.strip() for part in text.split(","))
    for key in keys:
        if key not in CHOICES:
            from cnnstat.base.pages import meant  # noqa: PLC0415 - only an unknown word waits for the pages

            hint = meant(key, CHOICES) or suggestion(key, CHOICES) or f"; known: {', '.join(CHOICES)}"
            raise ArgumentError(f"unknown column '{key}'{hint}")
    return keys if "name" in keys else ("name", *keys)


def file_of(name: str) -> Path | None:
    """Return the file of a report; none for standard output. A file called - is written ./-."""
    return None if name == "-" else Path(name)


def unit_of(text: str) -> tuple[int, ...]:
    """Read 3,5."""
    position = _numbers(text.split(","))
    if not 1 <= len(position) < len(RANKS):
        raise ArgumentError(f"expected a position such as 3,5, got '{text}'")
    return position


def index_of(text: str) -> tuple[int, ...]:
    """Read 0,3,5: a channel and its position, or a number of a tensor."""
    index = _numbers(text.split(","))
    if not 1 <= len(index) <= len(RANKS) + 1:
        raise ArgumentError(f"expected numbers such as 0,3,5, got '{text}'")
    return index


def size_of(text: str) -> tuple[int, ...]:
    """Read 128 or 128x256."""
    sizes = _sizes(text)
    if not 1 <= len(sizes) < len(RANKS):
        raise ArgumentError(f"expected a size such as 128 or 128x256, from 1 to {MAX_SIZE:,}, got '{text}'")
    return sizes


def _sizes(text: str) -> tuple[int, ...]:
    """Return sizes that are written 128x256; none where one of them is no size."""
    sizes = _numbers(text.lower().replace("×", "x").split("x"))
    return sizes if all(map(is_size, sizes)) else ()


def _numbers(parts: list[str]) -> tuple[int, ...]:
    """Return parts as numbers; none where one of them is no plain number."""
    parts = [part.strip() for part in parts]
    good = all(part.isascii() and part.isdigit() and len(part) < 9 for part in parts)
    return tuple(int(part) for part in parts) if good else ()
