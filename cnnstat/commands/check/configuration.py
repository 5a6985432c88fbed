"""What a project says of its specs: `.cnnstat.yaml`, or `[tool.cnnstat]` in pyproject.toml."""

from __future__ import annotations

import os
import re
import tomllib
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace
from pathspec import GitIgnoreSpec

from cnnstat import rules
from cnnstat.base.errors import ArgumentError, Source, SpecError
from cnnstat.base.limits import MAX_TEXT
from cnnstat.base.text import plain, suggestion
from cnnstat.commands.check.common_budgets import read_bounds
from cnnstat.rules.rule import SEVERITIES, Severity
from cnnstat.spec.document import parse
from cnnstat.spec.nodes import Mapping, Node, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

OWN_FILE = ".cnnstat.yaml"
PROJECT_FILE = "pyproject.toml"
_OTHER_FILE = ".cnnstat.yml"
"""What is easily taken for the own file, and would guard nothing."""
_TABLE = "cnnstat"
_NEAR = 0.9
"""How near the name of another table is to ours for being a slip, of 1; a tool may have one alike."""

_WHY_NOT = {
    "spec": "a spec that shows it has no figures, or false ones",
    "failure": "what was asked for could not be done",
}
"""Why a code is always an error, by what it is about; all others matter as much as a project says."""

Level: TypeAlias = Severity | Literal["off"]
Patterns: TypeAlias = tuple[Annotated[str, Meta(min_length=1)], ...]


class Override(Struct, frozen=True, forbid_unknown_fields=True):
    """What is otherwise for some files: those that match a pattern."""

    files: Patterns
    severity: dict[str, Level] = {}
    budget: dict[str, str] = {}


