"""The budgets of one network: each with the room that is left, as plain data, and what exceeds one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.analysis import analyze_graph
from cnnstat.analysis.budgets import asked_inputs, on_inputs, shown_inputs, standings
from cnnstat.base.errors import ArgumentError, Problem, SpecError
from cnnstat.base.limits import MAX_BUDGET_INPUTS, MAX_CHECKED_LAYERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.analysis import Analysis
    from cnnstat.analysis.budgets import Standing
    from cnnstat.base.errors import Span
    from cnnstat.graph.model import Graph
    from cnnstat.spec.budget import Bound, Inputs


class Budgeted(Struct, frozen=True, kw_only=True):
    """A budget of a network, and how it stands.

    ``name`` is the layer or block that it is for, ``total`` for the network, and ``places`` how many there
    are, of which it is the one with the least room; ``input`` is the shape that it is for, empty for the
    spec's own. ``limit`` is the last figure within the bound; ``value`` is null where it is unknown, and
    ``room`` below 0 where the bound is exceeded. ``share`` is the room as a part of the limit.
    """

    network: str
    name: str
    places: int
    figure: str
    input: str
    bound: str
    limit: int
    value: int | None
    room: int | None
    share: float | None
    kept: bool
    message: str
    line: int


class NetworkBudgets(Struct, frozen=True):
    """All budgets of a network in order, and what is wrong."""

    budgets: tuple[Budgeted, ...]
    problems: tuple[Problem, ...]


def network_budgets(analysis: Analysis, more: Sequence[Bound]) -> NetworkBudgets:
    """Return how the budgets of a network stand, those for other inputs on these."""
    found: list[Standing] = [*standings(analysis, (), more)]
    problems: list[Problem] = []
    asked = {inputs: budgets for inputs, budgets in asked_inputs(analysis.graph).items() if inputs}
    most = checked_inputs(analysis.graph)
    for number, (inputs, budgets) in enumerate(asked.items()):
        if number == most:
            problems.append(_too_many(len(asked), most, budgets[0].span))
            break
        try:
            found += standings(_on(analysis, inputs), inputs)
        except SpecError as error:
            problems += error.problems
    problems += (Problem(each.bound.code, each.message, each.budget.span) for each in found if not each.kept)
    return NetworkBudgets(tuple(_budgeted(each, analysis.name) for each in found), tuple(problems))


def checked_inputs(graph: Graph) -> int:
    """Return on how many other inputs a network is checked: fewer where it has very many layers."""
    asked = sum(bool(inputs) for inputs in asked_inputs(graph))
    return min(asked, MAX_BUDGET_INPUTS, max(1, MAX_CHECKED_LAYERS // max(1, len(graph.layers))))


def _too_many(asked: int, most: int, span: Span) -> Problem:
    if most == MAX_BUDGET_INPUTS:
        message = f"the budgets of a network are for at most {most} inputs, here {asked:,}"
        return Problem("budget/input", message, span)
    message = (
        f"the budgets for {asked - most} of {asked:,} inputs were not checked: the network has more than "
        f"{MAX_CHECKED_LAYERS:,} layers on all of them together"
    )
    return Problem("file/unchecked", message, span)


def _on(analysis: Analysis, inputs: Inputs) -> Analysis:
    """Analyze a network on other inputs.

    Raises:
        SpecError: it has no such inputs, or a layer does not fit.
    """
    at = f"at {shown_inputs(inputs)}, for which there is a budget"
    try:
        return analyze_graph(on_inputs(analysis.graph, inputs), analysis.settings)
    except ArgumentError as error:
        spans = (budget.span for budget in asked_inputs(analysis.graph)[inputs])
        raise SpecError(Problem("budget/input", f"{at}: {error}", span) for span in spans) from None
    except SpecError as error:
        wrong = (Problem(each.code, f"{at}: {each.message}", each.span) for each in error.problems)
        raise SpecError(wrong) from None


def _budgeted(standing: Standing, network: str) -> Budgeted:
    bound = standing.bound
    return Budgeted(
        network=network,
        name=standing.name,
        places=standing.places,
        figure=bound.figure,
        input=shown_inputs(standing.budget.inputs),
        bound=bound.demand,
        limit=bound.limit,
        value=standing.value,
        room=standing.room,
        share=standing.share,
        kept=standing.kept,
        message=standing.message,
        line=standing.budget.span.line,
    )
