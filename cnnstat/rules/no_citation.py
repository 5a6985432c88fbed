"""Published figures without a citation cannot be looked up.

Why:
    A figure under `expect:` guards a spec only as far as its source can be trusted. Without one, nobody can
    say whether a figure that is missed is a mistake of the spec, of the source, or of who copied it.

Source:
    Good practice; the key `source:` of a spec, a variant or an expectation is where it goes.

Bad:
    name: uncited
    input: [1, 28, 28]
    layers:
      - {type: conv, filters: 6, kernel: 5, expect: {params: 156}}

Good:
    name: cited
    input: [1, 28, 28]
    layers:
      - {type: conv, filters: 6, kernel: 5, expect: {params: 156, source: "LeCun et al. 1998, p. 7"}}
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.rules.rule import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.spec.model import Family


def family(spec: Family) -> Iterator[Found]:
    """Find expectations that cite nothing."""
    expected = [*spec.expect]
    for variant in spec.variants.values():
        expected += variant.expect
    for entry in (*spec.layers, *(entry for block in spec.blocks.values() for entry in block.layers)):
        expected += entry.expect
    for each in expected:
        if not each.source:
            yield Found(f"{each.figure} has no source: name the paper, page or table", each.span)


RULE = Rule("info", family=family)
