"""Texts that would do something in a page, a graph language or a terminal that took them as its own."""

from __future__ import annotations

import json

from cnnstat.analysis import analyze_graph
from cnnstat.commands.draw.network_picture import Chosen, picture_of
from cnnstat.commands.draw.picture import Arrow, Box, Item, Picture
from cnnstat.graph.load import loads

SIGNS = (
    "<script>window.ran=1</script>",
    '"/><image href="x" onerror="window.ran=2"/>',
    "]]><script>window.ran=3</script>",
    "</style><style>*{display:none}",
    "'\"`&amp;&lt;&#60;\\N\\G\\n",
    "\x1b[31m\x07\x00\u202e\ud7ff\ufffe",
    'end; subgraph x; click n0 href "javascript:window.ran=4"',
    "%%{init: {'securityLevel': 'loose'}}%%",
    "漢字かな🙂e\u0301",
    "שלום (1, 2) عالم",
)
"""Texts that are more than they seem."""

LONG = "w" * 3000


def hostile_picture() -> Picture:
    """Return a picture in which every text is one of them: a name can hold less, a plug-in's type more."""
    count = len(SIGNS)
    items = tuple(
        Item(
            n,
            "layer" if n else "input",
            "conv",
            sign,
            sign,
            sign,
            (sign,),
            sign,
            (3, 8, 8),
            sign,
            output=n == count - 1,
        )
        for n, sign in enumerate(SIGNS)
    )
    arrows = (*(Arrow(n, n + 1, skip=False) for n in range(count - 1)), Arrow(0, 3, skip=True))
    boxes = (Box(SIGNS[0], (1, 2, 3), None, SIGNS[1]), Box(SIGNS[4], (2,), 0, SIGNS[5], stands=True))
    return Picture(SIGNS[0], SIGNS[1], items, arrows, boxes)


def hostile_text(sign: str) -> str:
    """Return a spec with a text wherever a spec has any: names of layers are letters, digits, _ and -."""
    long = "n" * 64
    spec = {
        "name": "@",
        "source": "@",
        "input": [3, 8, 8],
        "blocks": {long: {"layers": [{"name": long, "type": "conv", "filters": 2, "kernel": 3}]}},
        "layers": [{"name": long, "type": long}, {"name": "b", "type": "relu"}],
        "expect": {"params": {"value": 57, "erratum": "@", "correct": 56, "source": "@"}},
    }
    escaped = "".join(f"\\U{ord(each):08x}" for each in sign)
    return json.dumps(spec).replace("@", escaped)


def hostile_network(sign: str = "".join(SIGNS)) -> Picture:
    """Return the picture of a spec with a text wherever a spec has any."""
    return picture_of(analyze_graph(loads(hostile_text(sign))), Chosen())
