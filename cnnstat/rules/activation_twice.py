"""An activation directly behind an activation.

Why:
    A second activation adds no weights that could use it. Behind a rectifier, another one changes nothing;
    a sigmoid of a rectifier is never below one half, and a rectifier of a sigmoid is the sigmoid. Mostly a
    layer between them was left out, or a block that ends in an activation stands before one that begins
    with it.

Source:
    The formulas: relu(relu(x)) = relu(x); see `cnnstat explain relu`. Why a layer between them is what
    makes a network deep: Goodfellow, Bengio, Courville, Deep Learning, MIT Press 2016, chapter 6.

Bad:
    name: twice
    input: [3, 8, 8]
    layers:
      - {type: conv, filters: 4, kernel: 3}
      - {type: relu}
      - {type: relu}

Good:
    name: once
    input: [3, 8, 8]
    layers:
      - {type: conv, filters: 4, kernel: 3}
      - {type: relu}
      - {type: conv, filters: 4, kernel: 3}
      - {type: relu}
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.graph.nodes import LayerNode
from cnnstat.layers.activation import Activation
from cnnstat.rules.rule import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.analysis import Analysis


def network(analysis: Analysis) -> Iterator[Found]:
    """Find activations whose input is that of an activation."""
    for node in analysis.graph.layers:
        above = analysis.graph.nodes[node.inputs[0]] if node.inputs else None
        if not isinstance(node.layer, Activation) or not isinstance(above, LayerNode):
            continue
        if isinstance(above.layer, Activation):
            message = f"'{node.path}' ({node.type}) directly behind '{above.path}' ({above.type})"
            yield Found(f"{message}: leave one out, or put a layer between them", node.entry.span)


RULE = Rule("warning", network=network)
