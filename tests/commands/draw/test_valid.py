"""Pictures of all bundled networks are valid SVG, as the W3C's checker sees it: pytest -m draw."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from cnnstat.analysis import analyze_graph
from cnnstat.commands.diff.difference import compare
from cnnstat.commands.diff.picture import picture as difference_picture
from cnnstat.commands.draw.layout import laid_out
from cnnstat.commands.draw.network_picture import Chosen, picture_of
from cnnstat.commands.draw.paper import paper_of
from cnnstat.commands.draw.paper_svg import paper_svg
from cnnstat.commands.draw.svg import svg
from cnnstat.graph.load import load
from cnnstat.spec import bundled
from tests.commands.draw.hostile_spec import hostile_network, hostile_picture
from tests.commands.draw.nu_checker import problems_of

if TYPE_CHECKING:
    from pathlib import Path

    from cnnstat.commands.draw.picture import Picture

pytestmark = pytest.mark.draw


def graph(picture: Picture) -> str:
    return svg(laid_out(picture, "down"))


def paper(picture: Picture) -> str:
    return paper_svg(paper_of(picture))


def difference(a: str, b: str) -> str:
    return graph(difference_picture(compare(analyze_graph(load(a)), analyze_graph(load(b)), 2), 2))


def sizes_that_are_none(text: str) -> list[str]:
    """Return the attributes that have to be numbers, and are not: the checker takes any text for one."""
    known = {"x", "y", "width", "height", "rx", "font-size", "textLength", "refX", "refY"}
    return [
        f"{name}={value}"
        for element in ElementTree.fromstring(text).iter()
        for name, value in element.attrib.items()
        if name in known and not (re.fullmatch(r"-?\d+(\.\d+)?", value) and math.isfinite(float(value)))
    ]


def check(pictures: dict[str, str], folder: Path) -> None:
    assert {name: found for name, text in pictures.items() if (found := sizes_that_are_none(text))} == {}
    assert problems_of(pictures, folder) == []


@pytest.mark.parametrize(
    ("way", "chosen"),
    [
        ("graph", Chosen(1, figures=("params", "macs"))),
        ("graph", Chosen()),
        ("paper", Chosen(1, repeats=True)),
    ],
    ids=["folded", "unfolded", "paper"],
)
def test_every_bundled_network_is_valid(way: str, chosen: Chosen, tmp_path: Path) -> None:
    draw = {"graph": graph, "paper": paper}[way]
    check({name: draw(picture_of(analyze_graph(load(name)), chosen)) for name in bundled.names()}, tmp_path)


def test_so_are_unfolded_maps_and_differences(tmp_path: Path) -> None:
    unfolded = ("lenet5", "alexnet", "vgg16", "unet")
    maps = {name: paper(picture_of(analyze_graph(load(name)), Chosen(repeats=True))) for name in unfolded}
    pairs = (("resnet18", "resnet34"), ("vgg16", "densenet121"), ("lenet5", "alexnet"))
    check(maps | {f"{a}-{b}": difference(a, b) for a, b in pairs}, tmp_path)


def test_so_are_hostile_texts(tmp_path: Path) -> None:
    drawn = {"signs": hostile_picture(), "spec": hostile_network()}
    check({f"{name} graph": graph(each) for name, each in drawn.items()}, tmp_path)
    check({f"{name} paper": paper(each) for name, each in drawn.items()}, tmp_path)


def test_what_is_not_valid_is_named(tmp_path: Path) -> None:
    text = graph(picture_of(analyze_graph(load("lenet5")), Chosen(1)))
    changes = (
        ('<rect class="page"', '<rect klass="page"', "“klass” not allowed"),
        ("</svg>", "<div/></svg>", "“div” not allowed"),
        (' d="M', ' d="Q', "Bad value “Q"),
        ('text-anchor="middle"', 'text-anchor="centre"', "Bad value “centre”"),
        ('<rect class="page"', '<rect id="tip" class="page"', "duplicate ID"),
        ("{fill:", "{fil:", "Property “fil” doesn't exist"),
        ("#ffffff", "#ffzzff", "is not a valid color"),
    )
    wrong = {f"{n}": text.replace(right, wrong, 1) for n, (right, wrong, _) in enumerate(changes)}
    assert text not in wrong.values()
    problems = problems_of(wrong, tmp_path)
    for number, (*_, said) in enumerate(changes):
        assert any(each.startswith(f"{number}.") and said in each for each in problems), said


def test_a_size_that_is_no_number_is_named() -> None:
    text = graph(picture_of(analyze_graph(load("lenet5")), Chosen(1)))
    assert sizes_that_are_none(text) == []
    assert sizes_that_are_none(text.replace(' rx="', ' rx="nan', 1)) == ["rx=nan12"]
