"""Branches that meet with different places of the input at one place of the map.

Why:
    A join adds or stacks what stands at the same place of its inputs. Where the branches step or pad unlike each
    other, the middle of what one of them sees lies elsewhere in the network's input than the middle of what
    the other one sees, and the layer behind has to undo the shift. Pad evenly, and give branches the same
    strides.

Source:
    Araujo, Norris, Sim, Computing receptive fields of convolutional neural networks, Distill 2019 (alignment of
    paths).

Bad:
    name: shifted
    input: [3, 8, 8]
    layers:
      - {type: conv, name: left, filters: 4, kernel: 3, from: input, padding: [0, 2, 0, 2]}
      - {type: conv, name: right, filters: 4, kernel: 1, from: input}
      - {type: add, from: [left, right]}

Good:
    name: aligned
    input: [3, 8, 8]
    layers:
      - {type: conv, name: left, filters: 4, kernel: 3, from: input, padding: 1}
      - {type: conv, name: right, filters: 4, kernel: 1, from: input}
      - {type: add, from: [left, right]}
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.rules.rule import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.analysis import Analysis


def network(analysis: Analysis) -> Iterator[Found]:
    """Find the joins at which fields are no longer aligned."""
    for row in analysis.rows:
        node = row.node
        if len(node.values) > 1 and not row.field.aligned:
            if all(analysis.fields[number].aligned for number in node.values):
                read = " and ".join(
                    f"'{analysis.graph.name(number)}'" for number in dict.fromkeys(node.values)
                )
                message = f"the branches that meet in '{node.path}' see different places of the input: {read}"
                yield Found(message, node.entry.span)


RULE = Rule("info", network=network)
