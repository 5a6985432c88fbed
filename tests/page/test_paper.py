"""A report on paper: all tabs, a graph that can be read, and nothing to press."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

import pytest

from tests.page.browser import opened, report

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.page


def test_all_that_matters_is_printed(browser: Any, folder: Path) -> None:
    with opened(browser, report(folder, "lenet5", "--run"), "#layer=C3&tab=memory") as at:
        page = at.page
        page.emulate_media(media="print")
        page.wait_for_selector("#panel-proof table", state="visible")
        for tab in ("layers", "costs", "memory", "fields", "conventions", "spec"):
            assert page.locator(f"#panel-{tab}").is_visible(), tab
            assert page.locator(f"#panel-{tab} > h2").inner_text() == tab.capitalize()
        assert page.locator("#panel-memory svg path").count() > 5
        assert not page.locator("button:visible:not(thead button)").count()
        page.emulate_media(media="screen")
        page.wait_for_selector("#panel-proof table", state="detached")
        assert page.locator("[role=tabpanel] > h2").count() == 0


@pytest.mark.parametrize("width", [360, 1600])
def test_the_printed_graph_is_as_wide_as_can_be_read(browser: Any, folder: Path, width: int) -> None:
    """Letters as on a screen where the paper has room for them, and never beyond its edge."""
    for name, least in (("lenet5", 8), ("googlenet", 3)):
        with opened(browser, report(folder, name), width=width) as at:
            at.page.click(".graph button:text-is('Unfold all')")
            at.page.emulate_media(media="print")
            at.page.set_viewport_size({"width": 794, "height": 1123})
            box = at.page.locator(".drawing").bounding_box()
            assert box["x"] + box["width"] <= 794
            letter = at.page.locator(".drawing text:not(.title)").first.bounding_box()["height"]
            assert letter >= least
            around = at.page.locator(".graph .view").bounding_box()
            assert around["height"] == pytest.approx(box["height"], abs=4)


def test_paper_has_all_tabs(browser: Any, folder: Path) -> None:
    pypdf = pytest.importorskip("pypdf")
    with opened(browser, report(folder, "lenet5", "--run"), "#layer=C3") as at:
        paper = pypdf.PdfReader(io.BytesIO(at.page.pdf(format="A4")))
        at.page.wait_for_selector("#panel-proof", state="hidden")  # and the screen is as it was
        # Fonts draw two letters as one sign, which normal form takes apart.
        text = normalize("NFKC", "\n".join(each.extract_text() for each in paper.pages))
    assert len(paper.pages) > 1
    for heading in ("Layers", "Costs", "Memory", "Fields", "Conventions", "Findings", "Spec", "Proof"):
        assert re.search(rf"^\s*{heading}\s*$", text, re.MULTILINE), heading
    assert "60,840" in text
    assert "figures were calculated and measured" in text
    assert "One network, counted as each tool counts" in text
    for name in ("C1", "S2", "C3", "S4", "C5", "F6"):  # of the graph, too: a picture, and its texts
        assert text.count(name) > 2, name
