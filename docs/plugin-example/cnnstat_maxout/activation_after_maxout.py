"""An activation directly behind a maxout, which is one already.

Why:
    A maxout of linear functions is a convex function that is learned: of two pieces it can be the rectifier
    itself, or the absolute value. A rectifier behind it cuts off half of what it has learned.

Source:
    Goodfellow, Warde-Farley, Mirza, Courville, Bengio: Maxout networks, arXiv:1302.4389, section 3.

Bad:
    name: twice
    input: [3, 8, 8]
    layers:
      - {type: conv, filters: 8, kernel: 3}
      - {type: maxout}
      - {type: relu}

Good:
    name: once
    input: [3, 8, 8]
    layers:
      - {type: conv, filters: 8, kernel: 3}
      - {type: maxout}
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.rules.rule import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.analysis import Analysis


def network(analysis: Analysis) -> Iterator[Found]:
    """Find activations that read a maxout."""
    graph = analysis.graph
    maxouts = {node.number: node for node in graph.layers if node.type == "maxout"}
    for node in graph.layers:
        if node.layer.family == "activation" and node.type != "maxout" and node.inputs[0] in maxouts:
            maxout = maxouts[node.inputs[0]]
            message = f"'{node.path}' is an activation of '{maxout.path}', a maxout, which is one already"
            yield Found(message, node.entry.type.span)


RULE = Rule("warning", network=network)
