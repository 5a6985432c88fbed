"""Charts as Vega-Lite and as SVG: good by its schema, inert whatever the texts, for light and dark pages."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from cnnstat.commands.plot.chart import Axis, Bar, Chart, Panel, Point, Rule, Series, distinct, label, wrapped
from cnnstat.commands.plot.colours import THEMES, dark_of_light, series_colours
from cnnstat.commands.plot.files import content, svg
from cnnstat.commands.plot.ticks import log_ends, log_ticks, ticks
from cnnstat.commands.plot.vega_lite import vega_lite
from tests.commands.draw.hostile_spec import SIGNS
from tests.contrast import contrast

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.commands.plot.chart import Mark

ELEMENTS = {"svg", "g", "path", "line", "text", "tspan", "rect", "style", "defs", "clipPath", "title", "desc"}


def every_mark(texts: tuple[str, ...] = ("A", "b", "c", "d", "e", "f", "g", "h", "i")) -> Chart:
    """Return a chart with each kind of mark, axis and rule, and a text in each place that has one."""
    names = distinct(texts)
    points = tuple(Point(n, None if n == 3 else n * n, label(text)) for n, text in enumerate(texts, 1))
    bars = tuple(Bar(n - 0.4, n + 0.4, 0, 1000 * n, label(text)) for n, text in enumerate(texts, 1))
    across = Axis(label(texts[0]), "places", names, zero=False)
    upper = Panel(
        across,
        Axis(label(texts[1])),
        (Series(names[0], "bars", bars=bars), Series(names[1], "bars", bars=bars[:1], hue="other")),
        (Rule("y", 2000, label(texts[2])), Rule("x", 3, label(texts[3]), names[0])),
    )
    marks: tuple[Mark, ...] = ("line", "step", "points", "rings")
    series = tuple(Series(name, mark, points) for name, mark in zip(names[2:], marks, strict=False))
    lower = Panel(
        Axis("x", zero=False), Axis("y", "bytes"), series, (Rule("y", 9, label(texts[8]), names[2]),)
    )
    shares = Panel(
        Axis("x"), Axis("share", "share"), (Series(names[0], "step", (Point(0, 0.25), Point(1, 1))),)
    )
    far = Panel(Axis("x"), Axis("y", zero=False), (Series(names[0], "points", (Point(5, 70), Point(6, 90))),))
    decades = Panel(
        Axis("x", "number", log=True),
        Axis("y", "seconds", log=True),
        (Series(names[0], "points", (Point(0.02, 3e-6), Point(7, 0.4))),),
        (Rule("x", 1, label(texts[8])),),
    )
    return Chart(label(texts[4]), tuple(map(label, texts)), (upper, lower, shares, far, decades))


@pytest.fixture
def _library() -> None:
    pytest.importorskip("vl_convert", reason="the extra draw")


def test_charts_are_what_the_schema_of_vega_lite_allows() -> None:
    altair = pytest.importorskip("altair", minversion="6", reason="it brings the schema")
    for chart in (every_mark(), every_mark(SIGNS)):
        for theme in THEMES:
            altair.Chart.from_dict(vega_lite(chart, theme), validate=True)
            broken = vega_lite(chart, theme)
            broken["vconcat"][0]["layer"][0]["mark"]["type"] = "bat"
            with pytest.raises(Exception, match="bat"):
                altair.Chart.from_dict(broken, validate=True)


def _strings(value: object) -> Iterator[tuple[str, str]]:
    """Yield every text with its key."""
    if isinstance(value, dict):
        for key, inner in value.items():
            found = [(key, inner)] if isinstance(inner, str) else _strings(inner)
            yield from found
    elif isinstance(value, list):
        for inner in value:
            found = [("", inner)] if isinstance(inner, str) else _strings(inner)
            yield from found


def test_no_text_is_evaluated() -> None:
    """What Vega-Lite evaluates are the labels of axes: there, texts are literals of JSON."""
    evaluated = [text for key, text in _strings(vega_lite(every_mark(SIGNS))) if key == "labelExpr"]
    assert evaluated
    for text in evaluated:
        literal, _ = json.JSONDecoder().raw_decode(text)
        assert isinstance(literal, list)
        assert re.fullmatch(
            r"\[datum\.value\]|\[indexof\(\[[0-9., e+-]*\], datum\.value\)\]",
            text[len(json.dumps(literal)) :],
        )
    keys = {key for key, _ in _strings(vega_lite(every_mark(SIGNS)))}
    assert not keys & {"expr", "signal", "url", "href", "filter", "calculate", "test"}


@pytest.mark.usefixtures("_library")
@pytest.mark.parametrize("theme", ["", "light", "dark"])
def test_hostile_texts_are_texts_of_the_svg(theme: str) -> None:
    text = svg(every_mark(SIGNS), theme)
    tree = ElementTree.fromstring(text)
    for element in tree.iter():
        assert element.tag.removeprefix("{http://www.w3.org/2000/svg}") in ELEMENTS
        assert not [name for name in element.attrib if name.startswith("on") or name.endswith("href")]
    shown = " ".join("".join(element.itertext()) for element in tree.iter("{http://www.w3.org/2000/svg}text"))
    assert "<script>window.ran=1</script>" in shown
    assert "'\"`&amp;&lt;&#60;\\N\\G\\n" in shown
    assert all(sign.isprintable() or sign == "\n" for sign in text)
    assert len([element for element in tree.iter() if element.tag.endswith("style")]) == (not theme)


@pytest.mark.usefixtures("_library")
def test_each_colour_of_a_light_page_has_one_on_a_dark_page() -> None:
    chart = every_mark()
    light = svg(chart)
    rules = re.search("<style>(.*?)</style>", light)
    assert rules is not None
    paints = set(re.findall('(?:fill|stroke)="(#[^"]*)"', light.replace(rules[0], "")))
    assert paints
    assert all(f'[fill="{paint}"]' in rules[1] and f'[stroke="{paint}"]' in rules[1] for paint in paints)
    dark = set(re.findall('(?:fill|stroke)="(#[^"]*)"', svg(chart, "dark")))
    pairs = dark_of_light(each for panel in chart.panels for each in panel.series)
    assert dark == {pairs[paint] for paint in paints}
    assert not re.findall('(?:fill|stroke)="(?!#|none|transparent|url)([^"]+)"', light)


@pytest.mark.parametrize("theme", THEMES)
def test_series_stand_out_from_the_page_and_from_each_other(theme: str) -> None:
    """By WCAG's ratio: at least 3 to 1 for what is drawn, 4.5 to 1 for what is written."""
    colours = THEMES[theme]
    assert all(contrast(each, colours.page) >= 3 for each in colours.series)
    assert all(contrast(each, colours.page) >= 4.5 for each in (colours.text, colours.more))
    assert len({*colours.series}) == len(colours.series)


