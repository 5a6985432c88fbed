"""The walk: the layers of a graph in order, each calculated for the shapes that it reads."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Generic, Protocol, TypeAlias, TypeVar

import msgspec

from cnnstat.base.axes import RANKS, rank_of
from cnnstat.base.errors import Misfit, Problem
from cnnstat.base.limits import MAX_NUMBERS
from cnnstat.base.text import listed
from cnnstat.layers.base import show

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from cnnstat.graph.model import Graph
    from cnnstat.graph.nodes import LayerNode
    from cnnstat.layers.base import Layer, Shape, Tensors
    from cnnstat.spec.model import Entry


class Shaped(Protocol):
    """Figures of a layer; the walk itself needs the shape that it puts out."""

    @property
    def shape(self) -> Shape:
        """The output shape."""


F = TypeVar("F", bound=Shaped)
Evaluate: TypeAlias = "Callable[[Layer, tuple[Shape, ...], bool], F]"
"""What figures are wanted of a layer that reads these shapes, and is frozen or not; it raises `Misfit`."""

Step: TypeAlias = "tuple[LayerNode, tuple[int, ...], int]"
"""A layer, which of the shapes so far it reads, and a number that equal layers share."""

_REMEMBERED = 100_000  # layers calculated for some shapes; beyond, a long sweep starts to remember anew
UNKNOWN_SHAPE: Shape = ()
"""That of what stands behind a layer that does not fit its input."""


class Walk(Generic[F]):
    """A graph that is gone through on inputs of any shapes, as often as asked.

    ``evaluate`` says which figures a layer comes to. It is asked once for all equal layers that read equal
    shapes, in this pass and in later ones. ``strict`` refuses what layers would round down.
    """

    def __init__(self, graph: Graph, evaluate: Evaluate[F], *, strict: bool = False) -> None:
        self._evaluate, self._strict = evaluate, strict
        kinds: dict[object, int] = {}
        # Equal layers have one number, which is faster to look up than their options.
        self.plan: tuple[Step, ...] = tuple(
            [
                (node, node.inputs, kinds.setdefault((node.layer, node.frozen), len(kinds)))
                for node in graph.layers
            ]
        )
        self._known: dict[tuple[int, tuple[Shape, ...]], tuple[F | Misfit, Shape, Tensors]] = {}
        self._lenders = {node.owner: graph.name(node.owner) for node in graph.layers if not node.owns}

    def steps(
        self, inputs: Iterable[Shape], plan: Iterable[Step] | None = None
    ) -> Iterator[tuple[LayerNode, tuple[Shape, ...], F | Misfit]]:
        """Yield each layer, or each of a ``plan``, with the shapes it reads and its figures.

        In place of figures stands why it refuses them.

        ``inputs`` are the shapes of the network's inputs. What to do about a refusal is up to the caller: to
        leave the loop, or to go on, which passes over the layers behind it, for of these nothing is known.
        """
        shapes = [*inputs]
        lent: dict[int, Tensors] = {}
        for node, sources, kind in self.plan if plan is None else plan:
            read = tuple(map(shapes.__getitem__, sources))
            known = self._known.get((kind, read))
            if known is None:
                if UNKNOWN_SHAPE in read:
                    shapes.append(UNKNOWN_SHAPE)
                    continue
                known = self._known[kind, read] = self._evaluated(node, read)
            figures, shape, own = known
            shapes.append(shape)
            if node.owner in self._lenders and not isinstance(figures, Misfit):
                figures = self._unfit(node, own, lent.setdefault(node.owner, own)) or figures
            yield node, read, figures

    def _unfit(self, node: LayerNode, own: Tensors, lent: Tensors) -> Misfit | None:
        """Return why a layer of tensors of its ``own`` cannot use what is lent; None where it can."""
        if own != lent:
            message = f"it cannot use the weights of '{self._lenders[node.owner]}': {_unlike(own, lent)}"
        elif not node.owns and node.entry.weights and not own:
            message = f"a {node.type} has no weights to share"
        else:
            return None
        return Misfit(message, code="weights/shape", field="weights")

    def _evaluated(self, node: LayerNode, shapes: tuple[Shape, ...]) -> tuple[F | Misfit, Shape, Tensors]:
        """Return the figures of a layer, the shape that it puts out, and its tensors where some are lent."""
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        try:
            check_ranks(node.layer, node.type, shapes)
            figures = self._evaluate(exact(node.layer) if self._strict else node.layer, shapes, node.frozen)
            check_size(figures.shape)
            tensors = node.layer.tensors(shapes) if self._lenders else {}
        except Misfit as misfit:
            return (
                misfit.with_traceback(None),
                UNKNOWN_SHAPE,
                {},
            )  # a traceback would keep all that was at hand
        return figures, figures.shape, tensors


def misfit_problem(misfit: Misfit, entry: Entry, path: str, shapes: Iterable[Shape]) -> Problem:
    """Return the refusal of a layer that stands at a path and reads these shapes, with its place."""
    received = listed([show(shape) for shape in shapes], " and ")
    message = f"{misfit.message} (layer '{path}', input {received})"
    return Problem(misfit.code, message, entry.span_of(misfit.field))


def _unlike(own: Tensors, lent: Tensors) -> str:
    """Return the shapes that differ: ``weight 8x2x2x2, there 4x4x2x2``."""
    names = [name for name in {**own, **lent} if own.get(name) != lent.get(name)]
    return "; ".join(f"{name} {_shown(own.get(name))}, there {_shown(lent.get(name))}" for name in names)


def _shown(shape: Shape | None) -> str:
    return "none" if shape is None else show(shape)


def exact(layer: Layer) -> Layer:
    """Return a layer that refuses what this one would round down."""
    if getattr(layer, "rounding", None) == "floor":
        return msgspec.structs.replace(layer, rounding="exact")
    return layer


def check_size(shape: Shape) -> None:
    """Refuse what grows beyond all sense, as sizes do that are multiplied in a repeat."""
    if prod(shape) > MAX_NUMBERS:
        message = (
            f"the output {show(shape)} has more than the {MAX_NUMBERS:,} numbers that a layer may put out"
        )
        raise Misfit(message, code="shape/too-large")


def check_ranks(layer: Layer, kind: str, shapes: tuple[Shape, ...]) -> None:
    """Refuse inputs that have more or fewer axes than a layer takes. Whether sizes fit, it says itself."""
    for shape in shapes:
        if len(shape) - 1 not in layer.ranks:
            *most, last = (RANKS[rank].described for rank in layer.ranks)
            wanted = f"{', '.join(most)} or {last}" if most else last
            got = f"a {rank_of(shape).noun} of {show(shape)}"
            hint = "; put a 'flatten' above it" if layer.ranks == (0,) else ""
            raise Misfit(f"{kind} needs {wanted}, got {got}{hint}", code="shape/rank")
