"""SVG, PNG, PDF, DOT and Mermaid: well-formed, and inert whatever stands in a spec."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest
from PIL import Image

from cnnstat.analysis import analyze_graph
from cnnstat.commands.draw.characters import characters
from cnnstat.commands.draw.dot import dot, quoted
from cnnstat.commands.draw.formats import content
from cnnstat.commands.draw.libraries import graphviz
from cnnstat.commands.draw.mermaid import mermaid, safe
from cnnstat.commands.draw.network_picture import Chosen, picture_of
from cnnstat.graph.load import load
from tests.commands.draw.hostile_spec import LONG, SIGNS, hostile_network, hostile_picture

if TYPE_CHECKING:
    from cnnstat.commands.draw.picture import Picture

NAMESPACE = "{http://www.w3.org/2000/svg}"
ELEMENTS = {"svg", "title", "style", "defs", "marker", "path", "rect", "g", "text"}


def of(name: str, chosen: Chosen | None = None) -> Picture:
    return picture_of(analyze_graph(load(name)), chosen or Chosen())


@pytest.fixture
def _library() -> None:
    pytest.importorskip("pygraphviz", reason="the extra draw")


@pytest.mark.usefixtures("_library")
@pytest.mark.parametrize("drawn", [of("lenet5"), of("resnet50"), hostile_picture(), hostile_network()])
def test_svg_is_well_formed_and_asks_for_nothing(drawn: Picture) -> None:
    root = ElementTree.fromstring(content(drawn, "svg", "down"))
    for element in root.iter():
        assert element.tag.removeprefix(NAMESPACE) in ELEMENTS
        for name, value in element.attrib.items():
            assert not name.lower().startswith("on")
            assert "href" not in name
            assert "url(" not in value or value == "url(#tip)"
    texts = [element.text for element in root.iter(f"{NAMESPACE}text")]
    assert [item.title for item in drawn.items if item.title.isprintable() and item.title not in texts] == []


@pytest.mark.usefixtures("_library")
def test_png_and_pdf_are_the_svg() -> None:
    pytest.importorskip("vl_convert", reason="the extra draw")
    drawn = of("lenet5")
    root = ElementTree.fromstring(content(drawn, "svg", "right"))
    image = Image.open(io.BytesIO(content(drawn, "png", "right")))
    assert image.size == pytest.approx([2 * float(root.attrib[side]) for side in ("width", "height")], abs=2)
    assert len(image.convert("RGB").getcolors(1 << 24) or ()) > 10
    assert content(drawn, "pdf", "right").startswith(b"%PDF-")


@pytest.mark.usefixtures("_library")
@pytest.mark.parametrize("sign", [*SIGNS, LONG])
def test_a_spec_with_a_hostile_text_is_drawn_in_every_form(sign: str) -> None:
    pytest.importorskip("vl_convert", reason="the extra draw")
    drawn = hostile_network(sign)
    assert sign[:8].isprintable() is (drawn.title[:4] == sign[:4])
    for style in ("graph", "paper"):
        root = ElementTree.fromstring(content(drawn, "svg", "down", style))
        assert {element.tag.removeprefix(NAMESPACE) for element in root.iter()} <= {*ELEMENTS, "polygon"}
        assert drawn.title in [element.text for element in root.iter(f"{NAMESPACE}text")]
        assert float(root.attrib["width"]) < 1500
        image = Image.open(io.BytesIO(content(drawn, "png", "down", style)))
        assert image.size == pytest.approx(
            [2 * float(root.attrib[side]) for side in ("width", "height")], abs=2
        )
    graph = graphviz().AGraph(dot(drawn, "down"))
    assert len(graph.nodes()) == len(drawn.items) == 3
    assert all(line.isprintable() for line in mermaid(drawn, "down").splitlines())
    lines = characters(drawn, 80).splitlines()
    assert [line for line in lines if not line.isprintable() or len(line) > 80] == []


@pytest.mark.usefixtures("_library")
@pytest.mark.parametrize("drawn", [of("resnet50"), hostile_picture(), hostile_network()])
def test_dot_is_read_by_graphviz_as_it_was_meant(drawn: Picture) -> None:
    pygraphviz = graphviz()
    graph = pygraphviz.AGraph(dot(drawn, "down"))
    assert len(graph.nodes()) == len(drawn.items)
    assert len(graph.edges()) == len(drawn.arrows)
    assert {*graph.node_attr, *graph.edge_attr}.isdisjoint({"URL", "href", "image"})


@pytest.mark.usefixtures("_library")
@pytest.mark.parametrize("sign", SIGNS)
def test_graphviz_shows_a_text_as_it_is(sign: str) -> None:
    """No sign of it is taken for an escape or an entity."""
    pygraphviz = graphviz()
    graph = pygraphviz.AGraph(f"digraph {{ n [label={quoted(sign)}] }}")
    drawn = graph.draw(format="svg", prog="dot").decode()
    root = ElementTree.fromstring(drawn)
    shown = "".join(element.text or "" for element in root.iter(f"{NAMESPACE}text"))
    assert shown.replace("\N{NO-BREAK SPACE}", " ") == sign if sign.isprintable() else "\\x" in shown


@pytest.mark.parametrize("drawn", [of("unet"), hostile_picture(), hostile_network()])
def test_mermaid_has_no_sign_of_its_own_in_a_text(drawn: Picture) -> None:
    for line in mermaid(drawn, "down").splitlines()[1:]:
        kept = re.sub(r'"[^"]*"', '""', line).strip()
        assert re.fullmatch(
            r'n\d+(\[\[""\]\]|\(\[""\]\)|\[""\]):::f_\w+|subgraph b\d+ \[""\]|end'
            r'|n\d+ (-->|-\.->)\|""\| n\d+|classDef f_\w+ [\w#:,]+',
            kept,
        ), line
        for text in re.findall(r'"([^"]*)"', line):
            assert re.fullmatch(r"(?:[\w ,.+/×·–…→-]|#\d+;|<br>)*", text), text


@pytest.mark.parametrize("sign", SIGNS)
def test_mermaid_shows_a_text_as_it_is(sign: str) -> None:
    read = re.sub(r"#(\d+);", lambda found: chr(int(found[1])), safe(sign)).replace("\u200b", "")
    assert read == sign if sign.isprintable() else "\\x" in read


@pytest.mark.parametrize("drawn", [hostile_picture(), hostile_network()])
def test_characters_are_printable(drawn: Picture) -> None:
    lines = characters(drawn, None).splitlines()
    assert len(lines) > len(drawn.items)
    assert [line for line in lines if not line.isprintable()] == []
