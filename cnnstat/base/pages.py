"""What `cnnstat explain` prints of a figure and of a problem's code: prose, in files beside this one.

Other commands load them only where a word is unknown; a test holds that the codes in the source are these.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from cnnstat.base import limits
from cnnstat.base.figures import BUDGETED, FIGURES

if TYPE_CHECKING:
    from collections.abc import Collection

Page = TypeVar("Page", bound=Struct)


About: TypeAlias = Literal["spec", "opinion", "check", "failure"]
"""What a code says something about.

``spec``: it cannot be read, or is wrong. ``opinion``: somebody wants it otherwise, and there may be a reason
against that. ``check``: it is not the spec, but what it is checked by or against. ``failure``: something that
was asked for could not be done, or is not proved.
"""


class Code(Struct, frozen=True, forbid_unknown_fields=True):
    """The page of a code (``shape/leftover``).

    ``title`` is what is wrong in a line, ``meaning`` what that means and why it is refused, ``way_out`` what
    an author can do, ``about`` what it is that is not right.
    """

    title: str
    meaning: str
    way_out: str
    about: About = "spec"


class Definition(Struct, frozen=True, forbid_unknown_fields=True):
    """The page of a figure: its name at length, how it comes about, what it is, and other words for it."""

    title: str
    rule: str
    meaning: str
    aliases: tuple[str, ...]


class Key(Struct, frozen=True, forbid_unknown_fields=True):
    """The page of a key of a spec: what it is in a line, what it does, and an example."""

    title: str
    meaning: str
    example: str


def _read(file: str, kind: type[Page]) -> dict[str, Page]:
    """Return the pages of a file by their keys, in its order.

    Lines of a text are joined, and a limit's name in braces becomes its number.
    """
    text = Path(__file__).with_name(file).read_text(encoding="utf-8")
    text = re.sub(r"\{(MAX_\w+)\}", lambda found: f"{getattr(limits, found[1]):,}", text)
    return msgspec.convert(_joined(tomllib.loads(text)), dict[str, kind])  # type: ignore[valid-type]


def _joined(part: Any) -> Any:
    if isinstance(part, dict):
        return {key: _joined(value) for key, value in part.items()}
    return " ".join(part.split()) if isinstance(part, str) else part


def _codes() -> dict[str, Code]:
    """Return the page of every code; those of budgets are one page with the name of the figure in it."""
    pages: dict[str, Code] = {}
    for code, page in _read("codes.toml", Code).items():
        for figure in BUDGETED if code.endswith("*") else ("",):
            name, title = figure.replace("_", "-"), page.title.replace("{figure}", figure)
            pages[code.replace("*", name)] = replace(page, title=title)
    return pages


CODES = _codes()
"""The page of every code, in the order in which a spec is read."""

DEFINITIONS = _read("figures.toml", Definition)
"""The page of every figure, by its key."""

KEYS = _read("keys.toml", Key)
"""The page of every key of an entry, and of keys of networks and blocks that have no other page."""


def figure_named(word: str) -> str | None:
    """Return the key of the figure that a word means; None for no figure."""
    name = word.strip().lower().replace("-", "_").replace(" ", "_").replace("'", "")
    also = (key for key, page in DEFINITIONS.items() if name in page.aliases)
    return name if name in DEFINITIONS else next(also, None)


def meant(word: str, known: Collection[str]) -> str:
    """Return ``; did you mean 'receptive_field'?`` for another name of a figure, else nothing."""
    key = figure_named(word)
    names = () if key is None else (key, FIGURES[key].layer_key)
    return next((f"; did you mean '{name}'?" for name in names if name in known), "")


def words() -> tuple[str, ...]:
    """Return every name of every figure."""
    return (*DEFINITIONS, *(name for page in DEFINITIONS.values() for name in page.aliases))
