"""Dropout before a batch norm: the norm remembers a variance that inference does not have.

Why:
    In training, dropout makes the values that it keeps larger, and with them the variance that the norm
    learns. At inference nothing is dropped, the variance is smaller, and the norm still divides by the one it
    has learned. Layers between the two that have no statistics of their own (convolutions, activations,
    pools) hand the shift on. Put dropout behind the last batch norm. Very wide layers, as those of Wide
    ResNet, suffer less.

Source:
    Li, Chen, Hu, Yang: Understanding the disharmony between dropout and batch normalization by variance
    shift, arXiv:1801.05134.

Bad:
    name: shift
    input: [3, 32, 32]
    layers:
      - {type: conv, filters: 64, kernel: 3}
      - {type: dropout, rate: 0.5}
      - {type: conv, filters: 64, kernel: 3, bias: false}
      - {type: batch_norm}
      - {type: relu}
      - {type: conv, filters: 10, kernel: 1}

Good:
    name: no shift
    input: [3, 32, 32]
    layers:
      - {type: conv, filters: 64, kernel: 3}
      - {type: conv, filters: 64, kernel: 3, bias: false}
      - {type: batch_norm}
      - {type: relu}
      - {type: dropout, rate: 0.5}
      - {type: conv, filters: 10, kernel: 1}
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.layers.dropout import Dropout
from cnnstat.rules.rule import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.analysis import Analysis
    from cnnstat.graph.model import Graph

_NORMS = ("batch_norm", "layer_norm", "group_norm", "instance_norm")


def network(analysis: Analysis) -> Iterator[Found]:
    """Find dropout whose values reach a batch norm before they reach any other norm."""
    graph = analysis.graph
    drops = [node for node in graph.layers if isinstance(node.layer, Dropout) and node.layer.rate]
    if not drops:
        return
    norms = _first_norms(graph)
    for node in drops:
        norm = norms[node.number]
        if norm is not None:
            message = f"'{node.path}' drops values before '{graph.name(norm)}'"
            yield Found(f"{message}, which learns a variance that inference does not have", node.entry.span)


def _first_norms(graph: Graph) -> list[int | None]:
    """Return for each node the first batch norm that its values reach with no other norm on the way."""
    found: list[int | None] = [None] * len(graph.nodes)
    for node in reversed(graph.layers):
        behind = node.number if node.type == "batch_norm" else found[node.number]
        if node.type in _NORMS[1:] or behind is None:
            continue
        for source in node.values:
            known = found[source]
            found[source] = behind if known is None else min(known, behind)
    return found


RULE = Rule("warning", network=network)
