"""What `cnnstat explain` prints of a problem's code: prose, which stands in a file beside this one.

No other command reads it, so none loads it; a test holds that the codes in the source are these.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from cnnstat.base import limits

Page = TypeVar("Page", bound=Struct)


class Code(Struct, frozen=True, forbid_unknown_fields=True):
    """The page of a code (``shape/leftover``).

    ``title`` is what is wrong in a line, ``meaning`` what that means and why it is refused, ``way_out`` what
    an author can do.
    """

    title: str
    meaning: str
    way_out: str


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


CODES = _read("codes.toml", Code)
"""The page of every code, in the order in which a spec is read."""
