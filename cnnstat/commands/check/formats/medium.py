"""What findings are put out to, as far as it matters to how they are written."""

from __future__ import annotations

import os
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping

_CHECKOUTS = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR")
"""Where GitHub's and GitLab's CI say what they have checked out; an archive has no .git."""


class Medium(Struct, frozen=True, kw_only=True):
    """What findings are put out to.

    ``colour`` and ``width`` (in cells; None: nothing is cut or wrapped) are those of a terminal. ``folder``
    is the folder at hand and ``root`` that of the repository: a CI knows files by their paths from there.
    Without these, files keep their names. ``room`` says that the room which budgets leave is wanted.
    """

    colour: bool = False
    width: int | None = None
    folder: str = ""
    root: str = ""
    room: bool = False

    def path(self, file: str) -> str:
        """Return a file's path from the root, with slashes; what does not lie below it keeps its name."""
        below = self.below(file)
        return file if below is None else below

    def below(self, file: str) -> str | None:
        """Return a file's path from the root; None where it does not lie below it."""
        place = PurePath(self.place(file))
        if not self.root or file == "<stdin>" or not place.is_relative_to(self.root):
            return None
        return place.relative_to(self.root).as_posix()

    def place(self, file: str) -> str:
        """Return a file's path from the folder at hand, without looking at any file."""
        return os.path.normpath(os.path.join(self.folder, file))


def repository(folder: Path, environment: Mapping[str, str]) -> Path:
    """Return the root of the repository that a folder is in; without one, the folder."""
    for place in (folder, *folder.parents):
        if (place / ".git").exists():
            return place
    checkouts = (Path(environment[name]) for name in _CHECKOUTS if environment.get(name))
    return next((place for place in checkouts if folder.is_relative_to(place)), folder)
