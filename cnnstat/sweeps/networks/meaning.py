"""What texts say, however they are written: by this a store knows a sweep again."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from cnnstat.base.errors import Source
from cnnstat.spec.document import parse
from cnnstat.spec.nodes import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnnstat.spec.nodes import Node

_WORD = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[\w.$]+|[^\s\w.$]""")


def content(text: str) -> str:
    """Return all that a reader gets of the text of a spec, but for places: no comments, no blanks.

    Raises:
        SpecError: it cannot be read.
    """
    return json.dumps(_node(parse(Source("", text))))


def _node(node: Node) -> object:
    if isinstance(node, Mapping):
        return {"flow": node.flow, "entries": [[_node(key), _node(value)] for key, value in node.entries]}
    return [_node(item) for item in node.items] if isinstance(node, Sequence) else _scalar(node)


def _scalar(node: Scalar) -> dict[str, object]:
    return {"text": node.text, "quoted": node.quoted}


def conditions(texts: Iterable[str]) -> list[str]:
    """Return conditions that all have to hold, each once, with one blank between words and signs."""
    return sorted({" ".join(_WORD.findall(text)) for text in texts})
