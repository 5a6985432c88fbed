"""Words and lines as messages and reports print them, whatever they are about."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING
from unicodedata import combining, east_asian_width

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# Comparing words is slow, and a name that is one of thousands is no help.
_CANDIDATES = 200

# Characters of a line that a message shows.
_CONTEXT = 120
_CUT = "..."
# The first character that takes no cell of a terminal; of those before it each takes one.
_COMBINING = "\u0300"

# Characters of a number that a message shows.
_DIGITS = 60
# Signs that have one of their kind behind them.
_PAIRS = re.compile("(:(?=:)|#(?=#))")
# Words that a message lists, so that it does not grow with the spec.
_LISTED = 24


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return ``; did you mean 'stride'?`` for a near miss among ``known``, else nothing."""
    near = _nearest(word.lower()[:64], tuple(islice(known, _CANDIDATES)))
    return f"; did you mean '{near}'?" if near else ""


@lru_cache(maxsize=256)  # a block that is called a thousand times has one misspelt word
def _nearest(word: str, known: tuple[str, ...]) -> str | None:
    import difflib  # noqa: PLC0415 - only what is misspelt waits for it

    names = {name.lower(): name for name in known}
    near = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    return names[near[0]] if near else None


def listed(words: Sequence[str], joint: str = ", ") -> str:
    """Return words one behind the other; of very many, the first and the last: ``a, b, ..., z``."""
    some = words if len(words) <= _LISTED else (*words[: _LISTED - 1], "...", words[-1])
    return joint.join(some)


def plural(noun: str, count: int) -> str:
    """Return a noun as it stands behind a number: ``layer`` or ``layers``."""
    return noun if count == 1 else f"{noun}s"


def plain(text: str) -> str:
    r"""Return text on one line that a terminal, a page or a CI log takes as text and nothing else.

    Control and formatting characters become visible escapes. ``::`` and ``##`` are parted because CI
    logs read commands from them (GitHub ``::error::``, Azure ``##vso[``).
    """
    # Of three in a row the second has two neighbours, so each but the last is parted from the next.
    text = visible(text)
    return _PAIRS.sub(r"\1 ", text) if "::" in text or "##" in text else text


def escaped(text: str) -> str:
    r"""Return JSON that a CI log takes as text and nothing else; whoever parses it finds the same as before.

    Two colons or two number signs stand only within its strings, where ``\u003a`` is a colon, too.
    """
    return _PAIRS.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text)


def visible(text: str) -> str:
    """Return text on one line, its control and formatting characters as visible escapes."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def exact(value: float | Fraction) -> str:
    """Return a number as it is, never rounded; one that nobody could read by the count of its digits."""
    text = f"{value}" if isinstance(value, int | float) else _decimal(value) or f"{value}"
    return text if len(text) <= _DIGITS else f"a number of {sum(c.isdigit() for c in text):,} digits"


def _decimal(value: Fraction) -> str | None:
    """Return the decimal that is this number, with a point or an exponent; None where there is none."""
    if value.denominator == 1:
        return f"{float(value)}" if abs(value) <= 2**53 else f"{value}.0"
    short = f"{float(value):g}" if abs(value) < 2**53 else "0"
    if Fraction(short) == value:
        return short
    places = next((n for n in range(1, _DIGITS) if 10**n % value.denominator == 0), None)
    if places is None:
        return None
    digits = f"{abs(value) * 10**places}".zfill(places + 1)
    return f"{'-' if value < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def excerpt(line: str, column: int, length: int, width: int | None = None) -> tuple[str, str]:
    """Return a line cut to a readable width around a column (from 1), and the carets that go beneath it.

    With ``width`` neither takes more than so many cells. Where something is cut off stands ``...``.
    """
    line = line.rstrip("\r").replace("\t", " ")
    start = max(0, column - 1 - _CONTEXT // 2) if len(line) > _CONTEXT else 0
    cut = line[start : start + _CONTEXT]
    first = column - 1 - start
    shown, before, until = plain(cut), plain(cut[:first]), plain(cut[: first + length])
    is_cut = [start > 0, start + _CONTEXT < len(line)]
    mark = _CUT if width is None or width > 4 * len(_CUT) else ""
    if width is not None and cells_of(shown) + sum(is_cut) * len(mark) > width:
        room = width - 2 * len(mark)
        left = len(before) - len(_fitting(before[::-1], room // 2))
        whole, before, until = (text[left:] for text in (shown, before, until))
        shown, before, until = (_fitting(text, room) for text in (whole, before, until))
        is_cut = [is_cut[0] or left > 0, is_cut[1] or len(shown) < len(whole)]
    front, back = (mark if cut_off else "" for cut_off in is_cut)
    space = len(front) + cells_of(before)
    return f"{front}{shown}{back}", " " * space + "^" * max(1, len(front) + cells_of(until) - space)


def _fitting(text: str, width: int) -> str:
    """Return as much of the beginning of a text as fits."""
    while cells_of(text) > width:
        text = text[:-1]
    return text


def bytes_text(count: int) -> str:
    """Return bytes with a binary unit: ``44.6 MiB``."""
    size = float(count)
    for unit in ("B", "KiB", "MiB", "GiB", "TiB"):
        if size < 1024 or unit == "TiB":
            return f"{count:,} B" if unit == "B" else f"{size:,.1f} {unit}"
        size /= 1024
    raise AssertionError


def cells_of(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    if text.isascii() or max(text) < _COMBINING:
        return len(text)
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)
