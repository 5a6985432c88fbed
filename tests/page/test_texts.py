"""Numbers and names are written alike on the page and on a terminal: both read `texts.json`.

`npm run check` holds the page's functions against it (`cnnstat/page/source/tests/text.test.mjs`).
"""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cnnstat.base.text import bytes_text, visible
from cnnstat.report.text import grouped, shown, sizes

if TYPE_CHECKING:
    from collections.abc import Callable

FILE = Path(__file__).with_name("texts.json")
CASES: dict[str, list[tuple[Any, str]]] = json.loads(FILE.read_text(encoding="utf-8"))


def size(value: int | list[int] | None) -> int | Fraction | None:
    return Fraction(*value) if isinstance(value, list) else value


WRITTEN: dict[str, Callable[[Any], str]] = {
    "count": lambda value: shown(value, "count"),
    "bytes": bytes_text,
    "sizes": lambda values: sizes(tuple(map(size, values))),
    "grouped": grouped,
    "visible": visible,
    "real": lambda value: shown(value, "real").replace("-", "−"),
}


@pytest.mark.parametrize(
    ("way", "value", "text"), [(way, *case) for way, cases in CASES.items() for case in cases], ids=str
)
def test_the_terminal_writes_so(way: str, value: Any, text: str) -> None:
    assert WRITTEN[way](value) == text
