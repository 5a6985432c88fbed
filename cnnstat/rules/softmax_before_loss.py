"""A softmax as the last layer, where a loss may expect logits.

Why:
    The cross-entropy of PyTorch (`CrossEntropyLoss`) and of most frameworks takes logits and applies the
    softmax itself, within one logarithm, which neither overflows nor loses digits. Behind a softmax of the
    network it is applied twice: the probabilities lie between 0 and 1, so the loss stays far from 0 and its
    gradients small. Leave the softmax out for training, or take a loss of probabilities, as `cnnstat run`
    does behind a softmax (`negative_log_likelihood`).

Source:
    The manual of torch.nn.CrossEntropyLoss, which expects unnormalized logits; Goodfellow, Bengio, Courville,
    Deep Learning, MIT Press 2016, section 6.2.2.3.

Bad:
    name: probabilities
    input: [16]
    layers:
      - {type: linear, units: 10}
      - {type: softmax}

Good:
    name: logits
    input: [16]
    layers:
      - {type: linear, units: 10}
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.layers.softmax import Softmax
from cnnstat.rules.rule import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.analysis import Analysis


def network(analysis: Analysis) -> Iterator[Found]:
    """Find a softmax that the network puts out."""
    for node in analysis.graph.layers:
        if node.number in analysis.graph.outputs and type(node.layer) is Softmax:
            message = (
                f"the network puts out '{node.path}', a softmax: a cross-entropy that takes logits has its"
            )
            yield Found(
                f"{message} own; leave it out there, or take a loss of probabilities", node.entry.span
            )


RULE = Rule("info", network=network)
