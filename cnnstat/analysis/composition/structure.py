"""How pieces are wired and how often their children repeat: many pieces have one structure."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from cnnstat.analysis.composition.form_builder import FormBuilder
from cnnstat.base.limits import PARTS
from cnnstat.graph.scope import SCOPE_STEPS

if TYPE_CHECKING:
    from cnnstat.analysis.composition.form import Form
    from cnnstat.analysis.composition.steps import StepList


class Structure(Struct, frozen=True, eq=False, gc=False):
    """What of a piece follows from how it is wired and from how often children repeat; many pieces have one.

    ``layers`` says how many there are, ``height`` how deep blocks nest. ``placed`` and ``made`` are the steps
    of unfolding that a further call and the first one take at most, as `cnnstat.graph.scope` counts them:
    what takes more than there may be is unfolded, which counts them exactly.
    """

    form: Form
    layers: int
    placed: int
    made: int
    height: int


StepStructure: TypeAlias = "Structure | tuple[tuple[Structure, int, bool], ...]"
"""What a step comes to: a structure, or that of each repetition that is placed, how many more there are, and
whether it is as the one before it.
"""


def structure_of(step_list: StepList, wired: tuple[StepStructure, ...]) -> Structure:
    """Return the structure of a list of which each step comes to this."""
    made = SCOPE_STEPS + step_list.entries
    layers = placed = height = 0
    for step, each in zip(step_list.steps, wired, strict=True):
        repetitions = each if isinstance(each, tuple) else ((each, 0, False),)
        made += len(step.sources) // PARTS
        placed += isinstance(each, tuple)
        for r, (structure, more, again) in enumerate(repetitions):
            arguments = step.rest if r or step.repeat is None else step.first
            is_leaf = structure.form.leaf is not None
            further = structure.form.arity // PARTS + (0 if is_leaf else structure.placed)
            made += (bool(step.repeat) + arguments.length + further) * (1 + more)
            made += 0 if again else structure.made
            layers += structure.layers * (1 + more)
            placed += (structure.placed + (not is_leaf)) * (1 + more)
            height = max(height, structure.height)
    return Structure(_form(step_list, wired), layers, placed, made, 1 + height)


def _form(step_list: StepList, wired: tuple[StepStructure, ...]) -> Form:
    """Return the form of a list of which each step comes to this."""
    key = tuple(
        [
            tuple([(one.form, more > 0) for one, more, _ in each]) if isinstance(each, tuple) else each.form
            for each in wired
        ]
    )
    form = step_list.forms.young.get(key) or step_list.forms.elder(key)
    if form is None:
        repetitions = [each if isinstance(each, tuple) else ((each, False),) for each in key]
        form = step_list.forms.young[key] = FormBuilder(step_list).form(repetitions)
    return form
