"""Published figures without a citation cannot be looked up.

Why:
    A figure under `expect:` guards a spec only as far as its source can be trusted. Without one, nobody can
    say whether a figure that is missed is a mistake of the spec, of the source, or of who copied it. Figures
    of a variant or of a layer need none of their own where the spec has a `source:`.

Source:
    docs/spec.md, Published figures: `source:` stands beside the figure, under `expect:`, in the variant or in
    the spec. As for every measured number, an uncited one is a claim.

Bad:
    name: uncited
    input: [1, 28, 28]
    layers:
      - {type: conv, filters: 6, kernel: 5, expect: {params: 156}}

Good:
    name: cited
    input: [1, 28, 28]
    layers:
      - {type: conv, filters: 6, kernel: 5, expect: {params: 156, source: "LeCun et al. 1998, section II.B"}}
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.base.text import plural
from cnnstat.rules.rule import Found, Rule
from cnnstat.rules.written import entries

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnnstat.spec.expect import Expectation
    from cnnstat.spec.model import Family


def family(spec: Family) -> Iterator[Found]:
    """Find figures that cite nothing: in a variant, or in the spec beside its variants, the first of each."""
    if spec.source:  # it is what every figure cites that cites nothing else
        return
    own = [*spec.expect, *(each for entry in entries(spec) for each in entry.expect)]
    yield from _uncited(spec, own, "the spec")
    for key, variant in spec.variants.items():
        yield from _uncited(spec, variant.expect, f"the variant '{key}' or the spec")


def _uncited(spec: Family, expected: Iterable[Expectation], where: str) -> Iterator[Found]:
    # What cites nothing bears the name of the spec, as messages have to name something.
    bare = [each for each in expected if each.source == spec.name]
    if bare:
        first, more = bare[0], len(bare) - 1
        others = f", and {more} more {plural('figure', more)} have none" if more > 1 else ""
        others = ", and 1 more figure has none" if more == 1 else others
        message = (
            f"{first.figure} has no source{others}: name the paper, page or table in a 'source:' of {where}"
        )
        yield Found(message, first.span)


RULE = Rule("info", family=family)
