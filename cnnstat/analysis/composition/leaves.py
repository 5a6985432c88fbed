"""Layers as pieces, each distinct one on each distinct input once."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from cnnstat.analysis.composition.beyond import Beyond
from cnnstat.analysis.composition.form import LeafForm, leaf_form
from cnnstat.analysis.composition.operands import key_of
from cnnstat.analysis.composition.piece import Piece, PieceCache, State
from cnnstat.analysis.composition.refused import Refusal
from cnnstat.analysis.composition.structure import Structure
from cnnstat.analysis.model import KINDS
from cnnstat.analysis.walk import UNKNOWN_SHAPE, check_ranks, check_size, exact
from cnnstat.analysis.zero_frames import frame_behind, framed_figures
from cnnstat.base.errors import Misfit, SpecError
from cnnstat.base.limits import PARTS
from cnnstat.graph.catalogue import Catalogue
from cnnstat.graph.problems import UnfoldingProblems
from cnnstat.layers.base import Reads, size_of

if TYPE_CHECKING:
    from collections.abc import Hashable

    from cnnstat.analysis.composition.known import Generations, Known
    from cnnstat.analysis.composition.steps import Step
    from cnnstat.layers.base import Layer, Shape
    from cnnstat.layers.window import Frame
    from cnnstat.spec.choice import Spec
    from cnnstat.spec.model import Entry
    from cnnstat.spec.values import Value

_KINDS = frozenset(KINDS)


class Leaves:
    """The layers of a family; of the options see `Composer`. ``made`` counts those that were worked out.

    Raises:
        Beyond: something is wrong with the definitions of the family.
    """

    def __init__(
        self, spec: Spec, columns: tuple[str, ...], generations: Generations, *, strict: bool, training: bool
    ) -> None:
        self.columns, self._strict, self._training = columns, strict, training
        self.made = 0
        problems = UnfoldingProblems()
        self._catalogue = Catalogue(spec, problems)
        self._catalogue.check_definitions()
        self._catalogue.check_unplaced()
        if problems.found:
            raise Beyond("a problem in the definitions")
        self._checked: set[tuple[int, str]] = set()
        self._layers: Known[Layer] = generations.known()
        self._pieces: Known[Piece] = generations.known()
        self._states: Known[State] = generations.known()
        self._structures: dict[LeafForm, Structure] = {}

    def state(self, shape: Shape, frame: Frame | None = None) -> State:
        """Return the one state of this shape."""
        key = shape, frame
        found = self._states.young.get(key) or self._states.elder(key)
        if found is None:
            found = self._states.young[key] = State(shape, frame)
        return found

    def piece(self, step: Step, given: dict[str, Value], states: tuple[State, ...], *, frozen: bool) -> Piece:
        """Return a layer with these options on inputs of these states.

        Raises:
            Beyond: composition cannot follow it.
        """
        asked = (step.kind, *given, *map(key_of, given.values()))
        key = asked, states, frozen
        piece = self._pieces.young.get(key) or self._pieces.elder(key)
        if piece is None:
            layer = self._layer(step, given, asked, len(states))
            piece = self._pieces.young[key] = self._evaluated(layer, step.kind, states, frozen=frozen)
            self.made += 1
        return piece

    def _layer(self, step: Step, given: dict[str, Value], asked: Hashable, arity: int) -> Layer:
        self._check(step.entry, step.kind, arity)
        layer = self._layers.young.get(asked) or self._layers.elder(asked)
        if layer is None:
            layer, faults = self._catalogue.read(step.kind, given)
            if layer is None or faults:
                raise Beyond("options that are no layer's")
            if not layer.known:
                raise Beyond("a layer whose figures are unknown")
            layer = self._layers.young[asked] = exact(layer) if self._strict else layer
        return layer

    def _check(self, entry: Entry, kind: str, arity: int) -> None:
        """See that a layer type has the options that an entry gives it, and takes so many inputs."""
        if (id(entry), kind) not in self._checked:
            self._catalogue.problems = UnfoldingProblems()
            try:
                is_right = self._catalogue.check_entry(entry, kind)
            except SpecError:
                is_right = False
            if not is_right:
                raise Beyond("a problem in an entry")
            self._checked.add((id(entry), kind))
        least, most = self._catalogue.kinds[kind].arity
        if arity < least or (most and arity > most):
            raise Beyond("too few inputs, or too many")

    def _evaluated(self, layer: Layer, kind: str, states: tuple[State, ...], *, frozen: bool) -> Piece:
        """Return a layer as a piece; as `_unknown` where it refuses its input, or is behind such a one."""
        shapes = tuple([state.shape for state in states])
        if UNKNOWN_SHAPE in shapes:
            return self._unknown(layer, states, ())
        try:
            return self._calculated(layer, kind, states, shapes, frozen=frozen)
        except Misfit as misfit:
            # Without a traceback, which would keep all that was at hand.
            return self._unknown(layer, states, (Refusal(misfit.with_traceback(None), None, "", shapes, 1),))

    def _unknown(self, layer: Layer, states: tuple[State, ...], refused: tuple[Refusal, ...]) -> Piece:
        """Return a layer of which nothing is known but how it is wired, so that nothing is counted."""
        return Piece(
            self._structure(layer, len(states), trained=False),
            states,
            (self.state(UNKNOWN_SHAPE),),
            () if layer.view else (0,),
            (0,) * len(self.columns),
            refused,
            layer,
            (),
            (),
            PieceCache(),
        )

    def _calculated(
        self, layer: Layer, kind: str, states: tuple[State, ...], shapes: tuple[Shape, ...], *, frozen: bool
    ) -> Piece:
        """Return a layer with its figures.

        Raises:
            Misfit: it does not fit its input.
        """
        frame = states[0].frame
        check_ranks(layer, kind, shapes)
        out = size_of(layer.sizes(shapes))
        check_size(out)
        counts = {"activations": prod(out)}
        if self._training:
            counts["trainable"] = 0 if frozen else layer.trainable(shapes).value
        framed = framed_figures(layer, frame, shapes)
        if framed is not None:
            counts |= {"padding_macs": framed[0].value, "connections": framed[1].value}
        if not _KINDS.isdisjoint(self.columns):
            operations = layer.operations(shapes)
            counts |= {kind: getattr(operations, kind).value for kind in KINDS}
        return Piece(
            self._structure(layer, len(states), trained=bool(counts.get("trainable"))),
            states,
            (self.state(out, frame_behind(layer, frame, shapes)),),
            () if layer.view else (counts["activations"],),
            tuple([counts[c] if c in counts else getattr(layer, c)(shapes).value for c in self.columns]),
            (),
            layer,
            (),
            (),
            PieceCache(),
        )

    def _structure(self, layer: Layer, arity: int, *, trained: bool) -> Structure:
        """Return the structure of a layer; what training keeps matters only where it is asked for."""
        reads = layer.reads() if self._training else Reads()
        leaf = LeafForm(arity, layer.view, trained, layer.values_from, reads)
        found = self._structures.get(leaf)
        if found is None:
            found = self._structures[leaf] = Structure(leaf_form(leaf), 1, 1 + arity // PARTS, 0, 0)
        return found
