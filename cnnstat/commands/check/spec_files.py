"""Which files the paths of a command line mean: specs, folders of them, patterns, standard input."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SUFFIXES = (".yaml", ".yml")


def spec_files(paths: Iterable[str]) -> tuple[str, ...]:
    """Return every spec that is meant, each once, in the order of the paths and sorted within a folder."""
    return tuple(dict.fromkeys(name for path in paths for name in _files(path)))


def _files(path: str) -> Iterator[str]:
    folder = Path(path)
    if path == "-" or not folder.is_dir():
        yield path
        return
    yield from (str(each) for each in sorted(folder.rglob("*")) if each.suffix in SUFFIXES)
