"""Branches that meet with different places of the input at one place of the map.

Why:
    A join adds or stacks what stands at the same place of its inputs. Where the branches are padded unlike
    each other, the middle of what one of them sees lies elsewhere in the network's input than the middle of
    what the other one sees, and the layers behind have to undo the shift. Pad evenly. Branches that end at
    the same place, as causal ones do, are meant so; maps that are enlarged again, or see all of the input,
    have no middle to compare.

Source:
    Araujo, Norris, Sim, Computing receptive fields of convolutional neural networks, Distill 2019
    (alignment of paths).

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

from cnnstat.base.text import listed, plural
from cnnstat.rules.rule import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnstat.analysis import Analysis
    from cnnstat.analysis.receptive_field import Field


def network(analysis: Analysis) -> Iterator[Found]:
    """Find the joins whose branches step alike over the input, but beside each other."""
    for row in analysis.rows:
        node = row.node
        fields = [analysis.fields[number] for number in node.values]
        if row.field.aligned or len(fields) < 2 or not all(map(_is_plain, fields)):
            continue
        if apart := _apart(fields):
            names = listed(
                [f"'{analysis.graph.name(number)}'" for number in dict.fromkeys(node.values)], " and "
            )
            message = f"in '{node.path}' meet {names}, whose middles lie up to {apart} of the input apart"
            yield Found(message, node.entry.span)


def _is_plain(field: Field) -> bool:
    """Say whether all units see regions of one size, a step apart along each axis."""
    plain = all(len(axis) == 1 and axis[0].period == 1 and axis[0].advance for axis in field.axes)
    return field.known and field.aligned and plain


def _apart(fields: Sequence[Field]) -> str:
    """Return how far the middles of the first units lie apart, at most; nothing where branches end alike."""
    most = 0
    for axes in zip(*(field.axes for field in fields), strict=True):
        bounds = [axis[0] for axis in axes]
        middles = [each.low[0] + each.high[0] for each in bounds]
        if len({each.advance for each in bounds}) == 1 and len({each.high[0] for each in bounds}) > 1:
            most = max(most, max(middles) - min(middles))
    return f"{most / 2:g} {plural('place', most // 2 if most % 2 == 0 else 2)}" if most else ""


RULE = Rule("warning", network=network)
