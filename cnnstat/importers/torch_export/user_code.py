"""The user's own code: found by the name that a command line has, and run so that it harms no report.

What it prints goes to standard error, and whatever it raises is one line that says where.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import re
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnnstat.importers.errors import ModelError
from cnnstat.importers.torch_export.streams import EndedError, apart

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType, TracebackType

PREFIX = "torch:"
_LACKS = re.compile(r"\bmissing \d+ required")
_SCOPE = re.compile(r"(?<=\w)::(?=\w)")
"""A name of C++, which `torch.ops` has with a dot; two colons are a command where a log of CI shows them."""
_OWN = Path(__file__).parents[2]
_FORM = "write torch:package.module:callable or torch:file.py:callable"


def named(word: str) -> Any:
    """Return what `torch:package.module:name` or `torch:file.py:name` names.

    Raises:
        ModelError: there is no such thing, or the code of its module fails.
    """
    place, _, name = word.removeprefix(PREFIX).rpartition(":")
    if not place or not name:
        raise ModelError(f"names no callable; {_FORM}")
    with running(f"importing {place}"):
        found = _file(place) if place.endswith(".py") else _module(place)
    for part in name.split("."):
        with running(name):
            try:
                found = getattr(found, part)
            except AttributeError:
                raise ModelError(f"{place} has no '{part}'; {_FORM}") from None
    return found


def _module(place: str) -> Any:
    """Import a module, of the folder at hand, too, as `python -m` does."""
    if "" not in sys.path and str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        return importlib.import_module(place)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{place}.".startswith(f"{error.name}."):
            raise
        raise ModelError(f"there is no module '{error.name}'; {_FORM}") from None
    except (TypeError, ValueError):
        if all(part.isidentifier() for part in place.split(".")):
            raise
        raise ModelError(f"'{place}' is no module's name; {_FORM}") from None


def _file(place: str) -> Any:
    """Run a file as a module; it finds its neighbours, as a script does.

    It may be called like a module of Python or of a library, so its name among modules is one of ours, and
    its folder is looked into last.
    """
    path = Path(place)
    if not path.is_file():
        raise ModelError(f"there is no file {place}; {_FORM}")
    folder = str(path.resolve().parent)
    if folder not in sys.path:
        sys.path.append(folder)
    name = f"cnnstat_code_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ModelError(f"{place} is no file of Python")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and pickle look there
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


@contextmanager
def running(what: str) -> Iterator[None]:
    """Run code of the user: its prints go to standard error, and it does not end the program.

    Raises:
        ModelError: it raises something, or would end the program.
    """
    process = os.getpid()
    try:
        with apart():
            yield
    except (ModelError, KeyboardInterrupt, MemoryError):
        raise
    except SystemExit as end:
        raise ModelError(f"{what}: its code ends the program (sys.exit({end.code!r})){_where(end)}") from None
    except EndedError as end:
        raise ModelError(f"{what}: its code ends the program (os._exit({end})){_where(end)}") from None
    except BaseException as error:
        raise ModelError(f"{what}: {_said(error)}{_where(error)}") from None
    finally:
        if os.getpid() != process:  # its code has forked, and there is one report
            os._exit(0)


def _said(error: BaseException) -> str:
    """Return the class of an error and the first line of what it says, and a way out where one is known."""
    kind = type(error).__name__
    try:
        text = str(error)
    except Exception:
        return kind
    said = (text.strip().splitlines() or [""])[0][:300]
    said = _SCOPE.sub(".", said)
    if said.startswith("operator torchvision."):
        said += "; this torchvision was built for another PyTorch: install both together, of one release"
    if isinstance(error, TypeError) and _LACKS.search(said):
        said += "; --set NAME=VALUE gives arguments"
    return f"{kind}: {said}" if said else kind


def _where(error: BaseException) -> str:
    """Return the innermost line of the user's own code that an error went through."""
    if isinstance(error, SyntaxError) and error.filename:
        return f" ({Path(error.filename).name}, line {error.lineno})"
    found = ""
    at: TracebackType | None = error.__traceback__
    while at is not None:
        if _is_users(at.tb_frame):
            found = f" ({Path(at.tb_frame.f_code.co_filename).name}, line {at.tb_lineno})"
        at = at.tb_next
    return found


def _is_users(frame: FrameType) -> bool:
    """Say whether code is neither ours, nor PyTorch's, nor of Python's own import."""
    file, name = frame.f_code.co_filename, str(frame.f_globals.get("__name__", ""))
    package = name.partition(".")[0]
    known = Path(file).is_relative_to(_OWN) or package in ("torch", "importlib", "contextlib")
    return not known and not file.startswith("<")
