"""The colours of pictures: what parts one thing from another stands out on light and on dark pages."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from cnnstat.analysis import analyze_graph
from cnnstat.commands.draw.layout import laid_out
from cnnstat.commands.draw.network_picture import Chosen, picture_of
from cnnstat.commands.draw.style import DARK, FOLDED, LIGHT, Scheme, colours, family_rules
from cnnstat.commands.draw.svg import svg
from cnnstat.graph.load import load
from cnnstat.layers import LAYERS
from tests.contrast import contrast

FAMILIES = sorted({layer.family for layer in LAYERS.values()})
SCHEMES = pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])


@SCHEMES
@pytest.mark.parametrize("family", [*FAMILIES, FOLDED])
def test_borders_of_items_stand_out(scheme: Scheme, family: str) -> None:
    """By WCAG's ratio: at least 3 to 1 for what is drawn, 4.5 to 1 for what is written."""
    fill, border = colours(scheme, family)
    assert all(contrast(border, beside) >= 3 for beside in (scheme.page, scheme.box, fill))
    assert all(contrast(text, fill) >= 4.5 for text in (scheme.text, scheme.more))


@SCHEMES
def test_frames_of_blocks_and_arrows_stand_out(scheme: Scheme) -> None:
    lines = (scheme.edge, scheme.way, scheme.skip)
    assert all(contrast(line, beside) >= 3 for line in lines for beside in (scheme.page, scheme.box))
    assert all(contrast(text, scheme.page) >= 4.5 for text in (scheme.text, scheme.more))


@SCHEMES
def test_a_folded_block_is_no_layer(scheme: Scheme) -> None:
    """Neither those that have a hue nor the grey ones look like it."""
    own = re.search(rf"\.f-{FOLDED}>rect{{([^}}]*)}}", family_rules(scheme, [FOLDED], []))
    assert own is not None
    assert "stroke-width" in own[1]
    for family in FAMILIES:
        assert colours(scheme, family)[0] != colours(scheme, FOLDED)[0]


def test_the_legend_says_what_a_folded_block_is() -> None:
    pytest.importorskip("pygraphviz", reason="the extra draw")
    for depth, entries in ((1, [["folded block"]]), (None, [])):
        root = ElementTree.fromstring(
            svg(laid_out(picture_of(analyze_graph(load("resnet50")), Chosen(depth)), "down"))
        )
        legend = [*root.iter("{http://www.w3.org/2000/svg}g")]
        said = [
            [text.text for text in group.iter("{http://www.w3.org/2000/svg}text")]
            for group in legend
            if group.get("class") == f"item block f-{FOLDED}"
            and group.find("{http://www.w3.org/2000/svg}title") is None
        ]
        assert said == entries
