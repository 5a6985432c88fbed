"""A chart as the content of a file: Vega-Lite, and what vl-convert makes of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cnnstat.base.text import escaped
from cnnstat.commands.draw.formats import of_svg
from cnnstat.commands.draw.libraries import converter
from cnnstat.commands.plot.colours import dark_of_light
from cnnstat.commands.plot.vega_lite import VERSION, WIDTH, vega_lite

if TYPE_CHECKING:
    from cnnstat.commands.plot.chart import Chart

_HEAD = "<svg "


def content(chart: Chart, form: str, theme: str = "") -> bytes:
    """Return a chart as an SVG, a PNG, a PDF, or as Vega-Lite (json).

    Without a ``theme`` it is light; an SVG then is dark on a page that is.

    Raises:
        NoLibraryError: vl-convert is missing.
    """
    if form == "json":
        return (escaped(json.dumps(vega_lite(chart, theme or "light"), indent=1)) + "\n").encode()
    text = svg(chart, theme)
    return of_svg(text, form, WIDTH)


def svg(chart: Chart, theme: str = "") -> str:
    """Return a chart as an SVG.

    Raises:
        NoLibraryError: vl-convert is missing.
    """
    text = str(
        converter().vegalite_to_svg(
            vega_lite(chart, theme or "light"), vl_version=VERSION, allowed_base_urls=[]
        )
    )
    assert text.startswith(_HEAD)
    if theme:
        return text
    start = text.index(">") + 1
    return f"{text[:start]}<style>{_dark_rules(chart)}</style>{text[start:]}"


def _dark_rules(chart: Chart) -> str:
    """Return rules by which a dark page shows its own colours in place of the light ones.

    The colours stand as attributes of the elements, which any rule outweighs.
    """
    pairs = dark_of_light(each for panel in chart.panels for each in panel.series)
    rules = (
        f'[{what}="{light}"]{{{what}:{dark}}}' for light, dark in pairs.items() for what in ("fill", "stroke")
    )
    return f"@media (prefers-color-scheme:dark){{{''.join(rules)}}}"
