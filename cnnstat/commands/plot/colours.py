"""The colours of charts on light and on dark pages: parted from each other, and from the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.commands.draw.style import DARK, LIGHT, colours
from cnnstat.commands.plot.chart import OTHER, REST

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnnstat.commands.draw.style import Scheme
    from cnnstat.commands.plot.chart import Series

# Told apart also by those who confuse red and green: by lightness, and blue stands beside orange.
_LIGHT = ("#0b5cad", "#d9730d", "#1a7f5a", "#b3267e", "#6f42c1", "#8a6d00", "#17808f", "#a4343a")
_DARK = ("#6cb2ff", "#ff9e45", "#4fd1a1", "#ff8ac8", "#b99bff", "#e0c04a", "#5fd3e3", "#ff8f8f")


class Theme(Struct, frozen=True):
    """The colours of a page, of what is written and drawn on it, and of series in order."""

    page: str
    text: str
    more: str
    grid: str
    axis: str
    other: str
    series: tuple[str, ...]
    scheme: Scheme


THEMES = {
    "light": Theme("#ffffff", "#1f2328", "#424a53", "#e4e8ec", "#8c959f", "#b4bcc5", _LIGHT, LIGHT),
    "dark": Theme("#0d1117", "#f0f6fc", "#c9d1d9", "#21262d", "#6e7681", "#565e68", _DARK, DARK),
}


def series_colours(series: Iterable[Series], theme: Theme) -> dict[str, str]:
    """Return the colour of each series by its name: that of its family, a grey, or the next of the page's."""
    found: dict[str, str] = {}
    count = 0
    for each in series:
        if each.name in found:
            continue
        if each.hue in (OTHER, REST):
            found[each.name] = theme.other if each.hue == OTHER else theme.axis
        elif each.hue:
            found[each.name] = colours(theme.scheme, each.hue)[1]
        else:
            found[each.name] = theme.series[count % len(theme.series)]
            count += 1
    return found


def dark_of_light(series: Iterable[Series]) -> dict[str, str]:
    """Return for each colour of a chart on a light page the one on a dark page."""
    light, dark = THEMES["light"], THEMES["dark"]
    series = tuple(series)
    of_page = {getattr(light, key): getattr(dark, key) for key in ("page", "text", "more", "grid", "axis")}
    after = series_colours(series, dark)
    return of_page | {colour: after[name] for name, colour in series_colours(series, light).items()}
