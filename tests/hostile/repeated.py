"""How a hostile text is made: one line again and again, between a head and a tail."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

Kind: TypeAlias = Callable[[int], str]
"""A text of about as many characters."""
Line: TypeAlias = str | Callable[[int], str]
"""The same each time, or made from its number."""

INPUT = "input: [1, 8, 8]\n"
LAYERS = f"{INPUT}layers:\n"
ONE_LAYER = f"{INPUT}layers: [{{type: relu}}]\n"


def repeated(line: Line, head: str = LAYERS, tail: str = "") -> Kind:
    """Return texts of ``head``, as many lines as there is room for, and ``tail``."""

    def text(size: int) -> str:
        parts, length, number = [head], len(head) + len(tail), 0
        while length < size:
            parts.append(line if isinstance(line, str) else line(number))
            length += len(parts[-1])
            number += 1
        return "".join(parts) + tail

    return text


def halves(first: Kind, second: Kind) -> Kind:
    """Return texts of two parts, of half the size each."""
    return lambda size: first(size // 2) + second(size // 2)


def listed(line: Callable[[int], str], word: Callable[[int], str], head: str, middle: str, tail: str) -> Kind:
    """Return texts in which each line has a word in a list at the end."""

    def text(size: int) -> str:
        lines, words, length, number = [head], [], len(head) + len(middle) + len(tail), 0
        while length < size:
            lines.append(line(number))
            words.append(word(number))
            length += len(lines[-1]) + len(words[-1]) + 2
            number += 1
        return "".join(lines) + middle + ", ".join(words) + tail

    return text
