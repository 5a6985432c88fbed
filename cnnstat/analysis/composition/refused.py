"""Layers that do not fit what they read: what the walk would say of them, from pieces.

Behind such a layer shapes are unknown, and pieces are made all the same: how they are wired does not follow
from shapes, and the walk goes on, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from cnnstat.analysis.composition.beyond import Beyond
from cnnstat.analysis.walk import misfit_problem
from cnnstat.base.errors import Problems
from cnnstat.base.limits import MAX_PROBLEMS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnnstat.analysis.composition.form import Form
    from cnnstat.analysis.composition.piece import Piece
    from cnnstat.analysis.composition.steps import StepList
    from cnnstat.analysis.composition.structure import StepStructure
    from cnnstat.base.errors import Misfit
    from cnnstat.layers.base import Shape
    from cnnstat.spec.model import Entry


class Refusal(Struct, frozen=True):
    """What is wrong at one place of a spec: the first layer of a piece that refuses its input there.

    ``path`` is its name in the piece, ``shapes`` are those that it reads, and ``instances`` counts the layers
    of that place that refuse theirs. A layer by itself has no ``entry`` and no path.
    """

    misfit: Misfit
    entry: Entry | None
    path: str
    shapes: tuple[Shape, ...]
    instances: int


def refused_in(
    step_list: StepList, wired: tuple[StepStructure, ...], form: Form, children: list[Piece], more: list[int]
) -> tuple[Refusal, ...]:
    """Return what is wrong in a list of which each step comes to this, in the order of its layers.

    Raises:
        Beyond: that is more than the walk says.
    """
    for child in children:
        if child.refused:
            break
    else:
        return ()
    entries: list[Entry] = []
    for step, each in zip(step_list.steps, wired, strict=True):
        entries += [step.entry] * (len(each) if isinstance(each, tuple) else 1)
    # Repetitions that one stands for are as those in front of it: the first that are refused are placed.
    names = [p.name if p.repetition is None else f"{p.name}.{p.repetition}" for p in form.places]
    times = [1 + further for further in more]
    refusals = [child.refused for child in children]
    return together(zip(entries, names, times, refusals, strict=True))


def together(children: Iterable[tuple[Entry, str, int, Iterable[Refusal]]]) -> tuple[Refusal, ...]:
    """Return what is wrong in a list of entries, in the order of its layers.

    It is put together from the entry and the name of each child, how often it stands there, and its refusals.

    Raises:
        Beyond: that is more than the walk says.
    """
    found: dict[object, Refusal] = {}
    for written, name, times, refusals in children:
        for each in refusals:
            entry = each.entry or written
            span = entry.span_of(each.misfit.field)
            place = each.misfit.code, each.misfit.field, span.line, span.column
            instances = each.instances * times
            if place in found:
                found[place] = replace(found[place], instances=found[place].instances + instances)
            else:
                path = f"{name}.{each.path}" if each.path else name
                found[place] = replace(each, entry=entry, path=path, instances=instances)
    if len(found) >= MAX_PROBLEMS:
        raise Beyond("more problems than anybody reads")
    return tuple(found.values())


def refuse(refusals: Iterable[Refusal]) -> None:
    """Refuse a network if anything is wrong in it.

    Raises:
        SpecError: that of the walk, word for word.
    """
    problems = Problems()
    for each in refusals:
        assert each.entry is not None  # a layer by itself is no network
        problem = misfit_problem(each.misfit, each.entry, each.path, each.shapes)
        problems.add_instance(problem, each.misfit.field, each.instances)
    problems.stop_if_any()
