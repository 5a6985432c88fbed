"""The networks of a spec, analyzed one by one: its variants, or the only one that there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.analysis import analyze_graph
from cnnstat.base.errors import Problem, Span, SpecError
from cnnstat.base.limits import MAX_CHECKED_LAYERS
from cnnstat.commands.check.budgets import checked_inputs
from cnnstat.graph.model import build
from cnnstat.spec.choice import choose

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnnstat.analysis import Analysis
    from cnnstat.spec.model import Family


_START = 20
"""Layers that take as long as all that rules do for a network of none."""


class Network(Struct, frozen=True):
    """A network of a spec, by its key, which is empty for the only one, and where it stands.

    ``analysis`` is None where there are ``problems``, and without any where it was not looked at.
    """

    key: str
    name: str
    span: Span
    analysis: Analysis | None
    problems: tuple[Problem, ...] = ()


def networks(family: Family, variant: str | None = None) -> Iterator[Network]:
    """Yield the networks of a spec, or one variant, as each is analyzed: none need wait in memory.

    Once they have MAX_CHECKED_LAYERS together, on all inputs that budgets are for, no other is looked at.
    """
    looked_at = 0
    for key in (variant,) if variant is not None else tuple(family.variants) or (None,):
        own = family.variants.get(key or "", family)
        if looked_at > MAX_CHECKED_LAYERS:
            yield Network(key or "", own.name, own.span, None)
            continue
        try:
            analysis = analyze_graph(build(choose(family, key, {})))
        except SpecError as error:
            yield Network(key or "", key or family.name, own.span, None, tuple(error.problems))
        else:
            looked_at += _START + len(analysis.rows) * (1 + checked_inputs(analysis.graph))
            yield Network(key or "", analysis.name, own.span, analysis)


def unchecked(wrong: Iterable[Network], total: int) -> tuple[Problem, ...]:
    """Return that some networks of a file were not looked at, if that is so."""
    left = [each for each in wrong if not each.problems]
    message = (
        f"{len(left):,} of {total:,} variants were not checked: those before have more than "
        f"{MAX_CHECKED_LAYERS:,} layers together; name FILE#VARIANT, or write several files"
    )
    return (Problem("file/unchecked", message, left[0].span),) if left else ()
