"""A bias directly before a norm of each channel has no effect.

Why:
    The norm takes the mean of each channel off, and the bias with it. Its numbers are stored, trained and
    counted, but never matter; the shift of the norm is the bias.

Source:
    Ioffe and Szegedy 2015, Batch Normalization, section 3.2.

Bad:
    name: bias
    input: [3, 8, 8]
    layers:
      - {type: conv, filters: 4, kernel: 3}
      - {type: batch_norm}

Good:
    name: bias
    input: [3, 8, 8]
    layers:
      - {type: conv, filters: 4, kernel: 3, bias: false}
      - {type: batch_norm}
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.rules.rule import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.analysis import Analysis

_NORMS = ("batch_norm", "instance_norm")


def network(analysis: Analysis) -> Iterator[Found]:
    """Find layers with a bias whose only reader is a norm."""
    graph = analysis.graph
    readers: dict[int, list[str]] = {}
    for node in graph.layers:
        for number in node.inputs:
            readers.setdefault(number, []).append(node.type)
    for node in graph.layers:
        reads = readers.get(node.number, [])
        if getattr(node.layer, "bias", False) and len(reads) == 1 and reads[0] in _NORMS:
            message = f"the bias of '{node.path}' has no effect: {reads[0]} takes it off; write bias: false"
            yield Found(message, node.entry.span_of("bias"))


RULE = Rule("warning", network=network)
