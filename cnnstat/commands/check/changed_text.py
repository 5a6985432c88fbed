"""The text of a file after what `--fix` and `--write-expect` ask for, which is written once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.base.errors import Problem, Source, Span
from cnnstat.base.files import FileError
from cnnstat.commands.check.mended import mended
from cnnstat.commands.check.pins import pinned
from cnnstat.commands.check.replaced import replace_text
from cnnstat.importers import is_model
from cnnstat.spec import file

if TYPE_CHECKING:
    from cnnstat.commands.check.findings import Mend
    from cnnstat.commands.check.mended import Look, Mended
    from cnnstat.commands.check.options import CheckOptions


class ChangedText(Struct, frozen=True):
    """The text of a file as it is now, what is new in it, and why something is not."""

    text: str
    problems: tuple[Problem, ...] = ()
    fixed: tuple[Mend, ...] = ()
    written: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


def changed_text(
    spec: str, name: str, variant: str | None, text: str, options: CheckOptions, look: Look
) -> ChangedText:
    """Mend a file and pin its figures, as far as that is asked for; ``look`` says what is found in a text."""
    start = Span(Source(name, ""), 1, 1)

    def mend() -> Mended:
        return mended(text, look, lambda each: pinned(each, name, variant).text, pins=options.write_expect)

    if kept := _kept(spec, name):
        codes = ["expect/unwritten"] if options.write_expect else []
        codes += ["fix/unwritten"] if options.fix and mend().text != text else []
        return ChangedText(text, tuple(Problem(code, kept, start) for code in codes))
    found = ChangedText(text)
    if options.fix:
        attempt = mend()
        way_out = "; with --write-expect, too, the figure is updated" if attempt.pinnable else ""
        why = f"mended, it would have a new error: {attempt.refused}{way_out}"
        refused = (Problem("fix/refused", why, start),) if attempt.refused else ()
        found = ChangedText(attempt.text, refused, attempt.fixed)
    if options.write_expect:
        pins = pinned(found.text, name, variant)
        problems = (*found.problems, *pins.problems)
        found = ChangedText(pins.text, problems, found.fixed, pins.written, pins.left)
    if found.text != text and spec != "-":
        try:
            replace_text(file.find(spec)[0], text, found.text)
        except FileError as error:
            code = "fix/unwritten" if found.fixed else "expect/unwritten"
            return ChangedText(text, (*found.problems, Problem(code, str(error), start)))
    return found


def _kept(spec: str, name: str) -> str:
    """Return why a spec is nobody's to change; nothing where it is somebody's."""
    if is_model(spec):
        return "is a model, which stays as it is"
    if spec != "-" and not Path(name).exists():
        return "is a bundled network; copy its file and name that"
    return ""
