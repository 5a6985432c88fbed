"""Analyses -> Chart: layers on the roof of a machine, and the least time of each layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.analysis.roofline import roofs, together
from cnnstat.base.errors import ArgumentError
from cnnstat.base.text import plural
from cnnstat.commands.draw.wording import family_of
from cnnstat.commands.plot.chart import REST, Axis, Chart, Panel, Point, Rule, Series, distinct, label
from cnnstat.commands.plot.heading import LONGEST, heading, names_of
from cnnstat.commands.plot.ticks import log_ends
from cnnstat.report.machine import machine_entry, machine_phrase
from cnnstat.report.model import Quantity
from cnnstat.report.text import said

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnstat.analysis import Analysis
    from cnnstat.analysis.machines import Machine
    from cnnstat.analysis.roofline import Roof

_ACROSS = "FLOPs for each byte"


class _Place(Struct, frozen=True):
    """Layers alike to a machine: what they are called, FLOPs for each byte and a second, and their time."""

    name: str
    intensity: float
    rate: float
    seconds: float


def roofline_chart(analyses: Sequence[Analysis], machine: Machine) -> Chart:
    """Return the roof of a machine with the layers on it, and below them their least times.

    Those of one network have the colours of their families, those of several one for each network.

    Raises:
        ArgumentError: no layer has a FLOP.
    """
    under = [roofs(analysis, machine) for analysis in analyses]
    alone = len(analyses) == 1
    groups: dict[str, list[_Place]] = {}
    for name, analysis, each in zip(names_of(analyses), analyses, under, strict=True):
        for key, places in _places(analysis, each).items():
            groups.setdefault(key if alone else name, []).extend(places)
    if not groups:
        raise ArgumentError("no layer has a FLOP, so none has a place under the roof")
    *names, roof = distinct((*groups, "roof"))
    ridge = float(machine.ridge)
    found = [place.intensity for places in groups.values() for place in places]
    slope = sorted({*log_ends(min(*found, ridge), max(*found, ridge)), ridge})
    rates, times = [], []
    for name, (key, places) in zip(names, groups.items(), strict=True):
        hue = key if alone else ""
        rates.append(
            Series(name, "points", tuple(Point(p.intensity, p.rate, p.name) for p in places), hue=hue)
        )
        times.append(
            Series(name, "points", tuple(Point(p.intensity, p.seconds, p.name) for p in places), hue=hue)
        )
    rates.append(Series(roof, "line", tuple(Point(x, _attained(x, machine)) for x in slope), hue=REST))
    text = said((Quantity(ridge, "ratio"), " FLOPs for each byte"))
    across = Axis(_ACROSS, "number", log=True, marked=False)
    return Chart(
        f"{label(analyses[0].name)}: roofline" if alone else "Rooflines",
        (
            *(line for pair in zip(analyses, under, strict=True) for line in _lines(*pair)),
            label(said(machine_phrase(machine_entry(machine))), LONGEST),
        ),
        (
            Panel(across, Axis("FLOPs a second, at most", log=True), tuple(rates), (Rule("x", ridge, text),)),
            Panel(
                Axis(_ACROSS, "number", log=True),
                Axis("time of a layer, at least", "seconds", log=True),
                tuple(times),
                (Rule("x", ridge, ""),),
            ),
        ),
    )


def _places(analysis: Analysis, roofs: Sequence[Roof]) -> dict[str, list[_Place]]:
    """Return the layers that have FLOPs by their families; of those that are alike, one for all."""
    alike: dict[tuple[str, Roof], list[str]] = {}
    for row, roof in zip(analysis.rows, roofs, strict=True):
        if roof.flops and roof.intensity is not None:
            alike.setdefault((family_of(row), roof), []).append(row.name)
    found: dict[str, list[_Place]] = {}
    for (family, roof), (first, *others) in alike.items():
        assert roof.intensity is not None
        name = label(first) + (f" and {len(others):,} more" if others else "")
        seconds = float(roof.seconds)
        place = _Place(name, float(roof.intensity), float(roof.flops / roof.seconds), seconds)
        found.setdefault(family, []).append(place)
    return found


def _attained(intensity: float, machine: Machine) -> float:
    """Return the FLOPs a second that the roof allows."""
    return min(float(machine.peak), intensity * float(machine.bandwidth))


def _lines(analysis: Analysis, roofs: Sequence[Roof]) -> Iterator[str]:
    """Yield the least time of a network, and what of it the chart does not show."""
    whole, settings = together(roofs), analysis.settings
    bound = together(roof for roof in roofs if roof.bound == "memory")
    share = Quantity(float(bound.seconds / whole.seconds), "share")
    time = Quantity(float(whole.seconds), "seconds")
    batch = f"{settings.dtype}, batch {settings.batch:,}"
    yield f"{heading(analysis)} ({batch}): at least {said((time, ', of which memory bounds ', share))}"
    idle = [roof for roof in roofs if roof.seconds and not roof.flops]
    if idle:
        more = Quantity(float(together(idle).seconds / whole.seconds), "share")
        layers = f"{len(idle):,} {plural('layer', len(idle))} that only move bytes "
        yield said((f"Not shown: {layers}(", more, " of the time)."))
