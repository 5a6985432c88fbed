"""Pictures of all bundled networks as Chromium shows them: pytest -m draw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
from tests.commands.draw.browser import WIDTHS, chromium_page, faults_of
from tests.commands.draw.hostile_spec import hostile_network, hostile_picture

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cnnstat.commands.draw.placed import Direction

pytestmark = pytest.mark.draw

WAYS = {
    "folded": Chosen(1, figures=("params", "macs")),
    "unfolded": Chosen(),
    "every repetition": Chosen(repeats=True),
}
LONG = ("resnet1202",)
"""Networks whose every repetition nobody draws in one picture."""


@pytest.fixture(scope="module")
def page() -> Iterator[Any]:
    with chromium_page() as found:
        yield found


def picture(name: str, way: str, direction: Direction) -> str:
    return svg(laid_out(picture_of(analyze_graph(load(name)), WAYS[way]), direction))


@pytest.mark.parametrize("direction", ["down", "right"])
@pytest.mark.parametrize("way", ["folded", "unfolded"])
@pytest.mark.parametrize("name", bundled.names())
def test_no_text_overlaps_or_leaves_its_box(
    page: Any, tmp_path: Path, name: str, way: str, direction: Direction
) -> None:
    assert faults_of(page, picture(name, way, direction), tmp_path) == []


@pytest.mark.parametrize("depth", [1, None])
@pytest.mark.parametrize("name", ["lenet5", "alexnet", "vgg16", "unet", "unet3d", "siamese", "waveform-m5"])
def test_nor_in_the_style_of_papers(page: Any, tmp_path: Path, name: str, depth: int | None) -> None:
    drawn = picture_of(analyze_graph(load(name)), Chosen(depth, repeats=True))
    assert faults_of(page, paper_svg(paper_of(drawn)), tmp_path) == []


@pytest.mark.parametrize(("a", "b"), [("resnet18", "resnet34-a"), ("vgg16", "vgg19"), ("lenet5", "alexnet")])
def test_nor_in_differences(page: Any, tmp_path: Path, a: str, b: str) -> None:
    difference = compare(analyze_graph(load(a)), analyze_graph(load(b)), 2)
    assert faults_of(page, svg(laid_out(difference_picture(difference, 2), "down")), tmp_path) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in bundled.names() if name not in LONG])
def test_nor_where_every_repetition_is_drawn(page: Any, tmp_path: Path, name: str) -> None:
    assert faults_of(page, picture(name, "every repetition", "down"), tmp_path) == []


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (('text-anchor="middle"', ""), "leaves its box"),
        (('<text class="name" x="16"', '<text class="name" x="-9"'), "leaves the page"),
        (('y="47"', 'y="33"'), "overlap"),
    ],
)
def test_what_is_wrong_is_measured(page: Any, tmp_path: Path, broken: tuple[str, str], said: str) -> None:
    text = picture("lenet5", "unfolded", "down")
    changed = text.replace(*broken)
    assert changed != text
    assert any(said in fault for fault in faults_of(page, changed, tmp_path))


def test_texts_are_as_wide_as_calculated(page: Any, tmp_path: Path) -> None:
    """In a font with the widths of Helvetica, the width that is written beside a text changes nothing."""
    path = tmp_path / "picture.svg"
    path.write_text(picture("googlenet", "unfolded", "down"), encoding="utf-8")
    page.goto(path.as_uri())
    widths = page.evaluate(WIDTHS)
    assert len(widths) > 300
    assert [text for text, said, shown in widths if abs(said - shown) > 0.02 * said + 0.3] == []


@pytest.mark.parametrize("found", [hostile_picture, hostile_network])
def test_nothing_in_a_text_runs(page: Any, tmp_path: Path, found: Any) -> None:
    drawn = found()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    faults = faults_of(page, svg(laid_out(drawn, "down")), tmp_path)
    assert [fault for fault in faults if "overlap" in fault] == []
    assert page.evaluate("window.ran") is None
    assert page.evaluate("document.querySelectorAll('script, image, foreignObject, a').length") == 0
    assert len(asked) == 1
    shown = page.evaluate("[...document.querySelectorAll('text')].map(e => e.textContent)")
    assert drawn.title in shown
