"""The texts of specs, bundled and drawn, changed by mishap and by malice."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from cnnstat.layers import LAYERS
from cnnstat.spec import bundled
from tests.fuzz import pieces, words
from tests.fuzz.networks import BY_RANK, networks
from tests.fuzz.options import declared, drawn_options

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import DrawFn, SearchStrategy

_SHAPE = (4, 6, 5)
"""The input that added layers are drawn for."""
LONGEST = 60_000
"""Characters to which a mutation may make a text grow."""

BAD = Path(__file__).parents[1] / "specs" / "bad"


@cache
def bundled_ones() -> SearchStrategy[str]:
    """Return the specs that come with the program."""
    return _of(bundled.folder())


@cache
def bad() -> SearchStrategy[str]:
    """Return specs that show each problem."""
    return _of(BAD)


def _of(folder: Path) -> SearchStrategy[str]:
    return st.sampled_from([path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.yaml"))])


@cache
def any_text() -> SearchStrategy[str]:
    """Return bundled specs, networks just drawn and bad specs."""
    drawn = networks().map(lambda drawn: drawn.text)
    return st.one_of(*(bundled_ones(),) * 4, *(drawn,) * 3, bad())


_WORD = re.compile(r"[$\w.-]+")
_ENTRY = re.compile(r"^( +)- \{.*\}$", re.MULTILINE)
_PARAMETER = re.compile(r"\$[a-z]\w*")
_READS_ONE = "$a"
"""The parameter that expressions among the words read."""


_OPTIONS = tuple(sorted({option for kind in LAYERS.values() for option in declared(kind)}))
_POOLS = (words.NUMBERS, words.VALUES, words.EXPRESSIONS, words.HOSTILE, words.KEYS, _OPTIONS, tuple(LAYERS))


def _alike(word: str) -> tuple[str, ...] | None:
    """Return words that can stand where one stands, with a meaning as good or as bad."""
    if word[0].isdigit():
        return words.NUMBERS + words.EXPRESSIONS
    if word[0] == "$":
        return words.EXPRESSIONS
    return next((pool for pool in _POOLS if word in pool), None)


_MOSTLY = st.sampled_from((True, True, True, False))


def _word(draw: DrawFn, text: str, instead: str) -> str:
    """Draw a word for another's place; of an expression the parameters are those that the text has."""
    pool = _alike(instead) if draw(_MOSTLY) else None
    word = draw(st.sampled_from(pool or draw(st.sampled_from(_POOLS))))
    own = _PARAMETER.findall(text)
    if own and word.startswith(_READS_ONE):
        return word.replace(_READS_ONE, own[draw(st.integers(0, len(own) - 1))])
    return word


def _other_word(draw: DrawFn, text: str) -> str:
    found = list(_WORD.finditer(text))
    if not found:
        return text
    word = found[draw(st.integers(0, len(found) - 1))]
    return text[: word.start()] + _word(draw, text, word[0]) + text[word.end() :]


def _swapped_words(draw: DrawFn, text: str) -> str:
    found = list(_WORD.finditer(text))
    if len(found) < 2:
        return text
    i, j = sorted((draw(st.integers(0, len(found) - 1)), draw(st.integers(0, len(found) - 1))))
    a, b = found[i], found[j]
    if i == j:
        return text
    return text[: a.start()] + b[0] + text[a.end() : b.start()] + a[0] + text[b.end() :]


def _place(draw: DrawFn, text: str) -> int:
    return draw(st.integers(0, len(text)))


def _other_sign(draw: DrawFn, text: str) -> str:
    place = _place(draw, text)
    sign = draw(st.sampled_from("{}[]:,-#&*!|>'\"%@` \n\t$0a\\.+/()<=\x00\x1b\u202eé"))
    return text[:place] + sign + text[place + draw(st.integers(0, 1)) :]


