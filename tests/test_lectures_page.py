"""docs/lectures.md: every worked example of the lectures stands there, with the lectures' numbers.

That its commands print what the page shows is a test of all pages (test_readme.py).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.lectures import EXAMPLES

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCS = Path(__file__).parents[1] / "docs"
PAGE = (DOCS / "lectures.md").read_text(encoding="utf-8")
PARTS = re.findall(r"<!-- ([a-z0-9 -]+) -->\n(.*?)(?=<!--|\Z)", PAGE, re.DOTALL)
SHOWN = {name: text for names, text in PARTS for name in names.split()}
FILES = {path.name: path.read_text(encoding="utf-8") for path in (DOCS / "lectures").glob("*.yaml")}


def test_every_example_stands_on_the_page_once() -> None:
    assert sorted(name for names, _ in PARTS for name in names.split()) == sorted(EXAMPLES)


def rows_of(value: Any) -> Iterator[list[float]]:
    """Yield the rows of all matrices in a value of the reference."""
    if isinstance(value, dict):
        for each in value.values():
            yield from rows_of(each)
    elif isinstance(value, list) and all(isinstance(each, list) for each in value):
        yield from value


MATRICES = {
    name: rows
    for name, example in EXAMPLES.items()
    if name not in ("s002-ufv-layers", "s004-c3-table", "s004-flip")  # figures of layers; rows of one kernel
    and (rows := list(rows_of(example["recomputed"])))
}


@pytest.mark.parametrize("name", MATRICES)
def test_the_numbers_of_the_reference_are_those_on_the_page(name: str) -> None:
    lines = SHOWN[name].replace("−", "-").replace("[", " ").replace("]", " ").split("\n")
    found = [
        [float(each) for each in re.findall(r"(?<![\w.,])-?\d+(?:\.\d+)?(?![\w.,])", line)] for line in lines
    ]
    for row in MATRICES[name]:
        assert any(row == line[-len(row) :] for line in found), row


ELSEWHERE = {
    "s001-resnet": "billions, which the page has to the last digit",
    "s004-flip": "the second kernel stands with the deltas that it rotates for",
}


def numbers_in(value: Any) -> Iterator[float]:
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from numbers_in(each)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield value


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name not in ELSEWHERE])
def test_every_number_of_slide_and_reference_is_on_the_page(name: str) -> None:
    text = SHOWN[name].replace("−", "-")
    for number in {*numbers_in(EXAMPLES[name]["slide"]), *numbers_in(EXAMPLES[name]["recomputed"])}:
        written = {
            f"{number:,}",
            f"{number}",
            f"{number:g}",
            f"{number:.4g}",
            f"{number:.2f}",
            f"{number:,.0f}" if number % 1 == 0 else "",
        }
        written |= {f"{number / 1e6:g} million", f"{number / 1e9:g}"} if number >= 1e6 else set()
        found = (re.search(rf"(?<![\d.,]){re.escape(each)}(?!\d|[.,]\d)", text) for each in written if each)
        assert any(found), number


@pytest.mark.parametrize("name", [name for name in EXAMPLES if EXAMPLES[name]["verdict"] == "slide erratum"])
def test_every_erratum_is_named(name: str) -> None:
    assert re.search(r"\*\*Errat(um|a)\*\*", SHOWN[name])


def test_rotated_kernels_are_those_of_the_lecture() -> None:
    for name, rows in (("s004-delta1", "k1"), ("s004-delta2", "k2")):
        text = SHOWN[name].replace("−", "-")
        for row in EXAMPLES["s004-flip"]["recomputed"][rows]:
            assert re.search(r"\s+".join(f"{each:g}" for each in row), text), row


@pytest.mark.parametrize("text", re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL))
def test_specs_on_the_page_are_the_files(text: str) -> None:
    assert text in FILES.values()


@pytest.mark.parametrize("name", sorted(FILES))
def test_every_file_is_used(name: str) -> None:
    assert f"lectures/{name}" in PAGE
