"""Sweep -> Report: which input sizes a network accepts, what each costs, and who refuses the others."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from msgspec.structs import asdict, replace

from cnnstat.base.text import plural
from cnnstat.commands.sizes.size_search import refusals
from cnnstat.commands.sizes.spans import period, runs, spans
from cnnstat.commands.sizes.trial import Cost
from cnnstat.report.columns import COLUMNS, field_text, footnotes
from cnnstat.report.data import head
from cnnstat.report.model import Column, Line, Report, Table
from cnnstat.report.text import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnstat.commands.sizes.size_search import Sweep
    from cnnstat.commands.sizes.trial import Outcome

_NAMED = 6  # refusing layers that are named
_ROWS = 16  # of the table, where no range is asked for
_UNKNOWN = "unknown, as the own size is refused"

_COLUMNS = (
    Column("size", "size", "sizes"),
    replace(COLUMNS["output_shape"], rank=2),
    Column("same_params", "same params", "text", "every layer stores as many numbers as at the own size"),
    Column("params", "params", rank=5),
    replace(COLUMNS["macs"], rank=1),
    COLUMNS["activations"],
    Column("inference_memory_bytes", "inference memory", "bytes", rank=4),
    Column(
        "leftover_layers",
        "leftover",
        convention="layers with rows or columns that no window covers, padding included",
        rank=6,
    ),
    Column("refused_by", "refused by", "text", "the first layer that does not fit", rank=3),
    Column("reason", "reason", "text", rank=9),
)


def sizes(sweep: Sweep, *, every: bool) -> Report:
    """Return the report; ``every`` size has its line in the table, or some of them have."""
    lines = sweep.outcomes if every else _selected(sweep)
    # A range has all its columns, so that scripts find them; a selection has no refused size but the own.
    columns = _COLUMNS if every or sweep.own.refusal else _COLUMNS[:-2]
    shape = shown(sweep.input_shape, "shape")
    which = "own" if sweep.graph.as_published else "given"
    return Report(
        title=f"{sweep.graph.spec.name}, {which} input {shape}, at other sizes",
        tables=(
            Table("", columns, tuple(Line(_cells(sweep, outcome)[: len(columns)]) for outcome in lines)),
        ),
        facts=tuple(_facts(sweep)),
        data=_data(sweep, lines),
        notes=(
            *footnotes(columns),
            f"inference memory: {sweep.settings.dtype}, batch {sweep.settings.batch}",
        ),
        source=sweep.graph.spec.source,
    )


def _selected(sweep: Sweep) -> Sequence[Outcome]:
    """Return the smallest size that is accepted, the network's own, and some in even steps."""
    if not sweep.accepted:
        return (sweep.own,)
    kept = {outcome.size: outcome for outcome in (sweep.accepted[0], sweep.own, *_even(sweep))}
    return [kept[size] for size in sorted(kept)]


