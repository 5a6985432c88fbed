"""The networks of a spec, analyzed one by one: its variants, or the only one that there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.analysis import analyze_graph
from cnnstat.base.errors import Problem, Span, SpecError
from cnnstat.graph.model import build
from cnnstat.spec.choice import choose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.analysis import Analysis
    from cnnstat.spec.model import Family


class Network(Struct, frozen=True):
    """A network of a spec, by its key, which is empty for the only one, and where it stands.

    ``analysis`` is None where there are ``problems``.
    """

    key: str
    name: str
    span: Span
    analysis: Analysis | None
    problems: tuple[Problem, ...] = ()


def networks(family: Family, variant: str | None = None) -> Iterator[Network]:
    """Yield the networks of a spec, or one variant, as each is analyzed: none need wait in memory."""
    for key in (variant,) if variant is not None else tuple(family.variants) or (None,):
        span = family.variants[key].span if key in family.variants else family.span
        try:
            analysis = analyze_graph(build(choose(family, key, {})))
        except SpecError as error:
            yield Network(key or "", key or family.name, span, None, tuple(error.problems))
        else:
            yield Network(key or "", analysis.name, span, analysis)
