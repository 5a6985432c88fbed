"""The architectures that come with cnnstat."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).parents[1]
_VARIANTS = re.compile(r"^variants:.*\n((?:(?:[ #].*)?\n)*)", re.MULTILINE)
_LONGEST = 64
"""Characters of a name; the system may not even look for a longer one."""
_KEY = re.compile(r"^  ([\w.-]+):", re.MULTILINE)


def folder() -> Path:
    """Return the folder of the bundled specs: in the package once installed, beside it in a checkout."""
    installed = _PACKAGE / "architectures"
    return installed if installed.is_dir() else _PACKAGE.parent / "architectures"


def names() -> tuple[str, ...]:
    """Return the names of all bundled networks, sorted as a person sorts (resnet20 before resnet110).

    A family is listed by its variants.
    """
    return tuple(sorted(_networks(), key=_natural))


def locate(name: str) -> tuple[Path, str | None] | None:
    """Return the file of the bundled network ``name`` (with or without ``.yaml``), and which variant it is.

    None where there is no such network; a family's own name is its file, and no variant.
    """
    stem = name.removesuffix(".yaml")
    if "/" in stem or "\\" in stem or "\0" in stem or not stem:
        return None
    path = folder() / f"{stem}.yaml"
    if stem.isascii() and len(stem) <= _LONGEST and path.is_file():  # to find it, no other has to be read
        return path, stem if stem in _variants(path) else None
    return _networks().get(stem)


def address(name: str) -> str:
    """Return what names a bundled network wherever one stands: its file, followed by ``#`` for a variant.

    Raises:
        LookupError: there is no such network.
    """
    path, variant = _found(name)
    return str(path) if variant is None else f"{path}#{variant}"


def family(name: str) -> str:
    """Return the name of the file that a bundled network stands in, which names its family.

    Raises:
        LookupError: there is no such network.
    """
    return _found(name)[0].stem


def _found(name: str) -> tuple[Path, str | None]:
    found = locate(name)
    if found is None:
        raise LookupError(name)
    return found


@cache
def _networks() -> dict[str, tuple[Path, str | None]]:
    """Return the file of every network by its name, and which variant of the file it is."""
    found: dict[str, tuple[Path, str | None]] = {}
    for path in folder().glob("*.yaml"):
        variants = _variants(path)
        found |= {variant: (path, variant) for variant in variants}
        if not variants:
            found[path.stem] = path, None
    return found


@cache
def _variants(path: Path) -> tuple[str, ...]:
    # One name may stand in any file, so none is parsed to find it; the tests compare with the reader.
    section = _VARIANTS.search(path.read_text(encoding="utf-8"))
    return tuple(_KEY.findall(section[1])) if section else ()


def _natural(name: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name)]
