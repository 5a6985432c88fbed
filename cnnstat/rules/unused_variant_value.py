"""A variant whose values change nothing, or make the same network as another variant.

Why:
    What stands under a variant's `params:` is read as the difference to the network as written. Where all of
    it is the network's own, there is none, and mostly a value was not changed after a line was copied. Of two
    variants with equal values one is copied in the same way, or not needed.

Source:
    The manual of the language, Families: `variants:` has "what differs in each".

Bad:
    name: variants
    input: [3, 32, 32]
    params: {width: 16}
    variants:
      narrow: {params: {width: 16}}
      wide: {params: {width: 64}}
    layers:
      - {type: conv, filters: $width, kernel: 3}

Good:
    name: variants
    input: [3, 32, 32]
    params: {width: 16}
    variants:
      narrow: {}
      wide: {params: {width: 64}}
    layers:
      - {type: conv, filters: $width, kernel: 3}
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.rules.rule import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.spec.model import Family
    from cnnstat.spec.values import Value


def family(spec: Family) -> Iterator[Found]:
    """Find variants whose values are all the network's own, and variants of equal values."""
    known: dict[frozenset[tuple[str, str]], str] = {}
    for key, variant in spec.variants.items():
        values = ((name, _exact(value), _exact(spec.params[name])) for name, value in variant.params.items())
        different = frozenset((name, value) for name, value, own in values if value != own)
        same = known.setdefault(different, key)
        if same != key:
            message = f"the variant '{key}' is the same network as '{same}': all parameters are equal"
            yield Found(message, variant.span)
        elif variant.params and not different:
            message = f"the variant '{key}' changes nothing: its values are those of the spec's own 'params:'"
            yield Found(message, variant.span)


def _exact(value: Value) -> str:
    """Return what only equal values have: to Python, 1 and True are equal, to the language they are not."""
    return repr(value)


RULE = Rule("info", family=family)