class Configuration(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which files of a folder are specs, how much each code matters, and what no network may exceed.

    Patterns are those of .gitignore, from ``root``, the folder of the ``file`` that says so.
    """

    include: Patterns = ()
    exclude: Patterns = ()
    severity: dict[str, Level] = {}
    budget: dict[str, str] = {}
    overrides: tuple[Override, ...] = ()
    root: str = ""
    file: str = ""

    def of_file(self, path: Path) -> Override:
        """Return what holds for a file; of what is said twice, the last word."""
        found = Override((), self.severity, self.budget)
        for each in self.overrides:
            if self.matches(path, each.files):
                found = Override((), found.severity | each.severity, found.budget | each.budget)
        return found

    def idle(self, paths: Iterable[Path]) -> Iterator[str]:
        """Say which overrides hold for none of all specs: their patterns may be misspelt."""
        every = [*paths]
        for each in self.overrides:
            if not any(self.matches(path, each.files) for path in every):
                yield f"the override for {', '.join(each.files)} holds for no spec here"

    def matches(self, path: Path, patterns: Patterns) -> bool:
        """Say whether a file, or a folder above it, matches one of some patterns."""
        return bool(patterns) and self.is_about(path) and _compiled(patterns).match_file(self._place(path))

    def is_about(self, path: Path) -> bool:
        """Say whether a file lies below the folder of the configuration."""
        return _real(path).is_relative_to(self.root)

    def _place(self, path: Path) -> Path:
        return _real(path).relative_to(self.root)


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))  # a loop of links has none: it is itself


_LEVELS = (*reversed(SEVERITIES), "off")
_KEYS = tuple(name for name in Configuration.__struct_fields__ if name not in ("root", "file"))
_SUFFIXES = (".yaml", ".yml", ".toml")


def read_configuration(given: Path | None, folder: Path) -> Configuration:
    """Return what a file says; without one, the nearest from a folder upwards; without any, nothing.

    Raises:
        ArgumentError: it cannot be read, or says something that there is not.
    """
    if given is not None:
        said = _said(given)
        if said is None:
            raise ArgumentError(f"{given} has no table [tool.cnnstat]")
        return _configuration(given, said)
    for place in (folder, *folder.parents):
        if os.path.lexists(other := place / _OTHER_FILE):
            raise ArgumentError(f"{plain(str(other))}: the configuration is called {OWN_FILE}; rename it")
        for path in (place / OWN_FILE, place / PROJECT_FILE):
            said = _said(path) if os.path.lexists(path) else None
            if said is not None:
                return _configuration(path, said)
    return Configuration(root=str(folder))


@cache
def _compiled(patterns: Patterns) -> GitIgnoreSpec:
    return GitIgnoreSpec.from_lines(patterns)


def _said(path: Path) -> Any:
    """Return what a file says, as plain values; None where it says nothing of this program."""
    if path.suffix not in _SUFFIXES and path.name != OWN_FILE:
        raise ArgumentError(f"{plain(str(path))}: a configuration is named *.yaml, *.yml or *.toml")
    try:
        with path.open("rb") as file:
            text = file.read(MAX_TEXT).decode("utf-8-sig")
        if path.suffix == ".toml":
            tools = tomllib.loads(text).get("tool")
            return _table(path, tools) if isinstance(tools, dict) else None
        return _texts(parse(Source(str(path), text))) if text.strip() else {}
    except SpecError as error:
        first = error.problems[0]
        place = f"{plain(str(path))}:{first.span.line}:{first.span.column}"
        raise ArgumentError(f"the configuration is wrong: {place}: {first.code}: {first.message}") from None
    except ArgumentError:
        raise
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise ArgumentError(f"{path} cannot be read: {reason}") from None


def _table(path: Path, tools: dict[str, Any]) -> Any:
    """Return what a project file says of this program; None where it has no such table.

    Raises:
        ArgumentError: it has none, but one whose name is nearly that.
    """
    if _TABLE not in tools:
        for name in get_close_matches(_TABLE, tools, n=1, cutoff=_NEAR):
            what = f"unknown table [tool.{name}]; did you mean [tool.{_TABLE}]?"
            raise ArgumentError(f"{plain(str(path))}: {plain(what)}")
    return tools.get(_TABLE)


def _texts(node: Node) -> Any:
    """Return a node as plain values; every scalar is text here."""
    if isinstance(node, Mapping):
        return {key.text: _texts(value) for key, value in node.entries}
    return [_texts(item) for item in node.items] if isinstance(node, Sequence) else node.text


def _faults(said: Any) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with keys, and levels, each with the word that is wrong."""
    overrides = said.get("overrides") if isinstance(said, dict) else None
    parts = [(said, _KEYS, "")]
    parts += [(each, Override.__struct_fields__, " of an override") for each in overrides or ()]
    for part, known, where in parts:
        for key in part if isinstance(part, dict) else ():
            if key not in known:
                hint = suggestion(key, known) or f"; known: {', '.join(known)}"
                yield key, f"unknown key '{key}'{where}{hint}"
        levels = part.get("severity") if isinstance(part, dict) else None
        for code, level in levels.items() if isinstance(levels, dict) else ():
            if level not in _LEVELS:
                expected = f"expected {', '.join(_LEVELS[:-1])} or {_LEVELS[-1]}"
                yield code, f"severity of '{code}': {expected}, got '{level}'"


def _line_of(path: Path, word: str) -> str:
    """Return the line in which a file has a word as a key, with a colon; nothing where nobody can say."""
    text = path.read_bytes()[:MAX_TEXT].decode("utf-8-sig")
    key = re.compile(rf"""(?<![\w/-])["']?{re.escape(word)}["']?\s*[:=]|^\s*\[.*\b{re.escape(word)}\b""")
    return next((f":{number}" for number, line in enumerate(text.split("\n"), 1) if key.search(line)), "")


def _configuration(path: Path, said: Any) -> Configuration:
    for word, why in _faults(said):
        raise ArgumentError(plain(f"{path}{_line_of(path, word)}: {why}"))
    try:
        found = msgspec.convert(said, Configuration)
        for budget in (found.budget, *(each.budget for each in found.overrides)):
            read_bounds(budget)
        for patterns in (found.include, found.exclude, *(each.files for each in found.overrides)):
            _check_patterns(patterns)
    except ValueError as error:
        raise ArgumentError(f"{plain(str(path))}: {error}") from None
    for code in (*found.severity, *(code for each in found.overrides for code in each.severity)):
        if why := _fixed(code):
            raise ArgumentError(f"{plain(str(path))}: {why}")
    return replace(found, root=str(path.resolve().parent), file=str(path))


def _check_patterns(patterns: Patterns) -> None:
    """Refuse patterns that are none, or that no path can match.

    Raises:
        ValueError: one is so.
    """
    _compiled(patterns)
    for each in patterns:
        if each.lstrip("!").startswith(("./", "../")):
            raise ArgumentError(
                f"the pattern '{each}' matches nothing: paths begin below the file's own folder"
            )


def _fixed(code: str) -> str:
    """Return why a code cannot matter more or less here; nothing where it can."""
    if code in rules.codes():
        return ""
    from cnnstat.base.pages import CODES  # noqa: PLC0415 - only for codes that are no rules

    if code not in CODES:
        return f"there is no code '{code}'{suggestion(code, (*rules.codes(), *CODES))}"
    why = _WHY_NOT.get(CODES[code].about)
    return f"'{code}' is always an error: {why}" if why else ""
