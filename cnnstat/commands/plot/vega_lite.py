"""Chart -> Vega-Lite: what browsers and vl-convert draw, as plain values. No library is needed for it.

Texts of a spec stand in it as data and as titles alone, which Vega-Lite shows and never evaluates; where
names stand at an axis, they are string literals of its expression language, written by JSON.
"""

from __future__ import annotations

import json
from math import inf
from typing import TYPE_CHECKING, Any, Literal

from cnnstat.commands.plot.axes import axis_of, extent, part
from cnnstat.commands.plot.chart import wrapped
from cnnstat.commands.plot.colours import THEMES, series_colours
from cnnstat.commands.plot.ticks import log_ticks, ticks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnstat.commands.plot.chart import Chart, Panel, Series
    from cnnstat.commands.plot.colours import Theme

VERSION = "6.1"
"""The version of Vega-Lite that charts are written for."""

WIDTH = 720
_HEIGHTS = (340, 220, 180)
_LINE = 118
_AXES: tuple[Literal["x", "y"], ...] = ("x", "y")
_NEAR = 0.06
"""Rules are near each other where they are this part of the panel apart."""
_LOG_TICKS = 12
_FONT = "Helvetica, Arial, 'Liberation Sans', sans-serif"


def vega_lite(chart: Chart, theme: str = "light") -> dict[str, Any]:
    """Return a chart as a specification of Vega-Lite, for a light or a dark page."""
    colours = THEMES[theme]
    domain = series_colours((each for panel in chart.panels for each in panel.series), colours)
    height = _HEIGHTS[min(len(chart.panels), len(_HEIGHTS)) - 1]
    lines = [part for line in chart.lines for part in wrapped(line, _LINE)]
    return {
        "$schema": f"https://vega.github.io/schema/vega-lite/v{VERSION.partition('.')[0]}.json",
        "description": ". ".join((chart.title, *chart.lines)),
        "title": {"text": wrapped(chart.title, _LINE * 2 // 3), "subtitle": lines},
        "vconcat": [
            {"width": WIDTH, "height": height, "layer": list(_layers(panel, domain))}
            for panel in chart.panels
        ],
        "resolve": {"scale": {"color": "shared"}},
        "config": _config(colours),
    }


def _layers(panel: Panel, domain: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Yield what is drawn, from below: bars, lines, points, and the rules on top of them."""
    axes = {"x": _axis(panel, "x"), "y": _axis(panel, "y")}
    lines = any(each.mark in ("line", "step") for each in panel.series)
    colour = _colour(domain, "stroke" if lines else "square")
    bars = [each for each in panel.series if each.mark == "bars"]
    if bars:
        yield {
            "data": {"values": _bars(bars)},
            "mark": {"type": "rect", "strokeWidth": 0.5, "aria": False},
            "encoding": {
                "x": {"field": "start", **axes["x"]},
                "x2": {"field": "end"},
                "y": {"field": "bottom", **axes["y"]},
                "y2": {"field": "top"},
                "color": colour,
                "stroke": {**colour, "legend": None},
                "tooltip": _tooltip(panel, "value"),
            },
        }
    for mark in ("step", "line", "points", "rings"):
        drawn = [each for each in panel.series if each.mark == mark]
        if drawn:
            yield {
                "data": {"values": _points(drawn)},
                "mark": _mark(mark),
                "encoding": {
                    "x": {"field": "x", **axes["x"]},
                    "y": {"field": "y", **axes["y"]},
                    "color": colour,
                    "tooltip": _tooltip(panel, "y"),
                },
            }
    for name in _AXES:
        yield from _rules(panel, name, axes, colour)


def _mark(mark: str) -> dict[str, Any]:
    if mark in ("points", "rings"):
        full = mark == "points"
        return {"type": "point", "filled": full, "size": 24 if full else 40, "opacity": 1, "aria": False}
    step = {"interpolate": "step-after"} if mark == "step" else {}
    return {"type": "line", "strokeWidth": 1.8, "aria": False, **step}


def _bars(series: Sequence[Series]) -> list[dict[str, Any]]:
    return [
        {
            "series": each.name,
            "name": bar.name,
            "start": bar.start,
            "end": bar.end,
            "bottom": bar.bottom,
            "top": bar.top,
            "value": bar.top - bar.bottom,
        }
        for each in series
        for bar in each.bars
    ]


def _points(series: Sequence[Series]) -> list[dict[str, Any]]:
    return [
        {"series": each.name, "name": point.name, "x": point.x, "y": point.y}
        for each in series
        for point in each.points
    ]


def _rules(
    panel: Panel, name: Literal["x", "y"], axes: dict[str, dict[str, Any]], colour: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    """Yield the rules of an axis, and what they say: beside each other where they are near."""
    low, high = extent(panel, name)
    logs = axis_of(panel, name).log
    shift, before = 0, -inf
    for rule in sorted((rule for rule in panel.rules if rule.axis == name), key=lambda rule: rule.value):
        place = part(rule.value, low, high, logs=logs)
        shift = shift + 1 if place - before < _NEAR else 0
        before = place
        data = {"values": [{"value": rule.value, "text": rule.text, "series": rule.series}]}
        at = {name: {"field": "value", **axes[name]}, **({"color": colour} if rule.series else {})}
        mark = {"type": "rule", "strokeDash": [5, 4], "strokeWidth": 1.2, "aria": False}
        yield {"data": data, "mark": mark, "encoding": at}
        if name == "y":
            at = {**at, "x": {"value": WIDTH - 90 * shift}}
            beside = {"align": "right", "dx": -4, "dy": -7}
        else:
            at = {**at, "y": {"value": 14 * shift}}
            beside = {"align": "left", "dx": 5, "dy": 8}
        yield {
            "data": data,
            "mark": {"type": "text", "fontSize": 11, "limit": WIDTH // 2, "aria": False, **beside},
            "encoding": {**at, "text": {"field": "text"}},
        }


def _tooltip(panel: Panel, value: str) -> list[dict[str, Any]]:
    return [
        {"field": "series", "title": "series"},
        {"field": "name", "title": "at"},
        {"field": value, "title": panel.y.title, "format": ","},
    ]


def _colour(domain: dict[str, str], sign: str) -> dict[str, Any]:
    many = len(domain) > 1
    legend = {
        "title": None,
        "orient": "bottom",
        "columns": 2 if max(map(len, domain)) > 24 else 4,
        "symbolType": sign,
        "symbolStrokeWidth": 2.5,
        "labelLimit": WIDTH // 2 - 30,
    }
    return {
        "field": "series",
        "type": "nominal",
        "scale": {"domain": list(domain), "range": list(domain.values())},
        "sort": None,
        "legend": legend if many else None,
    }


def _axis(panel: Panel, name: str) -> dict[str, Any]:
    axis = axis_of(panel, name)
    low, high = extent(panel, name)
    scale: dict[str, Any] = {"domain": [low, high], "nice": name == "y"}
    shown: dict[str, Any] = {"format": ",d" if axis.unit == "places" else "~s", "tickCount": 10}
    if axis.names:
        shown = {
            "values": [*range(1, len(axis.names) + 1)],
            "labelExpr": f"{_literal(['', *axis.names])}[datum.value]",
            "labelAngle": -45,
            "labelLimit": 150,
            "labelAlign": "right",
            "labelBaseline": "middle",
            "labelOverlap": False,
        }
    elif axis.log:
        scale = {"domain": [low, high], "type": "log"}
        shown = _marked(log_ticks(low, high, axis.unit, _LOG_TICKS))
    elif name == "y" and axis.zero:
        marks = ticks(high, axis.unit)
        scale = {"domain": [0, marks[-1][0]]}
        shown = _marked(marks)
    elif axis.unit in ("bytes", "seconds", "number"):
        shown = _marked(ticks(high, axis.unit, low=low))
    if axis.unit == "places":
        shown["tickMinStep"] = 1
    unmarked = {} if axis.marked else {"labels": False, "ticks": False}
    return {
        "type": "quantitative",
        "title": axis.title if axis.marked else None,
        "scale": scale,
        "axis": {**shown, **unmarked, "grid": name == "y"},
    }


def _marked(marks: Sequence[tuple[float, str]]) -> dict[str, Any]:
    """Return marks of our own in place of those that the library would choose."""
    values, texts = [value for value, _ in marks], [text for _, text in marks]
    return {"values": values, "labelExpr": f"{_literal(texts)}[indexof({_literal(values)}, datum.value)]"}


def _literal(values: Sequence[object]) -> str:
    """Return values as an array of Vega's expression language: what JSON is, it takes as the same."""
    return json.dumps(values)


def _config(theme: Theme) -> dict[str, Any]:
    words = {"labelColor": theme.more, "titleColor": theme.more}
    return {
        "background": theme.page,
        "font": _FONT,
        "padding": 16,
        "view": {"stroke": None},
        "title": {
            "anchor": "start",
            "frame": "group",
            "fontSize": 16,
            "color": theme.text,
            "subtitleColor": theme.more,
            "subtitleFontSize": 11.5,
            "subtitleLineHeight": 15,
            "subtitlePadding": 5,
            "offset": 14,
        },
        "axis": {
            **words,
            "gridColor": theme.grid,
            "domainColor": theme.axis,
            "tickColor": theme.axis,
            "titleFontWeight": "normal",
            "labelFontSize": 11,
            "titleFontSize": 12,
        },
        "legend": {**words, "labelFontSize": 11.5, "symbolSize": 90},
        "rule": {"color": theme.more},
        "text": {"color": theme.more},
    }
