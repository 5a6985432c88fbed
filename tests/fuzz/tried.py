"""A changed spec under a command: the whole program, any of its commands with its options."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from tests.fuzz.commands import changes_spec, check_ending, command_lines, ended, format_of, report_of
from tests.fuzz.findings import Finding, Fuzzer, memory, seconds
from tests.fuzz.texts import any_text, encoded, mutated

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn

    from tests.commands.check.formats.readers import Said
    from tests.fuzz.commands import Ended

SECONDS = {"run": 60.0, "sizes": 60.0}
"""Of processor time, by command. A run has its limit of memory; sizes tries ten thousand of them."""
CALCULATING = 5.0
"""Seconds for every other command: the promise is one, on a machine with nothing else to do."""
MEMORY = 400 << 20


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


@st.composite
def tried(draw: DrawFn) -> Tried:
    """Draw a spec and what becomes of it, and a command."""
    text = draw(mutated(any_text()))
    line = draw(command_lines(text))
    return Tried(line, draw(encoded(text)))


FUZZER = Fuzzer(tried(), check)
