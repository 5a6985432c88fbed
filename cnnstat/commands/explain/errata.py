"""Published figures that are wrong: what was printed, which slip gives it, and what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec import Struct

from cnnstat.analysis.expectations import figure, published
from cnnstat.base.arithmetic import Term  # noqa: TC001 - a field of a class
from cnnstat.base.figures import FIGURES
from cnnstat.commands.explain.slips import Slip, slips
from cnnstat.report.model import Derivation
from cnnstat.report.text import grouped
from cnnstat.spec.expect import Expectation, Figure, Printed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnnstat.analysis import Analysis, Row, Totals

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

    def steps(self) -> tuple[Derivation, ...]:
        """Return what was printed, what is right, which slip gives it, and what the spec says."""
        told = self.expectation
        missed = None if self.right is None else told.missed(self.right)
        if missed is not None:  # it is no erratum, or its right figure is another
            return (Derivation("erratum", "erratum", text=missed),)
        right = "unknown" if self.right is None else _shown(self.right)
        title = FIGURES[told.figure].title
        lines = [f"{title} printed as {_printed(told)}; right is {right} (printed by: {told.source})"]
        ways: dict[str, list[str]] = {}
        for slip in self.slips:
            ways.setdefault(_arithmetic(slip), []).append(forgotten(slip))
        lines += [f"{how} forgets {' or '.join(words)}" for how, words in ways.items()]
        lines.append(f"the spec says: {told.erratum}")
        return tuple(Derivation("erratum", "erratum", text=line) for line in lines)

    def data(self) -> dict[str, Any]:
        """Return the erratum as the JSON contract has it."""
        told = self.expectation
        return {
            "figure": told.figure,
            "printed": told.text,
            "source": told.source,
            "right": list(self.right) if isinstance(self.right, tuple) else self.right,
            "reason": told.erratum,
            "slips": [
                {
                    "forgotten": slip.forgotten[0].formula,
                    "numbers": slip.arithmetic.numbers,
                    "words": forgotten(slip),
                }
                for slip in self.slips
            ],
        }


Errata: TypeAlias = "dict[str, list[tuple[Row | Totals, Expectation]]]"
"""The figures marked as errata by the name of their layer, ``total`` for the network."""


def errata(analysis: Analysis) -> Errata:
    """Return what is marked as an erratum; nothing for another input than the published one."""
    found: Errata = {}
    if not analysis.graph.as_published:
        return found
    for name, row, expected in published(analysis.graph, analysis.rows, analysis.groups, analysis.totals):
        for expectation in expected:
            if expectation.erratum is not None:
                found.setdefault(name, []).append((row, expectation))
    return found


def explained(row: Row | Totals, expectation: Expectation, figures: Mapping[str, Term]) -> Erratum:
    """Return an erratum with the slips that give what was printed, found in the figure's arithmetic."""
    right = figure(row, expectation.figure)
    wrong, how = expectation.printed, figures.get(expectation.figure)
    # Of a rounded figure, a slip would be one of many that fit.
    exact = isinstance(wrong, Printed) and wrong.exact
    if how is None or not exact or right is None:
        return Erratum(expectation, right, ())
    assert isinstance(wrong, Printed)
    return Erratum(expectation, right, slips(how, int(wrong.value)))


def forgotten(slip: Slip) -> str:
    """Return what a slip forgets, in words."""
    name = slip.forgotten[0].formula
    distinct = tuple(dict.fromkeys(part.numbers for part in slip.forgotten))
    numbers = " or ".join(filter(None, (", ".join(distinct[:-1]), distinct[-1])))
    if not slip.every:
        return "one side of the kernel" if name == "kernel" else f"{name} ({numbers}) in one place"
    known = (_VARIED if len(distinct) > 1 and name in _VARIED else _WORDS).get(name)
    return f"{name} ({numbers})" if known is None else known.format(numbers=numbers)


def _arithmetic(slip: Slip) -> str:
    how = slip.arithmetic
    return grouped(f"{how.numbers if how.symbol else how.formula} = {how.value}")


def _printed(expectation: Expectation) -> str:
    printed = expectation.printed
    if not isinstance(printed, Printed):
        return _shown(printed)
    # A paper that counts in thousands of 1,024 prints 2.7K; the spec says which thousand it means.
    binary = f" ({round(printed.value):,})" if "i" in printed.text else ""
    return grouped(expectation.text) + binary


def _shown(value: Figure) -> str:
    return grouped(f"{value}") if isinstance(value, int) else "×".join(map(str, value))
