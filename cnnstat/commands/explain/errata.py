"""Published figures that are wrong: what was printed, which slip gives it, and what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from cnnstat.analysis.expectations import figure, published
from cnnstat.analysis.model import Totals
from cnnstat.commands.explain.slips import Slip, slips
from cnnstat.spec.expect import Expectation, Figure, Printed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnnstat.analysis import Analysis, Row
    from cnnstat.base.arithmetic import Term

_WORDS = {
    "bias": "the biases",
    "maps": "that there are {numbers} input maps",
    "inputs": "that there are {numbers} inputs",
    "maps per group": "that each group reads {numbers} maps",
    "filters": "that there are {numbers} filters",
    "kernel": "the kernel",
    "scale": "the scales",
    "shift": "the shifts",
    "2": "that a multiply-add is two operations",
}
"""How it is said that every part of a name is forgotten; of another name, with its numbers."""

_VARIED = {"maps": "that filters read {numbers} maps", "filters": "how many filters there are"}
"""The same where the numbers differ, as those of a connection table do."""


class Erratum(Struct, frozen=True):
    """One printed figure that is wrong, and the slips that give it."""

    expectation: Expectation
    right: Figure | None
    slips: tuple[Slip, ...]


Marked: TypeAlias = dict[str | None, list[Expectation]]
"""The figures marked as errata by the name of their layer or block; those of the network under None.

A layer may be called ``total``, too.
"""


def marked(analysis: Analysis) -> Marked:
    """Return what is marked as an erratum; nothing for another input than the published one."""
    found: Marked = {}
    if not analysis.graph.as_published:
        return found
    for name, row, expected in published(analysis.graph, analysis.rows, analysis.groups, analysis.totals):
        wrong = (expectation for expectation in expected if expectation.erratum is not None)
        found.setdefault(None if isinstance(row, Totals) else name, []).extend(wrong)
    return found


def errata_in(row: Row | Totals, figures: Mapping[str, Term], wrong: Marked) -> tuple[Erratum, ...]:
    """Return the errata in a row's figures, with the slips that give what was printed.

    ``figures`` have the arithmetic in which slips are looked for.
    """
    own = wrong.get(None if isinstance(row, Totals) else row.name, ())
    return tuple(_erratum(expectation, figure(row, expectation.figure), figures) for expectation in own)


def _erratum(expectation: Expectation, right: Figure | None, figures: Mapping[str, Term]) -> Erratum:
    printed, how = expectation.printed, figures.get(expectation.figure)
    # Of a rounded figure, a slip would be one of many that fit.
    if how is None or right is None or not isinstance(printed, Printed) or not printed.exact:
        return Erratum(expectation, right, ())
    return Erratum(expectation, right, slips(how, int(printed.value)))


def forgotten(slip: Slip) -> str:
    """Return what a slip forgets, in words."""
    name = slip.forgotten[0].formula
    distinct = tuple(dict.fromkeys(part.numbers for part in slip.forgotten))
    numbers = " or ".join(filter(None, (", ".join(distinct[:-1]), distinct[-1])))
    if not slip.every:
        return "one side of the kernel" if name == "kernel" else f"{name} ({numbers}) in one place"
    known = (_VARIED if len(distinct) > 1 and name in _VARIED else _WORDS).get(name)
    return f"{name} ({numbers})" if known is None else known.format(numbers=numbers)