def _cut(draw: DrawFn, text: str) -> str:
    place = _place(draw, text)
    return text[:place] + text[place + draw(st.integers(1, 30)) :]


def _end(draw: DrawFn, text: str) -> str:
    return text[: _place(draw, text)]


def _lines(draw: DrawFn, text: str) -> str:
    """Remove a line, double it, often, or put it elsewhere."""
    lines = text.split("\n")
    start = draw(st.integers(0, len(lines) - 1))
    stop = start + draw(st.integers(1, 3))
    times = draw(st.sampled_from((0, 2, 1, 3, 200)))
    moved = draw(st.integers(0, len(lines))) if times == 1 else start
    rest = lines[:start] + lines[stop:]
    return "\n".join((*rest[:moved], *lines[start:stop] * times, *rest[moved:]))


_REPEATS = st.sampled_from((*(1, 2, 3) * 60, *(30,) * 20, *(900,) * 4, 200_000))
"""The largest takes as long as a thousand others."""


def _line(draw: DrawFn, text: str) -> str:
    """Add a layer below another, one that is good by itself, or with another word among its own."""
    entries = list(_ENTRY.finditer(text))
    if not entries:
        return text
    above = entries[draw(st.integers(0, len(entries) - 1))]
    families = BY_RANK[len(_SHAPE) - 1]
    kind = draw(st.sampled_from(families[draw(st.sampled_from(sorted(families)))]))
    entry = {"type": kind, **drawn_options(draw, LAYERS[kind], _SHAPE)}
    if draw(st.booleans()):
        entry["repeat"] = draw(_REPEATS)
    written = pieces.written(entry)
    if draw(st.booleans()):
        written = _other_word(draw, written)
    return f"{text[: above.end()]}\n{above[1]}- {written}{text[above.end() :]}"


def _option(draw: DrawFn, text: str) -> str:
    """Put a key and a value behind an opening brace."""
    places = [match.end() for match in re.finditer(r"\{", text)]
    if not places:
        return text
    place = places[draw(st.integers(0, len(places) - 1))]
    return f"{text[:place]}{_word(draw, text, 'name')}: {_word(draw, text, '0')}, {text[place:]}"


def _doubled(draw: DrawFn, text: str) -> str:
    place = _place(draw, text)
    piece = text[place : place + draw(st.integers(1, 40))]
    return text[:place] + piece * draw(st.sampled_from((2, 3, 500))) + text[place:]


TORN: tuple[Callable[[DrawFn, str], str], ...] = (_other_sign, _cut, _doubled, _end)


def _torn(draw: DrawFn, text: str) -> str:
    return draw(st.sampled_from(TORN))(draw, text)


MUTATIONS: tuple[Callable[[DrawFn, str], str], ...] = (
    *(_other_word, _other_word, _other_word, _other_word, _option, _line, _line),
    *(_lines, _swapped_words, _torn),
)

_ENCODED: tuple[Callable[[bytes], bytes], ...] = (
    *(lambda data: data,) * 12,
    lambda data: data.replace(b"\n", b"\r\n"),
    lambda data: b"\xef\xbb\xbf" + data,
    lambda data: data[: len(data) // 2] + b"\xff\xfe" + data[len(data) // 2 :],
    lambda data: data.replace(b"  ", b"\t"),
)


@st.composite
def mutated(draw: DrawFn, texts: SearchStrategy[str]) -> str:
    """Draw one of these texts and what becomes of it."""
    text = draw(texts)
    for _ in range(draw(st.sampled_from((1, 1, 1, 0, 0, 2, 2, 3)))):
        text = draw(st.sampled_from(MUTATIONS))(draw, text)[:LONGEST]
    return text


def encoded(text: str) -> SearchStrategy[bytes]:
    """Return the bytes of a text, seldom with another end of lines or what is no UTF-8."""
    return st.sampled_from(_ENCODED).map(lambda change: change(text.encode(errors="surrogatepass")))
