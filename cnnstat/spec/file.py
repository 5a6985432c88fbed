"""Which file a SPEC means, and its text: a path, ``-``, or the name of a bundled architecture."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cnnstat.base.errors import Problem, Source, Span, SpecError
from cnnstat.base.files import PICKLED
from cnnstat.base.limits import MAX_TEXT
from cnnstat.base.text import suggestion
from cnnstat.spec.bundled import locate, names

if TYPE_CHECKING:
    from collections.abc import Iterator

_PICKLES = (".pth", ".pt", ".bin", ".ckpt")
_WEIGHTS = (".npz", ".safetensors")


def read(spec: str) -> tuple[str, str, str | None]:
    """Return a spec's text, the name it is shown under, and the variant it asks for.

    Raises:
        SpecError: there is no such file, or it cannot be read.
    """
    if spec == "-":
        if sys.stdin is None:
            raise _unreadable("<stdin>", "is closed")
        with as_problem("<stdin>"):
            return _decoded(sys.stdin.buffer.read(4 * MAX_TEXT + 1), "<stdin>"), "<stdin>", None
    path, shown, variant = find(spec)
    with as_problem(shown):
        if path.is_dir():
            os.scandir(path).close()  # of one that cannot be read, the system says why
            raise _unreadable(shown, "is a folder; name a spec file in it")
        with path.open("rb") as file:
            return _decoded(file.read(4 * MAX_TEXT + 1), shown), shown, variant


def find(spec: str) -> tuple[Path, str, str | None]:
    """Return the file that ``spec`` means, the name it is shown under, and the variant.

    ``spec`` is a path, a bundled name, or one of these followed by ``#`` and a variant.

    Raises:
        SpecError: there is no such file, or no file can have this name.
    """
    if not spec:
        raise _unreadable("''", "the name of a spec is missing")
    if "\n" in spec.strip() and ":" in spec and not os.path.lexists(spec.rpartition("#")[0] or spec):
        raise _unreadable("<text>", "is the text of a spec, not the name of a file; cnnstat.loads reads text")
    with as_problem(spec):
        if Path(spec).exists():
            return Path(spec), spec, None
        if bundled := locate(spec):
            return bundled[0], spec, bundled[1]
        place, _, variant = spec.rpartition("#")
        if not place:
            raise _unreadable(spec, _missing(spec))
        if Path(place).exists():
            return Path(place), place, variant
        family = locate(place)
        if family is None:
            raise _unreadable(place, _missing(place))
        return family[0], place, variant


@contextmanager
def as_problem(name: str) -> Iterator[None]:
    """Raise what the operating system refuses as a problem of the spec."""
    try:
        yield
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise _unreadable(name, f"cannot be read: {reason}") from None


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unreadable(name, f"is not UTF-8 text (byte {error.start}){_weights(name)}") from None


def _weights(name: str) -> str:
    """Return the way out for a file that holds weights, by its suffix."""
    path = Path(name)
    if path.suffix.lower() not in (*_PICKLES, *_WEIGHTS):
        return ""
    why = "; a file of weights is no network, which a spec is, or code as torch:file.py:callable"
    if path.suffix.lower() in _PICKLES:
        return f"{why}{PICKLED.format(repr(path.name))}"
    return f"{why}: cnnstat run SPEC --weights {path.name}"


def _missing(name: str) -> str:
    if Path(name).suffix in (".onnx", *_PICKLES, *_WEIGHTS):
        return "no such file"
    hint = suggestion(Path(name).name.removesuffix(".yaml"), names())
    return f"no such file, and no bundled architecture of that name{hint or '; see cnnstat list'}"


def _unreadable(name: str, why: str) -> SpecError:
    return SpecError([Problem("file/unreadable", why, Span(Source(name, ""), 1, 1))])
