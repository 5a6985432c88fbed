"""The architectures that come with cnnstat."""

from __future__ import annotations

import re
from pathlib import Path

_PACKAGE = Path(__file__).parent


def folder() -> Path:
    """Return the folder of the bundled specs: in the package once installed, beside it in a checkout."""
    installed = _PACKAGE / "architectures"
    return installed if installed.is_dir() else _PACKAGE.parent / "architectures"


def names() -> tuple[str, ...]:
    """Return the names of all bundled architectures, sorted as a person sorts (resnet20 before resnet110)."""
    return tuple(sorted((path.stem for path in folder().glob("*.yaml")), key=_natural))


def locate(name: str) -> Path | None:
    """Return the bundled spec called ``name`` (with or without ``.yaml``), if there is one."""
    stem = name.removesuffix(".yaml")
    if "/" in stem or "\\" in stem or "\0" in stem or not stem:
        return None
    path = folder() / f"{stem}.yaml"
    return path if path.is_file() else None


def _natural(name: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name)]
