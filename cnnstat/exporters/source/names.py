"""Names and texts of a spec in Python: identifiers, names of classes, and texts that stay inert."""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Set

TAKEN = frozenset({"self", "torch", "nn", "math", "module", "x"})
"""Names that the source has another use for."""


def identifier(name: str, taken: set[str] | frozenset[str] = frozenset()) -> str:
    """Return a name for a variable or an argument, made of one of the spec's."""
    text = re.sub(r"\W", "_", name).lower()
    if not text or not text[0].isalpha():
        text = f"n{text}"
    while _is_taken(text, taken):
        text += "_"
    return text


def variable(name: str, taken: set[str]) -> str:
    """Return a name for a variable that holds what a layer of this name puts out."""
    text = re.sub(r"\W", "_", name).lower()
    if not text or not text[0].isalpha():
        text = f"y{text}"
    while _is_taken(text, taken):
        text += "_"
    return text


def _is_taken(text: str, taken: Set[str]) -> bool:
    """Say whether a variable needs another name; `l`, `i` and `o` look like digits."""
    known = keyword.iskeyword(text) or hasattr(builtins, text)
    return known or text in TAKEN or text in taken or text in ("l", "i", "o")


def class_name(name: str, taken: set[str], fallback: str) -> str:
    """Return a name for a class."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    parts = re.findall(r"[A-Za-z0-9]+", plain)[:8]
    text = "".join(part[0].upper() + part[1:] for part in parts)[:60]
    if not text or not text[0].isalpha():
        text = fallback + text
    if text in taken or keyword.iskeyword(text) or hasattr(builtins, text) or text in ("O", "I"):
        text += "Block" if f"{text}Block" not in taken else ""
    number, stem = 2, text
    while text in taken or keyword.iskeyword(text) or hasattr(builtins, text):
        text, number = f"{stem}{number}", number + 1
    return text


def quoted(text: str) -> str:
    """Return a text as a literal in double quotes, or in single ones where that saves backslashes."""
    safe = "".join(c if c.isprintable() else _escaped(c) for c in text.replace("\\", "\\\\"))
    if '"' in safe and "'" not in safe:
        return f"'{safe}'"
    return '"' + safe.replace('"', '\\"') + '"'


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode()


def inert(text: str) -> str:
    """Return a text in one line for a docstring: without double quotes, backslashes and controls."""
    one = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return one.replace("\\", "/").replace('"', "'")


def shape(sizes: tuple[int, ...]) -> str:
    """Return a shape as comments have it: ``64x112x112``."""
    return "x".join(map(str, sizes))
