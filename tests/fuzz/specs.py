"""Specs, bundled and drawn, with their text changed by mishap and by malice, under every command."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from cnnstat.layers import LAYERS
from cnnstat.spec import bundled
from tests.fuzz import pieces, words
from tests.fuzz.commands import changes_spec, check_ending, command_lines, ended, format_of, report_of
from tests.fuzz.findings import Finding, Fuzzer, memory, seconds
from tests.fuzz.networks import BY_RANK, networks
from tests.fuzz.options import declared, drawn_options

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import DrawFn, SearchStrategy

    from tests.commands.check.formats.readers import Said
    from tests.fuzz.commands import Ended

SECONDS = {"run": 60.0, "sizes": 60.0}
"""Of processor time, by command. A run has its limit of memory; sizes tries ten thousand of them."""
CALCULATING = 5.0
"""Seconds for every other command: the promise is one, on a machine with nothing else to do."""
MEMORY = 400 << 20
_SHAPE = (4, 6, 5)
"""The input that added layers are drawn for."""
LONGEST = 60_000
"""Characters to which a mutation may make a text grow."""


@dataclass(frozen=True)
class Tried:
    """A command line and what it finds on standard input."""

    arguments: tuple[str, ...]
    content: bytes

    def saved(self) -> tuple[str, bytes]:
        return ".yaml", self.content

    def __str__(self) -> str:
        return f"cnnstat {shlex.join(self.arguments)} < SPEC".encode(errors="backslashreplace").decode()


def check(example: Tried) -> str:
    """Run the program on a spec; it ends as it should, in time, within its memory."""
    command = example.arguments[0]
    running = {"--run", "--check-grad"} & set(example.arguments)
    limit = SECONDS["run"] if running else SECONDS.get(command, CALCULATING)
    with seconds(limit, command), memory(MEMORY, command):
        end = ended(example.arguments, example.content)
    check_ending(example.arguments, end)
    if "Traceback" in end.err:
        raise Finding(f"{command} prints a traceback", end.err)
    if command == "check" and example.arguments[1] == "-" and end.code != 2 and not running:
        _check_formats(example, end)
        for option in ("--fix", "--write-expect"):
            _check_change(example, option)
    return f"exit {end.code}"


def _check_formats(example: Tried, end: Ended) -> None:
    """Hold the findings of one format against those of another."""
    form = format_of(example.arguments) or "text"
    if changes_spec(example.arguments):
        return
    in_json = (*example.arguments, "--format", "json")
    those = report_of(in_json, ended(in_json, example.content))
    found = report_of(example.arguments, end)
    for one in found:
        if not any(same(one, each) for each in those):
            raise Finding(f"check has a finding in {form} that is none in JSON", str(one))
    if len(found) != len(those) and not (form == "markdown" and len(found) < len(those)):
        raise Finding(f"check has another number of findings in {form} than in JSON")


def same(one: Said, each: Said) -> bool:
    """Say whether two are one finding, as far as both formats have its place."""
    pairs = [(getattr(one, key), getattr(each, key)) for key in ("line", "column", "severity", "code")]
    return all(a == b for a, b in pairs if a is not None and b is not None)


def _check_change(example: Tried, option: str) -> None:
    """Let a check change a spec: it has no error that it had not, and changed once more it stays as it is."""
    errors, _ = _changed(example.content, ())
    more, text = _changed(example.content, (option,))
    if text is None:
        return
    if new := more - errors - {"fix/refused"}:  # a figure that is expected may count what is taken out
        raise Finding(f"{option} makes a spec worse", f"{new}")
    if not errors and _changed(text, ())[0]:
        raise Finding(f"{option} makes a good spec bad")
    _, again = _changed(text, (option,))
    if again != text:
        raise Finding(f"{option} changes what it has changed", f"{text!r}\n{again!r}")


def _changed(content: bytes, options: tuple[str, ...]) -> tuple[set[str], bytes | None]:
    """Return the codes of a spec's errors, and the spec as it then is; None where it is no text."""
    line = ("check", "-", *options, "--format", "json")
    end = ended(line, content)
    found = report_of(line, end)
    codes = {str(each.code) for each in found if each.severity == "error"}
    unread = any(each.code == "file/unreadable" for each in found)
    return codes, None if unread else end.out.encode()


# -- texts ---------------------------------------------------------------------------------------------

BAD = Path(__file__).parents[1] / "specs" / "bad"


@cache
def _texts() -> SearchStrategy[str]:
    bundled_ones, bad = (
        st.sampled_from([path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.yaml"))])
        for folder in (bundled.folder(), BAD)
    )
    drawn = networks().map(lambda drawn: drawn.text)
    return st.one_of(*(bundled_ones,) * 4, *(drawn,) * 3, bad)


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
        entry["repeat"] = draw(st.sampled_from((1, 2, 30, 900, 200_000)))
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
def tried(draw: DrawFn) -> Tried:
    """Draw a spec and what becomes of it, and a command."""
    text = draw(_texts())
    for _ in range(draw(st.sampled_from((1, 1, 1, 0, 0, 2, 2, 3)))):
        text = draw(st.sampled_from(MUTATIONS))(draw, text)[:LONGEST]
    line = draw(command_lines(text))
    return Tried(line, draw(st.sampled_from(_ENCODED))(text.encode(errors="surrogatepass")))


FUZZER = Fuzzer(tried(), check)
