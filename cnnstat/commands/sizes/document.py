"""SizeSearch -> document of `sizes`: the sizes that are accepted, what each costs, who refuses the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from msgspec import UNSET, Struct
from msgspec.structs import asdict

from cnnstat.commands.sizes.size_search import refusals
from cnnstat.commands.sizes.spans import period, runs
from cnnstat.commands.sizes.trial import Cost
from cnnstat.report.document import NetworkDocument, Sizes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cnnstat.commands.sizes.size_search import SizeSearch
    from cnnstat.commands.sizes.trial import Outcome

_LISTED = 16
"""How many sizes are listed, or some more, where no range is asked for."""

Range: TypeAlias = tuple[Sizes, Sizes]
"""The first and the last of sizes that follow each other in steps of `step`."""


class Tried(Struct, frozen=True, kw_only=True):
    """The sizes that were tried."""

    first: Sizes
    """Height and width, a length, or depth, height and width."""
    last: Sizes
    step: int
    count: int


class RefusedSizes(Struct, frozen=True, kw_only=True):
    """The sizes at which a layer is the first to refuse."""

    layer: str
    type: str
    count: int
    """Of sizes."""
    largest: Sizes
    """The largest of them."""
    code: str
    """The problem's, at the largest."""
    reason: str
    """Why, at the largest."""


class SizeEntry(Struct, frozen=True, kw_only=True):
    """One size and what the network costs there; figures are null where it is refused."""

    size: Sizes
    same_params: bool | None
    """Whether every layer stores as many numbers as at the own size; null where unknown."""
    output_shape: Sizes | None
    params: int | None
    macs: int | None
    activations: int | None
    inference_memory_bytes: int | None
    leftover_layers: int | None
    """How many drop rows or columns."""
    refused_by: str | None
    """The first layer that does not fit."""
    reason: str | None


class SizesDocument(NetworkDocument, frozen=True, kw_only=True):
    """`sizes`: a network at other input sizes; `input_shape` is its own."""

    batch: int
    """What the memory figures are for, as is the next."""
    dtype: str
    tried: Tried
    smallest: Sizes | None
    """The first size that is accepted; null where none is."""
    accepted: tuple[Range, ...]
    """The first and the last of sizes that follow each other in steps of `step`."""
    nothing_left_over: tuple[Range, ...]
    """Those of them at which no layer drops rows or columns."""
    trained_weights: tuple[Range, ...] | None
    """The sizes at which every layer stores as many numbers as at the own size; null where that is refused,
    as are `fixed_by` and `field_beyond_input`.
    """
    fixed_by: tuple[str, ...] | None
    """Layers that are the first to store other numbers at some size, or the layer that keeps its size where
    one that reads it refuses others; empty where the size is free.
    """
    independent_behind: str | None
    """Then the layer behind which no shape depends on the size; null where there is none."""
    field_beyond_input: tuple[str, ...] | None
    """Layers whose receptive field is larger than the own input."""
    refusals: tuple[RefusedSizes, ...]
    """For each layer that is the first to refuse."""
    sizes: tuple[SizeEntry, ...]
    """All sizes of a range that was asked for, else some of them."""


def document(search: SizeSearch, *, every: bool) -> SizesDocument:
    """Return what the sizes come to; ``every`` one is listed, or some of them are."""
    graph, own = search.graph, search.own.accepted
    accepted = search.accepted
    return SizesDocument(
        command="sizes",
        name=graph.spec.name,
        source=graph.spec.source,
        input_shape=search.input_shape,
        without=graph.without or UNSET,
        batch=search.settings.batch,
        dtype=search.settings.dtype,
        tried=Tried(
            first=search.outcomes[0].size,
            last=search.outcomes[-1].size,
            step=search.steps.step,
            count=search.steps.count,
        ),
        smallest=accepted[0].size if accepted else None,
        accepted=ranges(search, lambda outcome: outcome.accepted),
        nothing_left_over=ranges(search, lambda outcome: outcome.clean),
        trained_weights=ranges(search, search.fits) if own else None,
        fixed_by=tuple(map(graph.name, search.fixing or (search.held or ())[:1])) if own else None,
        independent_behind=None if search.levelled is None else graph.name(search.levelled),
        field_beyond_input=tuple(row.name for row in search.beyond) if own else None,
        refusals=tuple(
            _refused_sizes(layer, outcomes) for layer, outcomes in refusals(search.outcomes).items()
        ),
        sizes=tuple(_entry(search, outcome) for outcome in (search.outcomes if every else _selected(search))),
    )


def ranges(search: SizeSearch, wanted: Callable[[Outcome], bool | None]) -> tuple[Range, ...]:
    """Return the sizes of which something is true."""
    numbers = [number for number, outcome in enumerate(search.outcomes) if wanted(outcome)]
    return tuple((search.outcomes[first].size, search.outcomes[last].size) for first, last in runs(numbers))


def _refused_sizes(layer: str, outcomes: Sequence[Outcome]) -> RefusedSizes:
    refusal = outcomes[-1].refusal
    assert refusal is not None
    return RefusedSizes(
        layer=layer,
        type=refusal.type,
        count=len(outcomes),
        largest=outcomes[-1].size,
        code=refusal.code,
        reason=refusal.message,
    )


def _entry(search: SizeSearch, outcome: Outcome) -> SizeEntry:
    refusal = outcome.refusal
    return SizeEntry(
        size=outcome.size,
        same_params=search.fits(outcome),
        **(asdict(outcome.cost) if outcome.cost else dict.fromkeys(Cost.__struct_fields__)),
        refused_by=refusal.layer if refusal else None,
        reason=refusal.message if refusal else None,
    )


def _selected(search: SizeSearch) -> Sequence[Outcome]:
    """Return the smallest size that is accepted, the network's own, and some in even steps."""
    if not search.accepted:
        return (search.own,)
    kept = {outcome.size: outcome for outcome in (search.accepted[0], search.own, *_even(search))}
    return [kept[size] for size in sorted(kept)]


def _even(search: SizeSearch) -> Sequence[Outcome]:
    """Return accepted sizes in even steps.

    The steps meet the network's own size; if that is refused, they meet those that leave nothing over.
    """
    outcomes, own, accepted = search.outcomes, search.own, search.accepted
    clean = [number for number, outcome in enumerate(outcomes) if outcome.clean]
    after = period(runs(clean), len(outcomes))
    if own.refusal and after is None:
        return accepted[:: -(-len(accepted) // _LISTED)]
    step = after or max(1, min(own.size) * 2 // _LISTED)
    step *= -(-len(outcomes) // (step * _LISTED))
    start = clean[0] if own.refusal else min(own.size) - min(outcomes[0].size)
    return [outcome for outcome in outcomes[start % step :: step] if outcome.accepted]
