"""How much figures may grow, and what grew more than that."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from msgspec.structs import replace

from cnnstat.base.errors import ArgumentError, Fault
from cnnstat.base.text import suggestion
from cnnstat.commands.check.changes import COMPARED, NetworkChange, label_of, percent_of
from cnnstat.spec.expect import tolerance

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


ANY = ""
"""The tolerance of every figure without one of its own."""


def read_tolerances(texts: Iterable[str]) -> dict[str, str]:
    """Read ``1%`` for all figures, ``macs=2%`` or ``params=500`` for one.

    Raises:
        ArgumentError: a tolerance cannot be read, or there is no such figure.
    """
    found = {}
    for text in texts:
        name, _, amount = text.rpartition("=")
        name = name.strip()
        if name and name not in COMPARED:
            hint = suggestion(name, COMPARED) or f"; known: {', '.join(COMPARED)}"
            raise ArgumentError(f"nothing is compared for '{name}'{hint}")
        try:
            tolerance(amount.strip(), Fraction(1))
        except Fault as fault:
            raise ArgumentError(fault.message) from None
        found[name] = amount.strip()
    return found


def judged(change: NetworkChange, tolerances: Mapping[str, str]) -> tuple[NetworkChange, list[str]]:
    """Mark what grew beyond its tolerance, and say it in a line."""
    figures, said = [], []
    for each in change.figures:
        allowed = tolerances.get(each.figure, tolerances.get(ANY, "0"))
        before = each.before or 0
        difference = each.after - before
        grown = difference > tolerance(allowed, Fraction(before))
        figures.append(replace(each, grown=grown))
        if grown:
            percent = f", {percent_of(before, each.after)}" if before else ""
            said.append(f"{label_of(each.figure)} {before:,} -> {each.after:,} ({difference:+,}{percent})")
    limit = " and ".join(f"{name}{'=' if name else ''}{amount}" for name, amount in tolerances.items())
    beyond = f"; tolerance {limit}" if limit else ""
    message = [f"{change.network} grew: {', '.join(said)}{beyond}"] if said else []
    return replace(change, figures=tuple(figures)), message
