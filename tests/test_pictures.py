"""Pictures in pages are what the commands above them draw today: python -m tests.docs draws them anew."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from tests.pictures import DOCS, FOLDER, SHOWN, draw, shown_in

if TYPE_CHECKING:
    from pathlib import Path

ELSEWHERE = ("regnet-edf.svg",)
"""Drawn by a command that takes minutes: the sweep of README.md."""
README = DOCS.parent / "README.md"


def test_each_picture_has_one_command_that_draws_it() -> None:
    assert [(asked, name) for _, asked, name in SHOWN if asked != name] == []
    of_pages = ("report.png", "serve.png")  # tests/page/pictures.py
    drawn = sorted((*ELSEWHERE, *of_pages, *(name for *_, name in SHOWN)))
    assert drawn == sorted(path.name for path in FOLDER.iterdir())


def test_each_picture_of_a_page_is_there() -> None:
    for page in (README, *DOCS.glob("*.md")):
        for link in page.read_text(encoding="utf-8").split("](")[1:]:
            target = link.partition(")")[0]
            if target.endswith((".svg", ".png")):
                assert (page.parent / target).is_file(), f"{page.name}: {target}"


def texts(svg: str) -> list[str]:
    """Return what is written in a picture."""
    tree = ElementTree.fromstring(svg)
    return ["".join(each.itertext()) for each in tree.iter("{http://www.w3.org/2000/svg}text")]


@pytest.mark.parametrize(("arguments", "name"), [(arguments, name) for arguments, _, name in SHOWN])
def test_a_picture_is_what_its_command_draws(arguments: str, name: str, tmp_path: Path) -> None:
    if "--style paper" not in arguments:
        pytest.importorskip("pygraphviz", reason="the extra draw")
    draw(arguments, tmp_path / name)
    drawn = (tmp_path / name).read_text(encoding="utf-8")
    if arguments.startswith("plot "):  # how it is drawn depends on the version of vl-convert
        assert texts(drawn) == texts((FOLDER / name).read_text(encoding="utf-8")), "run: python -m tests.docs"
        return
    assert drawn == (FOLDER / name).read_text(encoding="utf-8"), "run: python -m tests.docs"


def test_a_picture_without_a_command_is_not_listed() -> None:
    page = "```sh\ncnnstat draw a -o a.svg\n```\n\n![A](pictures/a.svg)\n\n![B](pictures/b.svg)\n"
    assert [*shown_in([page])] == [("draw a", "a.svg", "a.svg")]
