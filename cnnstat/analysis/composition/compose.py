"""Pieces made of the text of a spec, each distinct one once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.analysis.composition.beyond import Beyond
from cnnstat.analysis.composition.callee import Callee, Network, Scope
from cnnstat.analysis.composition.form import ALIKE_BEFORE, ALIKE_BEHIND
from cnnstat.analysis.composition.known import Generations
from cnnstat.analysis.composition.leaves import Leaves
from cnnstat.analysis.composition.operands import key_of
from cnnstat.analysis.composition.piece import Piece, PieceCache
from cnnstat.analysis.composition.refused import refuse, refused_in
from cnnstat.analysis.composition.shared import borrowing
from cnnstat.analysis.composition.slots import LAST
from cnnstat.analysis.composition.steps import Text
from cnnstat.analysis.composition.structure import structure_of
from cnnstat.base.limits import MAX_LAYERS, MAX_NESTING
from cnnstat.graph.unfold import unfold
from cnnstat.spec.values import truth

if TYPE_CHECKING:
    from collections.abc import Hashable

    from cnnstat.analysis.composition.piece import State
    from cnnstat.analysis.composition.refused import Refusal
    from cnnstat.analysis.composition.steps import Step
    from cnnstat.analysis.composition.structure import StepStructure, Structure
    from cnnstat.layers.base import Shape
    from cnnstat.spec.choice import Spec
    from cnnstat.spec.values import Value

_GENERATION = 25_000  # pieces, of about 2 KB; of a long sweep the last two generations are remembered


class Composer:
    """The pieces of one family of networks: ``columns`` are the counts that are wanted of them.

    ``strict`` refuses what layers would round down, ``training`` asks which layers have trained numbers.
    """

    def __init__(self, spec: Spec, columns: tuple[str, ...], *, strict: bool, training: bool) -> None:
        family, params = spec.family, spec.params
        self.columns = columns
        self._generations = Generations()
        self._leaves = Leaves(spec, columns, self._generations, strict=strict, training=training)
        self._callees: dict[str, Callee] = {}
        for name, block in family.blocks.items():
            self._callees[name] = Callee(block, family.blocks, self._callees, params, self._generations)
        inputs = tuple(spec.inputs)
        self._root = Text(family.layers, inputs, family.outputs, family.blocks, params, self._generations)
        self._made = 0

    def network(self, spec: Spec, shapes: tuple[Shape, ...]) -> Piece:
        """Return a whole network of the family as a piece.

        Raises:
            Beyond: composition cannot follow it.
            Fault: an expression has no value.
            SpecError: it unfolds to too much, or a layer does not fit its input, as the walk says it.
        """
        if self._made + self._leaves.made > _GENERATION:
            self._generations.turn()
            self._made = self._leaves.made = 0
        states = tuple([self._leaves.state(shape) for shape in shapes])
        network = Network(spec.params, self._callees)
        piece = self._composed(self._root, Scope(spec.params, network, frozen=False, depth=0), states)
        structure, form = piece.structure, piece.form
        if not structure.layers or structure.height > 1 + MAX_NESTING:
            raise Beyond("nothing to unfold, or too deep blocks")
        if structure.made > MAX_LAYERS:
            unfold(spec, tuple(spec.inputs))
        put_out = {output.number for output in form.outputs if not output.own}
        unread = [i for i, read in enumerate(form.reads) if not read and i not in put_out]
        if unread and len(shapes) > 1:
            raise Beyond("an input that nobody reads")
        refuse(piece.refused)
        return piece

    # -- one list of entries -----------------------------------------------------------------------

    def _composed(self, text: Text, scope: Scope, states: tuple[State, ...]) -> Piece:
        """Return what a list of entries comes to."""
        step_list = text.step_list(scope.params, scope.keyed)
        slots = [*states, *states[:1] * step_list.slots]
        children: list[Piece] = []
        more: list[int] = []
        wired: list[StepStructure] = []
        lenders: dict[str, tuple[Step, Piece]] = {}
        for step in step_list.steps:
            read = tuple([slots[number] for number in step.sources])
            if step.repeat is None:
                piece = self._called(step, scope, read, None)
                if step_list.shares:
                    piece = self._sharing(step, piece, scope, lenders)
                children.append(piece)
                more.append(0)
                wired.append(piece.structure)
                for slot in step.slots:
                    slots[slot.number] = piece.outputs[slot.output]
            else:
                wired.append(self._repeat(step, scope, read, slots, children, more))
        outputs = tuple([slots[number] for number in step_list.outputs])
        key = tuple(wired)
        structure = step_list.structures.young.get(key) or step_list.structures.elder(key)
        if structure is None:
            structure = step_list.structures.young[key] = structure_of(step_list, key)
        refused = refused_in(step_list, key, structure.form, children, more)
        return self._put_together(structure, states, outputs, children, more, refused)

    def _sharing(
        self, step: Step, piece: Piece, scope: Scope, lenders: dict[str, tuple[Step, Piece]]
    ) -> Piece:
        """Return a call as it is or with the weights of another one; it may be a lender itself."""
        if step.lender is not None:
            other, lender = lenders[step.lender]
            if step.kind in self._callees and _given(step, scope) != _given(other, scope):
                raise Beyond("weights shared by blocks of other parameters")
            piece = borrowing(piece, lender, self.columns)
        lenders[step.name] = step, piece
        return piece

    def _put_together(
        self,
        structure: Structure,
        states: tuple[State, ...],
        outputs: tuple[State, ...],
        children: list[Piece],
        more: list[int],
        refused: tuple[Refusal, ...],
    ) -> Piece:
        """Return children in their places as one piece."""
        self._made += 1
        rows = [child.counts for child in children]
        if any(more):
            each = zip(rows, more, strict=True)
            rows = [tuple([n * (1 + further) for n in row]) if further else row for row, further in each]
        return Piece(
            structure,
            states,
            outputs,
            tuple([children[c].sizes[i] for c, i in structure.form.exported_origins]),
            tuple(map(sum, zip(*rows, strict=True))) if rows else (0,) * len(self.columns),
            refused,
            None,
            tuple(children),
            tuple(more),
            PieceCache(),
        )

    def _repeat(
        self,
        step: Step,
        scope: Scope,
        read: tuple[State, ...],
        slots: list[State],
        children: list[Piece],
        more: list[int],
    ) -> StepStructure:
        """Add the repetitions of an entry; of many that are alike, a few with how many more there are."""
        times = step.repeat(scope.params) if step.repeat else 1
        if not isinstance(times, int) or isinstance(times, bool) or not 1 <= times <= MAX_LAYERS:
            raise Beyond("no number of repetitions")
        r = steady = 0  # how many in front of one have been as it is
        before: Piece | None = None
        wired: list[tuple[Structure, int, bool]] = []
        while r < times:
            if before is None or not steady:
                piece = self._called(step, scope, read, r)
            steady = steady + 1 if piece is before and step.alike else 0
            further = 0
            if steady == ALIKE_BEFORE and _steady(step, piece):
                further = max(0, times - r - 1 - ALIKE_BEHIND)
            children.append(piece)
            more.append(further)
            wired.append((piece.structure, further, piece is before))
            for slot in step.slots:
                if slot.repetition == r:
                    slots[slot.number] = piece.outputs[slot.output]
            outputs = piece.outputs
            read = tuple([read[i] if o is None else outputs[o] for i, o in enumerate(step.carried)])
            before = piece
            r += 1 + further
        for slot in step.slots:
            if slot.repetition == LAST:
                slots[slot.number] = outputs[slot.output]
        return tuple(wired)

    # -- one call ----------------------------------------------------------------------------------

    def _called(self, step: Step, scope: Scope, states: tuple[State, ...], repetition: int | None) -> Piece:
        """Return what an entry asks for, in one of its repetitions or as it is."""
        arguments = step.first if repetition == 0 else step.rest
        index = repetition if arguments.index else bool(repetition)
        key = states, step.picked(scope.keyed), scope.network.outside[step.kind], index, scope.frozen
        piece = step.known.young.get(key) or step.known.elder(key)
        if piece is None:
            params = scope.params
            if repetition is not None and arguments.index:
                params = {**params, "index": repetition}
            given = arguments.values(params)
            frozen = scope.frozen or (step.frozen is not None and truth(step.frozen(params)))
            callee = self._callees.get(step.kind)
            if callee is None:
                piece = self._leaves.piece(step, given, states, frozen=frozen)
            else:
                piece = self._block(callee, given, scope, states, frozen=frozen)
            if step.frozen is None:
                step.known.young[key] = piece
        return piece

    def _block(
        self,
        callee: Callee,
        given: dict[str, Value],
        scope: Scope,
        states: tuple[State, ...],
        *,
        frozen: bool,
    ) -> Piece:
        """Return a call of a block."""
        block, network = callee.block, scope.network
        arguments = tuple([key_of(given[name]) if name in given else None for name in block.params])
        key = states, arguments, network.outside[block.name], frozen
        piece = callee.pieces.young.get(key) or callee.pieces.elder(key)
        if piece is None:
            if scope.depth >= MAX_NESTING or len(states) != len(block.inputs):
                raise Beyond("a call that is refused")
            if any(name not in given for name in block.required):
                raise Beyond("a parameter that is missing")
            within = callee.scope(given, network, frozen=frozen, depth=scope.depth + 1)
            piece = callee.pieces.young[key] = self._composed(callee.text, within, states)
        return piece


def _given(step: Step, scope: Scope) -> dict[str, Hashable]:
    """Return what stands for the arguments of a call that is not repeated."""
    return {name: key_of(value) for name, value in step.rest.values(scope.params).items()}


def _steady(step: Step, piece: Piece) -> bool:
    """Say whether repetitions read what the one before them puts out, or what all read: no older ones."""
    outputs = piece.form.outputs
    return all(o is None or outputs[o].own or outputs[o].number == i for i, o in enumerate(step.carried))