def _even(sweep: Sweep) -> Sequence[Outcome]:
    """Return accepted sizes in even steps.

    The steps meet the network's own size; if that is refused, they meet those that leave nothing over.
    """
    outcomes, own, accepted = sweep.outcomes, sweep.own, sweep.accepted
    clean = _clean(sweep)
    after = period(runs(clean), len(outcomes))
    if own.refusal and after is None:
        return accepted[:: -(-len(accepted) // _ROWS)]
    step = after or max(1, min(own.size) * 2 // _ROWS)
    step *= -(-len(outcomes) // (step * _ROWS))
    start = clean[0] if own.refusal else min(own.size) - min(outcomes[0].size)
    return [outcome for outcome in outcomes[start % step :: step] if outcome.accepted]


def _accepted(sweep: Sweep) -> list[int]:
    """Return the numbers of the sizes that are accepted."""
    return [number for number, outcome in enumerate(sweep.outcomes) if outcome.accepted]


def _clean(sweep: Sweep) -> list[int]:
    return [number for number, outcome in enumerate(sweep.outcomes) if outcome.clean]


def _fitting(sweep: Sweep) -> list[int]:
    return [number for number, outcome in enumerate(sweep.outcomes) if sweep.fits(outcome)]


def _cells(sweep: Sweep, outcome: Outcome) -> tuple[Any, ...]:
    shape, *figures = _cost(outcome).values()
    fits, refusal = sweep.fits(outcome), outcome.refusal
    same = None if fits is None else "yes" if fits else "no"
    said = (refusal.layer, refusal.message) if refusal else ("", "")
    return outcome.size, shape, same, *figures, *said


def _cost(outcome: Outcome) -> dict[str, Any]:
    """Return the figures of a size by their keys; None where they are unknown."""
    return asdict(outcome.cost) if outcome.cost else dict.fromkeys(Cost.__struct_fields__)


# -- facts ------------------------------------------------------------------------------------------


def _facts(sweep: Sweep) -> Iterator[tuple[str, str]]:
    steps, accepted = sweep.steps, sweep.accepted
    first, last = (shown(sweep.outcomes[i].size, "sizes") for i in (0, -1))
    stepped = f" in steps of {steps.step:,}" if steps.step > 1 else ""
    yield "tried", f"{first} to {last}{stepped}: {len(accepted):,} of {steps.count:,} sizes are accepted"
    if accepted:
        at_once = "" if accepted[0] is not sweep.outcomes[0] else ", the first that was tried"
        yield "smallest", f"{shown(accepted[0].size, 'sizes')}{at_once if min(steps.first) > 1 else ''}"
        yield "accepted", spans(_accepted(sweep), steps)
        yield "nothing left over", spans(_clean(sweep), steps)
    else:
        yield "smallest", "none of these sizes is accepted"
    yield "size fixed by", _fixed(sweep)
    yield "trained weights", _trained(sweep)
    yield "field beyond input", _beyond(sweep)
    yield from _refused(sweep)


def _fixed(sweep: Sweep) -> str:
    if sweep.own.refusal:
        refusal = sweep.own.refusal
        size = shown(sweep.own.size, "sizes")
        return f"unknown, as {refusal.layer} refuses the own size {size}: {refusal.message}"
    if sweep.fixing:
        more = f" and {len(sweep.fixing) - 1:,} more" if len(sweep.fixing) > 1 else ""
        return f"{_named(sweep, sweep.fixing[0])}{more}: at other sizes the weights have another shape"
    if sweep.levelled is not None:
        return f"nothing: behind {_named(sweep, sweep.levelled)} no shape depends on it"
    if all(outcome.size == sweep.own.size for outcome in sweep.accepted) and not sweep.far:
        return "the layers that refuse all others"
    return f"nothing: no layer's weights depend on it{'' if sweep.far else ', at the sizes that were tried'}"


def _trained(sweep: Sweep) -> str:
    if sweep.own.refusal:
        return _UNKNOWN
    numbers = _fitting(sweep)
    return f"fit {spans(numbers, sweep.steps)}" if numbers else "fit none of these sizes"


def _named(sweep: Sweep, number: int) -> str:
    node = sweep.graph.nodes[number]
    return f"{node.path} ({node.type})"


def _beyond(sweep: Sweep) -> str:
    if sweep.own.refusal:
        return _UNKNOWN
    own = shown(sweep.own.size, "sizes")
    if not sweep.beyond:
        return f"no layer's, at {own}"
    first, count = sweep.beyond[0], len(sweep.beyond)
    layers = f"{count:,} {plural('layer', count)}"
    return f"that of {layers} at {own}; the first is {first.name} with {field_text(first)}"


def _refused(sweep: Sweep) -> Iterator[tuple[str, str]]:
    found = refusals(sweep.outcomes)
    place = {outcome.size: i for i, outcome in enumerate(sweep.outcomes)}
    for layer, outcomes in islice(found.items(), _NAMED):
        largest = outcomes[-1]
        assert largest.refusal is not None
        sizes = f"{len(outcomes):,} {plural('size', len(outcomes))}"
        which = spans([place[outcome.size] for outcome in outcomes], sweep.steps)
        at = shown(largest.size, "sizes")
        yield f"{layer} refuses", f"{sizes}, {which}; at {at}: {largest.refusal.message}"
    left = list(found.values())[_NAMED:]
    if left:
        yield f"{len(left):,} more refuse", f"{sum(map(len, left)):,} sizes"


# -- data -------------------------------------------------------------------------------------------


def _data(sweep: Sweep, lines: Sequence[Outcome]) -> dict[str, Any]:
    accepted = sweep.accepted
    return {
        **head("sizes", sweep),
        "batch": sweep.settings.batch,
        "dtype": sweep.settings.dtype,
        "tried": {
            "first": list(sweep.outcomes[0].size),
            "last": list(sweep.outcomes[-1].size),
            "step": sweep.steps.step,
            "count": sweep.steps.count,
        },
        "smallest": list(accepted[0].size) if accepted else None,
        "accepted": _ranges(sweep, _accepted(sweep)),
        "nothing_left_over": _ranges(sweep, _clean(sweep)),
        "trained_weights": None if sweep.own.refusal else _ranges(sweep, _fitting(sweep)),
        "fixed_by": None if sweep.own.refusal else [sweep.graph.name(i) for i in sweep.fixing],
        "independent_behind": None if sweep.levelled is None else sweep.graph.name(sweep.levelled),
        "field_beyond_input": None if sweep.own.refusal else [row.name for row in sweep.beyond],
        "refusals": [_refusal_data(layer, outcomes) for layer, outcomes in refusals(sweep.outcomes).items()],
        "sizes": [_outcome_data(sweep, outcome) for outcome in lines],
    }


def _ranges(sweep: Sweep, numbers: list[int]) -> list[list[list[int]]]:
    return [[list(sweep.outcomes[number].size) for number in run] for run in runs(numbers)]


def _refusal_data(layer: str, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    refusal = outcomes[-1].refusal
    assert refusal is not None
    return {
        "layer": layer,
        "type": refusal.type,
        "count": len(outcomes),
        "largest": list(outcomes[-1].size),
        "code": refusal.code,
        "reason": refusal.message,
    }


def _outcome_data(sweep: Sweep, outcome: Outcome) -> dict[str, Any]:
    refusal = outcome.refusal
    return {
        "size": list(outcome.size),
        "same_params": sweep.fits(outcome),
        **_cost(outcome),
        "refused_by": refusal.layer if refusal else None,
        "reason": refusal.message if refusal else None,
    }
