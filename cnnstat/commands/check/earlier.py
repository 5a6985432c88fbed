"""The specs that files are compared with: those of a git revision, or of a folder."""

from __future__ import annotations

import os
from glob import has_magic
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from cnnstat.base.errors import ArgumentError, SpecError
from cnnstat.base.text import plain
from cnnstat.commands.check import git
from cnnstat.commands.check.spec_files import files_below, is_meant, is_spec, would_match
from cnnstat.spec import file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cnnstat.commands.check.configuration import Configuration

Status: TypeAlias = Literal["there", "renamed", "new", "unknown"]


class Earlier(Struct, frozen=True):
    """What a spec was: its name, its content, and what became of it since.

    ``new``: there was none. ``unknown``: nobody can say, for the reason in ``note``; ``renamed``: from the
    name in ``note``.
    """

    name: str = ""
    status: Status = "new"
    note: str = ""
    content: bytes = b""


class EarlierSpecs(Struct, frozen=True):
    """What each spec was, by its name on the command line, and which specs there are no more."""

    against: str
    of: dict[str, Earlier]
    removed: tuple[str, ...]


def earlier_specs(
    against: str, specs: Sequence[str], paths: Sequence[str], configuration: Configuration
) -> EarlierSpecs:
    """Return what specs were in a folder or a revision; ``paths`` are those in which they were looked for.

    Raises:
        ArgumentError: there is neither, or both.
    """
    if not against:
        raise ArgumentError("the name of a revision or a folder is missing")
    places = dict(_places(specs))
    if not Path(against).is_dir():
        return _of_revision(git.revision(against, _folder(places)), places, paths, configuration)
    if os.sep not in against and against not in (".", "..") and _is_revision(against, _folder(places)):
        name = plain(against)
        raise ArgumentError(f"'{name}' is a folder and a revision; write ./{name} or heads/{name}")
    return _of_folder(Path(against), places, paths, configuration)


def _places(specs: Iterable[str]) -> Iterator[tuple[str, str | None]]:
    """Yield specs with the real paths of their files; None for standard input and bundled networks."""
    for spec in specs:
        try:
            path, shown, _ = file.find(spec) if spec != "-" else (Path(), "", None)
        except SpecError:  # its check says that it is not there
            continue
        yield spec, os.path.realpath(path) if spec != "-" and Path(shown) == path else None


def _folder(places: dict[str, str | None]) -> str:
    """Return the folder whose repository is meant: the one at hand, or that of the first spec."""
    first = next((os.path.dirname(place) for place in places.values() if place), os.curdir)
    at_hand = Path.cwd()
    return os.curdir if any((each / ".git").exists() for each in (at_hand, *at_hand.parents)) else first


def _is_revision(name: str, folder: str) -> bool:
    try:
        git.revision(name, folder)
    except ArgumentError:
        return False
    return True


# -- a revision -----------------------------------------------------------------------------------------


def _of_revision(
    at: git.Revision, places: dict[str, str | None], paths: Sequence[str], configuration: Configuration
) -> EarlierSpecs:
    files, renamed = git.tree(at), git.renamed(at)
    found: dict[str, Earlier] = {}
    wanted: dict[str, str] = {}
    for spec, place in places.items():
        path = None if place is None else _below(place, at.root)
        if path is None:
            found[spec] = Earlier(status="unknown", note=f"it is no file below {at.root}")
        elif (other := _other_repository(path, at.root)) is not None:
            found[spec] = Earlier(status="unknown", note=f"it is in another repository, {other}")
        elif (old := renamed.get(path, path)) in files:
            status: Status = "renamed" if old != path else "there"
            found[spec] = Earlier(f"{at.name}:{old}", status, old if old != path else "")
            wanted[spec] = files[old]
        else:
            found[spec] = Earlier()
    for spec, content in zip(wanted, git.contents(at, tuple(wanted.values())), strict=True):
        if content is None:
            found[spec] = Earlier(status="unknown", note="the clone lacks what it was; fetch it")
        else:
            found[spec] = replace(found[spec], content=content)
    kept = {*renamed.values()}
    gone = [
        path
        for path in files
        if path not in kept and _is_gone(os.path.join(at.root, path), paths, configuration)
    ]
    contents = git.contents(at, tuple(files[path] for path in gone))
    removed = [
        path
        for path, content in zip(gone, contents, strict=True)
        if content and is_spec(content, configuration)
    ]
    return EarlierSpecs(
        at.name, found, tuple(os.path.relpath(os.path.join(at.root, each)) for each in removed)
    )


