"""What git knows of a revision: its files, their contents, and which were renamed since.

A revision comes from a command line and names from a repository, so both may be hostile: no shell reads them,
names are parted by zeros, a revision can be no option, and programs that a repository names are not run.
"""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.base.errors import ArgumentError
from cnnstat.base.text import plain, suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_QUIET = ("--no-pager", "-c", "core.fsmonitor=false")
_ENVIRONMENT = {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}

_RELATIVE = re.compile(r"[~^:]|@\{")
"""What a revision has that is found by going back from another, which no fetch of one commit brings."""


class Revision(Struct, frozen=True):
    """A revision as it was asked for, the commit that it is, and the root of the repository."""

    name: str
    commit: str
    root: str


def revision(name: str, folder: str) -> Revision:
    """Find a revision in the repository that a folder is in.

    Raises:
        ArgumentError: there is no git, no repository or no such revision; with what is missing.
    """
    if name.startswith("-") or "\0" in name:
        raise ArgumentError(f"'{plain(name)}' is no revision and no folder")
    root = _said("rev-parse", "--show-toplevel", folder=folder)
    commit = _commit(name, root)
    if commit is None:
        raise ArgumentError(_missing(name, root))
    return Revision(name, commit, os.path.realpath(root))


def tree(at: Revision) -> dict[str, str]:
    """Return all files of a revision by their paths from the root, with the names of their contents."""
    files = {}
    for entry in _parts(_run("ls-tree", "-r", "-z", "--full-tree", at.commit, folder=at.root)):
        about, _, path = entry.partition("\t")
        _, kind, name = about.split(" ")
        if kind == "blob":  # a submodule is a commit
            files[path] = name
    return files


def renamed(at: Revision) -> dict[str, str]:
    """Return the files that git takes for renamed since a revision: their paths now, and those of then."""
    output = _run(
        *(
            "diff",
            "--name-status",
            "-z",
            "--find-renames",
            "--diff-filter=R",
            "--no-ext-diff",
            "--no-textconv",
        ),
        *("--no-relative", "--ignore-submodules=all", at.commit, "--"),
        folder=at.root,
    )
    parts = _parts(output)
    return {now: before for _, before, now in zip(parts, parts, parts, strict=True)}


def contents(at: Revision, names: Sequence[str]) -> list[bytes | None]:
    """Return contents by their names; None where the clone does not have one."""
    output = _run(
        "cat-file", "--batch", folder=at.root, given="".join(f"{name}\n" for name in names).encode()
    )
    found: list[bytes | None] = []
    start = 0
    for _ in names:
        end = output.index(b"\n", start)
        about = output[start:end].split(b" ")
        start = end + 1
        if about[-1] == b"missing":
            found.append(None)
            continue
        size = int(about[-1])
        found.append(output[start : start + size])
        start += size + 1
    return found


def _commit(name: str, root: str) -> str | None:
    arguments = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    ended = _ended(*arguments, folder=root)
    return ended.stdout.decode().strip() if ended.returncode == 0 else None


def _missing(name: str, root: str) -> str:
    """Return what to say of a revision that is not there."""
    shown = plain(name)
    branch = shown.removeprefix("origin/")
    if _said("rev-parse", "--is-shallow-repository", folder=root) == "true":
        if _RELATIVE.search(shown):
            whole = "'git fetch --unshallow' fetches all of it (GitHub: fetch-depth: 0)"
            return f"this clone is shallow and has no revision '{shown}': {whole}"
        way_out = f"'git fetch --depth=1 origin {branch}' and --against FETCH_HEAD, or clone all of it"
        return f"this clone is shallow and has no revision '{shown}': {way_out} (GitHub: fetch-depth: 0)"
    if _commit(f"origin/{name}", root) is not None:
        return f"there is no revision '{shown}' here; did you mean 'origin/{shown}'?"
    known = _said("for-each-ref", "--format=%(refname:short)", folder=root).split()
    near = suggestion(name, known) or f"; 'git fetch origin {branch}' brings a branch"
    return f"there is no folder and no revision '{shown}' here{plain(near)}"


def _parts(output: bytes) -> Iterator[str]:
    """Yield what stands between zeros; names are what the system has, UTF-8 or not."""
    return map(os.fsdecode, output.split(b"\0")[:-1])


def _said(*arguments: str, folder: str) -> str:
    return os.fsdecode(_run(*arguments, folder=folder)).removesuffix("\n")


def _run(*arguments: str, folder: str, given: bytes = b"") -> bytes:
    ended = _ended(*arguments, folder=folder, given=given)
    if ended.returncode:
        said = ended.stderr.decode(errors="replace").strip().removeprefix("fatal: ").split("\n")[0]
        raise ArgumentError(f"--against needs git: {plain(said) or f'git ended with {ended.returncode}'}")
    return ended.stdout


def _environment() -> dict[str, str]:
    """Return the environment, without what names a repository where it does not name its folder as well.

    Git sets that for its hooks, and takes any folder that it is called in for the root then. What else it
    sets for one repository alone, it says itself; settings of a command line are not about one.
    """
    kept = os.environ | _ENVIRONMENT
    if "GIT_DIR" not in kept or "GIT_WORK_TREE" in kept:
        return kept
    asked = subprocess.run(["git", "rev-parse", "--local-env-vars"], capture_output=True, check=False)
    local = {name for name in asked.stdout.decode().split() if not name.startswith("GIT_CONFIG")}
    return {name: value for name, value in kept.items() if name not in local}


def _ended(*arguments: str, folder: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run git in a folder.

    Raises:
        ArgumentError: there is none.
    """
    try:
        return subprocess.run(
            ["git", *_QUIET, *arguments],
            cwd=folder,
            input=given,
            capture_output=True,
            check=False,
            env=_environment(),
        )
    except OSError:
        why = "git is not installed, or cannot be run here"
        raise ArgumentError(f"--against REVISION needs git: {why}; --against FOLDER does not") from None
