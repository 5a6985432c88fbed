"""Pairs of networks that are one, and what has to be equal: every figure, and what comes out.

Layers go by their place, for names are what some pairs change. `pad` above a `conv` is no pair yet: of zeros
that a layer of their own adds nobody knows that they are zeros, so that connections, multiply-adds on padding
and fields differ from those of `padding:`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

import cnnstat
from cnnstat.analysis.clipped_fields import clipped_fields
from cnnstat.base.axes import RANKS
from cnnstat.executor.kernel import quiet
from cnnstat.report.document import figures
from tests.metamorphic.exchanged import SCRAMBLING, as_maps, grouped, transposed, types_of
from tests.metamorphic.unfolded import inlined, renamed, spared, unrolled, unshared

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnstat.analysis import Analysis
    from cnnstat.executor.kernel import Array
    from cnnstat.executor.network import Batch
    from tests.fuzz.pieces import Drawn

Figures = dict[str, Any]
DIGITS = 1e-9
"""What may differ of outputs, beside the largest of them."""
ROUNDING = 100
"""How many times what a last digit of the input changes may differ, too: sums have another order."""


@dataclass(frozen=True)
class Pair:
    """How a network is written otherwise (None: it cannot be), and what that does to figures and arrays.

    `figures` makes those of the one network those of the other (None: not compared), `array` a tensor;
    `outputs` says whether what comes out can be compared, `memory` whether the network's memory can. The
    other network has so many layers `more`, behind all others.
    """

    rewritten: Callable[[Drawn], Drawn | None]
    figures: Callable[[Figures], Figures] = dict
    array: Callable[[Array], Array] = np.asarray
    outputs: Callable[[Drawn], bool] = bool
    ranks: tuple[int, ...] = tuple(range(len(RANKS)))
    last: str = ""
    memory: bool = True
    more: int = 0


NO_FIELDS = dict.fromkeys(("receptive_field", "clipped"))
"""Figures that are not compared."""


def _at_one_position(found: Figures) -> Figures:
    """Return figures of a vector as those of maps of one position, which alone have a place."""
    return {**found, "output_shape": (*found["output_shape"], 1, 1), **NO_FIELDS}


def _across(found: Figures) -> Figures:
    """Return figures with height and width exchanged.

    Of a vector the numbers may come in another order, and with them what each of them sees.
    """
    if len(found["output_shape"]) == 1:
        return {**found, **NO_FIELDS}

    def exchanged(sizes: Any) -> Any:
        return sizes if sizes is None else type(sizes)((*sizes[:-2], *sizes[-2:][::-1]))

    field = {
        key: exchanged(value) if isinstance(value, list | tuple) else value
        for key, value in found["receptive_field"].items()
    }
    return {
        **found,
        "output_shape": exchanged(found["output_shape"]),
        "receptive_field": field,
        "clipped": exchanged(found["clipped"]),
    }


def _transposed(array: Array) -> Array:
    return np.swapaxes(array, -1, -2) if array.ndim > 2 else array


def _in_order(drawn: Drawn) -> bool:
    return not SCRAMBLING & types_of(drawn).keys()


def _own_weights(found: Figures) -> Figures:
    """Return figures of layers as they are with or without weights of their own."""
    return {**found, **dict.fromkeys(("params", "trainable", "buffers"))}


PAIRS = {
    "renamed": Pair(renamed),
    "unrolled": Pair(unrolled),
    "inlined": Pair(inlined),
    "depthwise as grouped": Pair(grouped, ranks=(1, 2), last="depthwise_conv"),
    "linear as 1x1": Pair(as_maps, figures=_at_one_position, ranks=(0,), last="linear"),
    "transposed": Pair(transposed, figures=_across, array=_transposed, outputs=_in_order, ranks=(2,)),
    "unshared": Pair(unshared, figures=_own_weights, memory=False),
    "with a spare layer": Pair(spared, memory=False, more=1),
}


class Unequal(AssertionError):  # noqa: N818 - of two networks
    """Two ways to write one network differ; `what` differs, of a layer of a type."""

    def __init__(self, what: str, kind: str, message: str) -> None:
        self.what, self.kind = what, kind
        super().__init__(f"{what} of {kind}: {message}")


def check_pair(pair: Pair, first: Drawn, second: Drawn, *, seed: int = 0, batch: int = 1) -> None:
    """Hold a network against another way to write it.

    Raises:
        Unequal: they differ.
    """
    graphs = cnnstat.loads(first.text), cnnstat.loads(second.text)
    one, other = (cnnstat.analyze(graph, batch=batch) for graph in graphs)
    if len(one.rows) + pair.more != len(other.rows):
        raise Unequal("the number of layers", "the network", f"{len(one.rows)} and {len(other.rows)}")
    for row, mine, its in zip(one.rows, figures_of(one), figures_of(other), strict=not pair.more):
        _equal(row.type, pair.figures(mine), its)
    for total in ("inference_memory_bytes", "training_memory_bytes") if pair.memory else ():
        mine, its = (getattr(analysis.totals, total) for analysis in (one, other))
        if mine != its:
            raise Unequal(total, "the network", f"{mine} and {its}")
    if pair.outputs(inlined(first) or first):
        _same_outputs(pair, *graphs, seed, batch)


def figures_of(analysis: Analysis) -> list[Figures]:
    """Return what is calculated of each layer; layers that others are blamed on go by their place."""
    places = {row.name: place for place, row in enumerate(analysis.rows)}
    found = []
    for row, clipped in zip(analysis.rows, clipped_fields(analysis), strict=True):
        known = msgspec.to_builtins(figures(row, analysis), enc_hook=str)
        field = known["receptive_field"]
        for key in ("unknown_because_of", "upper_bound_because_of"):
            if key in field:
                field[key] = places[field[key]]
        known["clipped"] = clipped
        found.append(known)
    return found


def _equal(kind: str, mine: Figures, its: Figures) -> None:
    for figure, value in mine.items():
        if value is not None and value != its[figure]:
            raise Unequal(figure, kind, f"{value} and {its[figure]}")


def _same_outputs(pair: Pair, first: cnnstat.Graph, second: cnnstat.Graph, seed: int, batch: int) -> None:
    """Run both with the same weights and the same input."""
    with quiet():
        one, other = (cnnstat.Network(graph, seed=seed, dtype="float64") for graph in (first, second))
        places = zip(other.program.steps, other.stored, one.stored, strict=False)
        other.load(
            {
                f"{step.name}.{name}": pair.array(mine.all[name]).reshape(its.shape)
                for step, stored, mine in places
                if step.weights is None
                for name, its in stored.all.items()
            }
        )
        x = one.sample(batch)
        moved = nudged(one, x, seed)
        arrays = zip(one.named(x).values(), other.program.inputs.items(), strict=True)
        given = other.batch({name: pair.array(a).reshape(len(a), *shape) for a, (name, shape) in arrays})
        results = [outputs_of(network, each) for network, each in ((one, x), (one, moved), (other, given))]
    for y, near, its in zip(*results, strict=True):
        mine = pair.array(y)
        if mine.size != its.size or not alike(mine.reshape(its.shape), its, pair.array(near)):
            raise Unequal("what comes out", first.nodes[-1].type, f"{y} and {its}")


def nudged(network: cnnstat.Network, x: Batch, seed: int) -> Batch:
    """Return a batch whose numbers have other last digits."""
    rng = np.random.default_rng(seed)
    named = network.named(x).items()
    return network.batch(
        {name: each * (1 + np.finfo(float).eps * rng.standard_normal(each.shape)) for name, each in named}
    )


def outputs_of(network: cnnstat.Network, x: Batch) -> tuple[Array, ...]:
    found = network.forward(x, backward=False)
    return found if isinstance(found, tuple) else (found,)


def alike(mine: Array, its: Array, near: Array) -> bool:
    """Say whether numbers are the same but for rounding, of which `near` shows how much there is."""
    with quiet():
        if not (np.isfinite(mine).all() and np.isfinite(near).all()):
            return True
        rounding = ROUNDING * float(np.abs(near.reshape(mine.shape) - mine).max(initial=0))
        allowed = DIGITS * float(np.abs(mine).max(initial=0)) + rounding
        return bool((np.abs(mine - its) <= allowed).all())
