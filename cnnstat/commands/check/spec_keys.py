"""Whether a file is a spec, by the keys of its top level: in lines, in braces, in any encoding of YAML."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from cnnstat.base.text import suggestion
from cnnstat.spec.document import top_keys

if TYPE_CHECKING:
    from collections.abc import Iterable

_KEYS = ("layers", "blocks", "input", "variants")
"""What a spec has at its top level, and other files of a repository have not."""
_NEEDED = ("input", "layers")
"""Keys that every spec has; a file that has nothing but near misses of both is one, too."""

_IN_LINES = re.compile(r"""(?:^|[\n\r])(?:\?[ \t]+)?["']?([A-Za-z_]{3,12})["']?[ \t]*(?=[:\n\r])""")
_ANYWHERE = re.compile(rf"""\b(?:{"|".join(_KEYS)})["']?\s*:""")
_IN_FIRST_COLUMN = re.compile(
    r"(?:(?:[ \t]*(?:#[^\n\r]*)?|%[^\n\r]*|---[ \t]*)[\n\r])*(?![ \t\n\r{?&!#%]|---)"
)
"""A text that begins in its first column, and not with braces: so its keys are those in the first column."""

_MARKS = (
    *((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32")),
    *((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")),
)
"""How a text that is not UTF-8 begins."""


def has_keys(content: bytes) -> bool:
    """Say whether a content has a key of specs at its top level, or near misses of all that they need.

    Of what cannot be parsed and has one of the words as a key anywhere, nobody knows: it counts as one.
    """
    text = _decoded(content)
    keys = _IN_LINES.findall(text)
    if any(key in _KEYS for key in keys) or _are_near(keys):
        return True
    if _IN_FIRST_COLUMN.match(text):
        return False
    try:
        keys = []
        for key in top_keys(text):
            if key in _KEYS:
                return True
            keys.append(key)
    except ValueError:
        return _ANYWHERE.search(text) is not None
    return _are_near(keys)


def _are_near(keys: Iterable[str]) -> bool:
    lower = dict.fromkeys(key.lower() for key in keys)
    return all(any(suggestion(key, (needed,)) for key in lower) for needed in _NEEDED)


def _decoded(content: bytes) -> str:
    """Return a content as text; what is no such text is for the check to say."""
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
    return content.decode(encoding, errors="replace").removeprefix("\ufeff")
