"""Texts that would do something in a page, a graph language or a terminal that took them as its own."""

from __future__ import annotations

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
)
"""Texts that are more than they seem."""


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


def hostile_network() -> Picture:
    """Return the picture of a spec with such texts wherever a spec has any."""
    quoted = "<script>window.ran=5</script>'\\\" \\e[31m \\u202e"
    text = (
        f'name: "{quoted}"\nsource: "{quoted}"\ninput: [3, 8, 8]\nlayers:\n'
        f"  - {{name: a, type: conv, filters: 2, kernel: 3}}\n  - {{name: b, type: relu}}\n"
    )
    return picture_of(analyze_graph(loads(text)), Chosen())
