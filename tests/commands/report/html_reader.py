"""The file of a report as a browser takes it: its elements, and the data that stand in them."""

from __future__ import annotations

import base64
import gzip
import json
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from tests.program import within

if TYPE_CHECKING:
    from pathlib import Path


class Element(Struct):
    """An element with its attributes, and the text in it."""

    name: str
    attributes: dict[str, str | None]
    text: str = ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        self.elements.append(element)
        if tag not in ("meta", "br"):
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().name == tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.open[-1].text += data


def elements(text: str) -> list[Element]:
    """Return the elements of a file, in order."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    assert not reader.open
    return reader.elements


def held(text: str) -> dict[str, Any]:
    """Return the data of a file by the names of their elements."""
    return {
        str(each.attributes["id"]): json.loads(gzip.decompress(base64.b64decode(each.text, validate=True)))
        for each in elements(text)
        if each.name == "script" and each.attributes.get("type") == "application/gzip;base64"
    }


def report(folder: Path, *arguments: str, code: int = 0) -> str:
    """Write a report, and return its text."""
    path = folder / "report.html"
    ended = within("report", *arguments, "-o", str(path))
    assert ended.returncode == code, ended.stderr
    assert not ended.stdout
    return path.read_text(encoding="utf-8")