@pytest.mark.usefixtures("_library")
@pytest.mark.parametrize(
    ("form", "start"), [("svg", b"<svg "), ("png", b"\x89PNG"), ("pdf", b"%PDF"), ("json", b"{")]
)
def test_files_are_what_they_are_called(form: str, start: bytes) -> None:
    assert content(every_mark(), form).startswith(start)


def test_a_series_keeps_its_colour_in_all_panels() -> None:
    chart = every_mark()
    found = {
        json.dumps(layer["encoding"]["color"]["scale"])
        for panel in vega_lite(chart)["vconcat"]
        for layer in panel["layer"]
        if "color" in layer["encoding"]
    }
    assert len(found) == 1
    assert series_colours(chart.panels[0].series, THEMES["light"])["b"] == THEMES["light"].other


@pytest.mark.parametrize(
    ("high", "unit", "shown"),
    [
        (328_096, "count", ["0", "100K", "200K", "300K", "400K"]),
        (3_857_973_248, "count", ["0", "1G", "2G", "3G", "4G"]),
        (5, "count", ["0", "1", "2", "3", "4", "5"]),
        (1, "count", ["0", "1"]),
        (1_500, "places", ["0", "500", "1,000", "1,500"]),
        (37_632, "bytes", ["0", "10 KiB", "20 KiB", "30 KiB", "40 KiB"]),
        (1 << 30, "bytes", ["0", "0.2 GiB", "0.4 GiB", "0.6 GiB", "0.8 GiB", "1 GiB"]),
        (0.7, "share", ["0%", "20%", "40%", "60%", "80%"]),
    ],
)
def test_ticks_are_round_and_have_one_unit(high: float, unit: str, shown: list[str]) -> None:
    marks = ticks(high, unit)
    assert [text for _, text in marks] == shown
    assert marks[-2][0] < high <= marks[-1][0] * (1 + 1e-12)


@pytest.mark.parametrize(
    ("low", "high", "unit", "shown"),
    [
        (0.25, 1, "number", ["0.4", "0.6", "0.8", "1"]),
        (3, 11, "count", ["4", "6", "8", "10"]),
        (0.0021, 0.0049, "seconds", ["2.5 ms", "3 ms", "3.5 ms", "4 ms", "4.5 ms"]),
    ],
)
def test_ticks_of_an_axis_that_begins_elsewhere_are_within(
    low: float, high: float, unit: str, shown: list[str]
) -> None:
    marks = ticks(high, unit, low=low)
    assert [text for _, text in marks] == shown
    assert low <= marks[0][0]
    assert marks[-1][0] <= high


@pytest.mark.parametrize(
    ("low", "high", "unit", "ends", "shown"),
    [
        (200, 99_000, "count", (100, 100_000), ["100", "1K", "10K", "100K"]),
        (1_000, 1_000, "count", (1_000, 10_000), ["1K", "10K"]),
        (0.03, 7, "number", (0.01, 10), ["0.01", "0.1", "1", "10"]),
        (2e-7, 3e-3, "seconds", (1e-7, 1e-2), ["100 ns", "1 µs", "10 µs", "100 µs", "1 ms", "10 ms"]),
        (
            5_000,
            70_000,
            "bytes",
            (4_096, 131_072),
            ["4 KiB", "8 KiB", "16 KiB", "32 KiB", "64 KiB", "128 KiB"],
        ),
        (1, 10**11, "count", (1, 10**11), ["1", "100", "10K", "1M", "100M", "10G"]),
    ],
)
def test_a_logarithmic_axis_goes_from_power_to_power(
    low: float, high: float, unit: str, ends: tuple[float, float], shown: list[str]
) -> None:
    assert log_ends(low, high, unit) == pytest.approx(ends)
    marks = log_ticks(*log_ends(low, high, unit), unit)
    assert [text for _, text in marks] == shown
    assert ends[0] <= marks[0][0] * (1 + 1e-12)
    assert marks[-1][0] <= ends[1] * (1 + 1e-12)


def test_long_texts_are_cut_in_the_middle_and_numbers_keep_their_units() -> None:
    assert label("a" * 100) == "a" * 40 + "…" + "a" * 39
    assert label("a\x1b\n") == "a\\x1b\\n"
    assert distinct(("a", "b", "a", "a")) == ("a", "b", "a (2)", "a (3)")
    assert wrapped("it is 12.5 MiB of 3 B", 8) == ["it is", "12.5 MiB", "of 3 B"]
