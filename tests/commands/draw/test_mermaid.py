"""Mermaid's own reader in Chromium draws what was meant, and runs nothing: pytest -m draw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cnnstat.analysis import analyze_graph
from cnnstat.base.text import visible
from cnnstat.commands.draw.mermaid import mermaid
from cnnstat.commands.draw.network_picture import Chosen, picture_of
from cnnstat.graph.load import load
from tests.commands.draw.browser import chromium_page
from tests.commands.draw.hostile_spec import LONG, SIGNS, hostile_network, hostile_picture
from tests.node_modules import module

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.commands.draw.picture import Picture
    from cnnstat.commands.draw.placed import Direction

pytestmark = pytest.mark.draw

DRAW = """
async ([text, level]) => {
  mermaid.initialize({startOnLoad: false, securityLevel: level});
  const {svg} = await mermaid.render('drawn', text);
  document.body.innerHTML = svg;
  const all = kind => [...document.body.querySelectorAll(kind)];
  const texts = kind => all(kind).map(e => e.textContent.replaceAll('\u200b', ''));
  return {
    items: texts('.node'), boxes: texts('.cluster'), arrows: all('.edgePaths path').length,
    active: all('script, img, image, a, iframe').length, ran: window.ran ?? null,
  };
}
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    script = module("mermaid") / "dist" / "mermaid.min.js"
    empty = tmp_path_factory.mktemp("page") / "page.html"
    empty.write_text('<!doctype html><meta charset="utf-8"><title>Mermaid</title>', encoding="utf-8")
    with chromium_page() as found:
        found.goto(empty.as_uri())
        found.add_script_tag(path=str(script))
        yield found


def bundled(name: str, depth: int | None = None) -> Picture:
    return picture_of(analyze_graph(load(name)), Chosen(depth, figures=("params", "macs")))


def check(page: Any, drawn: Picture, level: str, direction: Direction = "down") -> None:
    found = page.evaluate(DRAW, [mermaid(drawn, direction), level])
    texts = ["".join(map(visible, (item.title, *item.lines))) for item in drawn.items]
    assert sorted(found["items"]) == sorted(texts)
    assert sorted(found["boxes"]) == sorted(visible(box.title) for box in drawn.boxes)
    assert found["arrows"] == len(drawn.arrows)
    assert (found["active"], found["ran"]) == (0, None)


@pytest.mark.parametrize("direction", ["down", "right"])
@pytest.mark.parametrize(
    ("name", "depth"),
    [("lenet5", None), ("googlenet", 2), ("resnet50", None), ("densenet121", 2), ("unet", 1), ("hrnet", 2)],
)
def test_mermaid_draws_every_item_box_and_arrow(
    page: Any, name: str, depth: int | None, direction: Direction
) -> None:
    check(page, bundled(name, depth), "strict", direction)


@pytest.mark.parametrize("level", ["strict", "loose"])
def test_a_hostile_text_is_a_text(page: Any, level: str) -> None:
    check(page, hostile_picture(), level)
    for sign in (*SIGNS, LONG):
        check(page, hostile_network(sign), level)


def test_what_is_not_escaped_would_be_taken_for_more(page: Any) -> None:
    """The same texts as they are would be refused, or be elements: the check above can fail."""
    page.evaluate("delete window.ran")
    unsafe = 'flowchart TB\n  n0["<img src=x onerror=window.ran=7>"]\n'
    found = page.evaluate(DRAW, [unsafe, "loose"])
    assert found["active"] == 1