def _other_repository(path: str, root: str) -> str | None:
    """Return the submodule, or the other clone, in which a file of a repository is."""
    folders = path.split("/")[:-1]
    inner = ("/".join(folders[:depth]) for depth in range(len(folders), 0, -1))
    return next((each for each in inner if os.path.lexists(os.path.join(root, each, ".git"))), None)


def _below(place: str, root: str) -> str | None:
    path = os.path.relpath(place, root)
    return None if path.split(os.sep)[0] == os.pardir else path.replace(os.sep, "/")


def _is_gone(place: str, paths: Sequence[str], configuration: Configuration) -> bool:
    """Say whether a file is there no more, and would have been found in one of the folders."""
    if os.path.lexists(place):
        return False
    return any(_is_found(place, path, configuration) for path in paths)


def _is_found(place: str, path: str, configuration: Configuration) -> bool:
    """Say whether a file would be found by a path of the command line, were it there."""
    if os.path.isdir(path):
        below = _below(place, os.path.realpath(path))
        return below is not None and is_meant(path, below, configuration)
    if not has_magic(path):
        return False
    if would_match(path, place):
        return True
    folders = (str(each) for each in Path(place).parents if would_match(path, str(each)))
    return any(is_meant(each, os.path.relpath(place, each), configuration) for each in folders)


# -- a folder -------------------------------------------------------------------------------------------


def _of_folder(
    folder: Path, places: dict[str, str | None], paths: Sequence[str], configuration: Configuration
) -> EarlierSpecs:
    """Compare with a folder: it answers to the one that is checked, or else to the folder at hand."""
    base = os.path.realpath(paths[0] if len(paths) == 1 and os.path.isdir(paths[0]) else os.curdir)
    found: dict[str, Earlier] = {}
    for spec, place in places.items():
        path = None if place is None else _below(place, base)
        if path is None:
            found[spec] = Earlier(status="unknown", note=f"it is no file below {base}")
        elif (folder / path).is_file():
            found[spec] = Earlier(str(folder / path), "there", content=_content(folder / path))
        else:
            found[spec] = Earlier()
    lacking = (
        path
        for path in files_below(folder, _refuse)
        if _is_gone(os.path.join(base, path), paths, configuration)
    )
    contents = {path: _content(folder / path) for path in lacking if (folder / path).is_file()}
    gone = {path: content for path, content in contents.items() if is_spec(content, configuration)}
    by_content = {content: path for path, content in gone.items()}
    for spec, earlier in found.items():
        place = places[spec]
        if earlier.status == "new" and place is not None:
            content = _now(place)
            path = by_content.pop(content, None)
            if path is not None:
                found[spec] = Earlier(str(folder / path), "renamed", path, content)
                del gone[path]
    removed = (os.path.relpath(os.path.join(base, path)) for path in gone)
    return EarlierSpecs(str(folder), found, tuple(removed))


def _refuse(folder: str) -> None:
    raise ArgumentError(f"{plain(folder)} cannot be read")


def _content(path: Path) -> bytes:
    """Return what was in a file.

    Raises:
        ArgumentError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise ArgumentError(f"{plain(str(path))} cannot be read: {error.strerror}") from None


def _now(place: str) -> bytes:
    """Return what is in a file, nothing of one that cannot be read: its check says so."""
    try:
        return Path(place).read_bytes()
    except OSError:
        return b""
