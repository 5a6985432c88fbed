"""Which files the paths of a command line mean: specs, folders of them, patterns, standard input."""

from __future__ import annotations

import os
from fnmatch import fnmatchcase
from glob import escape, glob, has_magic
from itertools import dropwhile
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.base.errors import ArgumentError, SpecError
from cnnstat.base.limits import MAX_TEXT
from cnnstat.base.text import plain
from cnnstat.commands.check.spec_keys import has_keys
from cnnstat.spec import file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from cnnstat.commands.check.configuration import Configuration

SUFFIXES = (".yaml", ".yml")


class SpecFiles(Struct, frozen=True):
    """The specs that are meant, each once, and how many YAML files of folders are none."""

    specs: tuple[str, ...]
    others: int


def spec_files(paths: Iterable[str], configuration: Configuration, *, force: bool = False) -> SpecFiles:
    """Return every spec that is meant: in the order of the paths, sorted within a folder.

    What is named is a spec. In a folder specs are the files that the configuration includes; without that,
    YAML files with a key of specs, but for hidden ones. ``force``: what the configuration leaves out is left
    out where it is named, too, and nothing may be left then.

    Raises:
        ArgumentError: a pattern matches no file, or there is no spec at all: nothing would be checked.
    """
    others: list[str] = []
    named = dict.fromkeys(name for path in paths for name in _files(path, configuration, others))
    if force:
        return SpecFiles(tuple(name for name in named if _is_wanted(name, configuration)), len(others))
    if not named:
        passed = f"; {len(others):,} YAML files have none of the keys of a spec" if others else ""
        keys = [key for key in ("include", "exclude") if getattr(configuration, key)]
        see = f"; see {' and '.join(keys)} in {plain(configuration.file)}" if keys else ""
        raise ArgumentError(f"there is no spec to check in {', '.join(paths)}{passed}{see}")
    return SpecFiles(tuple(named), len(others))


def path_of(spec: str) -> Path:
    """Return the path of a spec as it is named, without the variant that it may ask for."""
    try:
        return Path(file.find(spec)[1])
    except SpecError:  # standard input, or what is not there
        return Path(spec)


def _files(path: str, configuration: Configuration, others: list[str]) -> Iterator[str]:
    if path == "-" or not (os.path.isdir(path) or has_magic(path)) or os.path.isfile(path):
        yield path
        return
    matching = [path] if os.path.isdir(path) else sorted({*_matching(path)})
    if not matching:
        raise ArgumentError(f"no file matches {path}")
    for each in matching:
        if os.path.isdir(each):
            yield from _in_folder(each, configuration, others)
        else:
            yield each


def _matching(pattern: str) -> Iterator[str]:
    """Yield what matches a pattern; ``**`` is any folder below that is neither hidden nor a link."""
    parts = pattern.split(os.sep)
    if "**" not in parts:
        yield from glob(pattern)
        return
    index = parts.index("**")
    rest = [*dropwhile("**".__eq__, parts[index + 1 :])] or ["*"]
    for base in glob(os.path.join(*parts[:index], "")) if index else [""]:
        for place, folders, _ in os.walk(base or os.curdir):
            folders[:] = [name for name in folders if not name.startswith(".")]
            within = os.path.normpath(place) if base == "" else place
            found = _matching(os.path.join(escape("" if within == os.curdir else within), *rest))
            yield from (each for each in found if not (os.path.islink(each) and os.path.isdir(each)))


def would_match(pattern: str, path: str) -> bool:
    """Say whether a file, there or not, is one that a pattern would match; ``path`` is its real path."""
    wanted = os.path.normpath(os.path.join(os.path.realpath(os.curdir), pattern))
    return _parts_match(Path(path).parts, Path(wanted).parts)


def _parts_match(parts: tuple[str, ...], pattern: tuple[str, ...]) -> bool:
    if not pattern or not parts:
        return not pattern and not parts
    first, *_ = pattern
    if first == "**":  # no folder, or any that is not hidden; at the end, what is in them
        rest = pattern[1:] or ("*",)
        here = _parts_match(parts, rest)
        return here or (not parts[0].startswith(".") and _parts_match(parts[1:], pattern))
    hidden = parts[0].startswith(".") and not first.startswith(".")
    return not hidden and fnmatchcase(parts[0], first) and _parts_match(parts[1:], pattern[1:])


def _in_folder(folder: str, configuration: Configuration, others: list[str]) -> Iterator[str]:
    unreadable: list[str] = []
    for below in files_below(folder, unreadable.append):
        path = Path(folder, below)
        # Not a pipe, which nobody may ever fill; of a link to nothing, that is for the check to say.
        if is_meant(folder, below, configuration) and (path.is_file() or not os.path.exists(path)):
            if configuration.include or _may_be_a_spec(path):
                yield str(path)
            else:
                others.append(str(path))
    yield from unreadable  # that is for the check to say as well


def files_below(folder: str | Path, unreadable: Callable[[str], object]) -> Iterator[str]:
    """Yield the files of a folder by their paths from there, without those in hidden folders.

    ``unreadable`` is called with each folder that cannot be read.
    """
    for place, folders, files in os.walk(folder, onerror=lambda error: unreadable(error.filename)):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(place, name).relative_to(folder).as_posix() for name in sorted(files))


def is_meant(folder: str, below: str, configuration: Configuration) -> bool:
    """Say whether a file of a folder, there or not, is looked at for a spec, by its path from the folder."""
    path = Path(folder, below)
    if any(part.startswith(".") for part in below.split("/")):
        return False
    if configuration.matches(path, configuration.exclude):
        return False
    if configuration.include:
        return configuration.matches(path, configuration.include)
    return path.suffix.lower() in SUFFIXES


def is_spec(content: bytes, configuration: Configuration) -> bool:
    """Say whether a file that is meant is a spec: if it is included, or has a key that other files lack."""
    return bool(configuration.include) or has_keys(content)


def _is_wanted(spec: str, configuration: Configuration) -> bool:
    """Say whether the configuration does not leave a file out; else that is for the check to say."""
    path = path_of(spec)
    if not (path.is_file() and configuration.is_about(path)):
        return True
    included = not configuration.include or configuration.matches(path, configuration.include)
    return included and not configuration.matches(path, configuration.exclude)


def _may_be_a_spec(path: Path) -> bool:
    """Say whether a file may be a spec; of one that cannot be read, that is for the check to say."""
    try:
        with path.open("rb") as opened:
            return has_keys(opened.read(4 * MAX_TEXT))
    except OSError:
        return True
