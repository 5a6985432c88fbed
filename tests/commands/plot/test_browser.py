"""Charts as Chromium shows them, of every bundled network: pytest -m draw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cnnstat.analysis import analyze_graph
from cnnstat.commands.plot.field_chart import field_chart
from cnnstat.commands.plot.files import svg
from cnnstat.commands.plot.layer_chart import layer_chart
from cnnstat.commands.plot.memory_chart import memory_chart
from cnnstat.commands.plot.size_chart import size_chart
from cnnstat.commands.sizes.size_search import sizes
from cnnstat.graph.load import load
from cnnstat.spec import bundled
from tests.commands.draw.browser import MEASURE, chromium_page, faults_of
from tests.commands.draw.hostile_spec import SIGNS
from tests.commands.plot.test_vega_lite import every_mark

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cnnstat.commands.plot.chart import Chart

pytestmark = pytest.mark.draw

# Names that stand at a slant do not meet where the rectangles around them do.
UPRIGHT = "document.querySelectorAll('text[transform*=rotate]').forEach(text => text.remove())"
PAGE = "getComputedStyle(document.querySelector('rect')).fill"
SOME = ("lenet5", "resnet50", "densenet121", "unet", "googlenet", "hrnet", "c3d", "tcn", "siamese", "yolov5s")
NAMES = bundled.names()
SLOW = pytest.mark.slow
SETS = (("resnet50", "densenet121", "googlenet"), ("lenet5", "alexnet", "vgg16", "unet", "hrnet", "siamese"))


@pytest.fixture(scope="module")
def page() -> Iterator[Any]:
    with chromium_page() as found:
        yield found


def faults(page: Any, chart: Chart, folder: Path) -> list[str]:
    """Return the texts that leave the page, and those that overlap others but for slanting ones."""
    found = faults_of(page, svg(chart), folder)
    if any("overlap" in fault for fault in found):
        page.evaluate(UPRIGHT)
        found = [fault for fault in found if "leaves" in fault] + page.evaluate(MEASURE)[1]
    return found


@pytest.mark.parametrize("name", [name if name in SOME else pytest.param(name, marks=SLOW) for name in NAMES])
def test_no_text_overlaps_or_leaves_the_page(page: Any, tmp_path: Path, name: str) -> None:
    analyses = [analyze_graph(load(name))]
    charts = [layer_chart(analyses), layer_chart(analyses, ("params",), 1)]
    charts += [memory_chart(analyses), memory_chart(analyses, training=True)]
    if len(analyses[0].input_shape) > 1:
        charts.append(field_chart(analyses))
    assert [fault for chart in charts for fault in faults(page, chart, tmp_path)] == []


@pytest.mark.parametrize("names", SETS, ids=len)
def test_nor_where_networks_share_a_chart(page: Any, tmp_path: Path, names: tuple[str, ...]) -> None:
    analyses = [analyze_graph(load(name)) for name in names]
    searches = [sizes(name, first=32, last=256, step=32) for name in names]
    charts = (layer_chart(analyses), memory_chart(analyses), field_chart(analyses), size_chart(searches))
    assert [fault for chart in charts for fault in faults(page, chart, tmp_path)] == []


def test_nothing_in_a_text_runs(page: Any, tmp_path: Path) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    faults_of(page, svg(every_mark(SIGNS)), tmp_path)
    assert page.evaluate("window.ran") is None
    assert page.evaluate("document.querySelectorAll('script, image, foreignObject, a').length") == 0
    assert len(asked) == 1


@pytest.mark.parametrize(("scheme", "colour"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(13, 17, 23)")])
def test_a_chart_follows_its_page(page: Any, tmp_path: Path, scheme: str, colour: str) -> None:
    page.emulate_media(color_scheme=scheme)
    faults_of(page, svg(every_mark()), tmp_path)
    assert page.evaluate(PAGE) == colour
    page.emulate_media(color_scheme="light")
