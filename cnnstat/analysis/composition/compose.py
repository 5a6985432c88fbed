"""Pieces made of the text of a spec, each distinct one once."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any, TypeAlias

from cnnstat.analysis.composition.beyond import Beyond
from cnnstat.analysis.composition.form import LeafForm, Wiring, leaf_form
from cnnstat.analysis.composition.operands import key_of
from cnnstat.analysis.composition.piece import Piece
from cnnstat.analysis.composition.plan import LAST, Text
from cnnstat.analysis.model import KINDS
from cnnstat.analysis.walk import check_ranks, check_size, exact
from cnnstat.analysis.zero_frames import frame_behind, framed_figures
from cnnstat.base.limits import MAX_LAYERS, MAX_NESTING, PARTS
from cnnstat.graph.catalogue import Catalogue
from cnnstat.graph.problems import UnfoldingProblems
from cnnstat.layers.base import Reads, size_of
from cnnstat.spec.expression import truth

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from cnnstat.analysis.composition.form import Form
    from cnnstat.analysis.composition.piece import State
    from cnnstat.analysis.composition.plan import Arguments, Params, Plan, Step
    from cnnstat.layers.base import Layer, Shape
    from cnnstat.spec.choice import Spec
    from cnnstat.spec.expression import Value
    from cnnstat.spec.model import Block, Entry

_REMEMBERED = 50_000  # pieces, of about 3 KB; beyond, a long sweep starts to remember anew
_SCOPE_STEPS = 5  # what a new template costs in unfolding, beside its layers
_SURE = 2  # so many repetitions in front of one are as it is if it stands for more
_FEW = 3  # of repetitions that are alike, the last of which are placed one by one
_KINDS = frozenset(KINDS)
Keyed: TypeAlias = "dict[str, Hashable]"
_NOTHING: State = ((), None)


class Composer:
    """The pieces of one family of networks: ``columns`` are the counts that are wanted of them.

    ``strict`` refuses what layers would round down, ``training`` asks which layers have trained numbers.
    """

    def __init__(self, spec: Spec, columns: tuple[str, ...], *, strict: bool, training: bool) -> None:
        self.family = family = spec.family
        self.columns, self._strict, self._training = columns, strict, training
        self._problems = UnfoldingProblems()
        self._catalogue = Catalogue(spec, self._problems)
        self._catalogue.check_definitions()
        self._blocks = {name: _Called(block, family.blocks) for name, block in family.blocks.items()}
        self._root = Text(family.layers, tuple(spec.inputs), family.outputs, family.blocks)
        self._free: dict[str, tuple[str, ...]] = {}
        self._checked: set[tuple[int, str]] = set()
        self._layers: dict[Hashable, Layer] = {}
        self._pieces: dict[Hashable, Piece] = {}
        self._forms: dict[LeafForm, Form] = {}

    def network(self, spec: Spec, shapes: tuple[Shape, ...]) -> Piece:
        """Return a whole network of the family as a piece.

        Raises:
            Beyond: composition cannot follow it.
            Fault, Misfit: something is wrong with it.
        """
        if self._problems.found:
            raise Beyond("a problem in the definitions")
        if len(self._pieces) > _REMEMBERED:
            self._forget()
        states = tuple([(shape, None) for shape in shapes])
        around = _Around(spec.params, spec.params, frozen=False, depth=0)
        piece = self._composed(self._root, around, states)
        if not piece.layers or piece.made > MAX_LAYERS:
            raise Beyond("nothing, or too much, to unfold")
        put_out = {output for output in piece.form.outputs if output >= 0}
        unread = [i for i, read in enumerate(piece.form.reads) if not read and i not in put_out]
        if unread and len(shapes) > 1:
            raise Beyond("an input that nobody reads")
        return piece

    def _forget(self) -> None:
        self._pieces.clear()
        self._layers.clear()
        for text in (self._root, *(called.text for called in self._blocks.values() if called.is_read)):
            text.clear()

    # -- one list of entries -----------------------------------------------------------------------

    def _composed(self, text: Text, around: _Around, states: tuple[State, ...]) -> Piece:
        """Return what a list of entries comes to."""
        plan = text.plan(around.params)
        slots = [*states, *[_NOTHING] * plan.slots]
        children: list[Piece] = []
        more: list[int] = []
        wired: list[Hashable] = []
        made = _SCOPE_STEPS + plan.entries
        for step in plan.steps:
            read = tuple([slots[number] for number in step.sources])
            made += len(read) // PARTS
            if step.repeat is None:
                piece = self._called(step, step.rest, around, read, None)
                children.append(piece)
                more.append(0)
                wired.append(piece.form)
                made += step.rest.length + _steps(piece) + piece.made
                for slot in step.slots:
                    slots[slot.number] = piece.outputs[slot.output]
            else:
                first = len(children)
                made += self._repeat(step, around, read, slots, children, more)
                each = zip(children[first:], more[first:], strict=True)
                wired.append(tuple([(piece.form, times > 0) for piece, times in each]))
        outputs = tuple([slots[number] for number in plan.outputs])
        return self._put_together(_form(plan, tuple(wired)), states, outputs, children, more, made)

    def _put_together(
        self,
        form: Form,
        states: tuple[State, ...],
        outputs: tuple[State, ...],
        children: list[Piece],
        more: list[int],
        made: int,
    ) -> Piece:
        """Return children in their places as one piece."""
        rows = [child.counts for child in children]
        layers = [child.layers for child in children]
        placed = [child.placed + (child.layer is None) for child in children]
        if any(more):
            times = [1 + count for count in more]
            rows = [tuple([n * t for n in row]) if t > 1 else row for row, t in zip(rows, times, strict=True)]
            layers = [n * t for n, t in zip(layers, times, strict=True)]
            placed = [n * t for n, t in zip(placed, times, strict=True)]
        return Piece(
            form,
            tuple([shape for shape, _ in states]),
            outputs,
            tuple([children[c].sizes[i] for c, i in form.exported_origins]),
            tuple(map(sum, zip(*rows, strict=True))) if rows else (0,) * len(self.columns),
            sum(layers),
            sum(placed) + sum(place.repetition == 0 for place in form.places),
            made,
            1 + max([child.height for child in children], default=0),
            None,
            tuple(children),
            tuple(more),
            {},
        )

    def _repeat(
        self,
        step: Step,
        around: _Around,
        read: tuple[State, ...],
        slots: list[State],
        children: list[Piece],
        more: list[int],
    ) -> int:
        """Add the repetitions of an entry; of many that are alike, a few with how many more there are.

        Returns the steps of unfolding that they take at most.
        """
        times = step.repeat(around.params) if step.repeat else 1
        if not isinstance(times, int) or isinstance(times, bool) or not 1 <= times <= MAX_LAYERS:
            raise Beyond("no number of repetitions")
        made = r = 0
        steady = 0  # how many in front of one have been as it is
        before: Piece | None = None
        while r < times:
            arguments = step.rest if r else step.first
            if before is None or not steady:
                piece = self._called(step, arguments, around, read, r)
            steady = steady + 1 if piece is before and step.alike else 0
            further = times - r - _FEW if steady == _SURE and r + _FEW < times and _steady(step, piece) else 0
            children.append(piece)
            more.append(further)
            made += (1 + arguments.length + _steps(piece)) * (1 + further)
            made += 0 if piece is before else piece.made
            for slot in step.slots:
                if slot.repetition == r:
                    slots[slot.number] = piece.outputs[slot.output]
            outputs = piece.outputs
            read = tuple([outputs[o] if o >= 0 else read[i] for i, o in enumerate(step.carried)])
            before = piece
            r += 1 + further
        for slot in step.slots:
            if slot.repetition == LAST:
                slots[slot.number] = outputs[slot.output]
        return made

    # -- one call ----------------------------------------------------------------------------------

    def _called(
        self,
        step: Step,
        arguments: Arguments,
        around: _Around,
        states: tuple[State, ...],
        repetition: int | None,
    ) -> Piece:
        """Return what an entry asks for, in one of its repetitions or as it is."""
        keyed, params = around.keyed, around.params
        index = repetition if arguments.index or step.frozen else bool(repetition)
        outside = self._read_outside(step.kind)
        key = (
            states,
            around.frozen,
            index,
            tuple([keyed.get(name) for name in step.names]),
            tuple([around.outside.get(name) for name in outside]),
        )
        piece = step.known.get(key)
        if piece is None:
            if repetition is not None and (arguments.index or step.frozen):
                params = {**params, "index": repetition}
            given = arguments.values(params)
            frozen = around.frozen or (step.frozen is not None and truth(step.frozen(params)))
            called = self._blocks.get(step.kind)
            if called is None:
                piece = self._leaf(step, given, states, frozen)
            else:
                piece = self._block(called, given, around, states, frozen)
            if step.frozen is None:
                step.known[key] = piece
        if around.depth + piece.height > MAX_NESTING:
            raise Beyond("blocks that nest too deep")
        return piece

    def _block(
        self,
        called: _Called,
        given: dict[str, Value],
        around: _Around,
        states: tuple[State, ...],
        frozen: bool,
    ) -> Piece:
        """Return a call of a block."""
        block, network = called.block, around.network
        key = (
            block.name,
            frozen,
            states,
            tuple([key_of(given[name]) if name in given else None for name in block.params]),
            tuple([around.outside.get(name) for name in self._read_outside(block.name)]),
        )
        piece = self._pieces.get(key)
        if piece is None:
            if around.depth >= MAX_NESTING or len(states) != len(block.inputs):
                raise Beyond("a call that is refused")
            if any(name not in given for name in block.required):
                raise Beyond("a parameter that is missing")
            reads = called.text.reads
            params = {name: network[name] for name in reads if name in network}
            params.update({name: block.params[name] for name in reads if name in block.params})
            params.update(given)
            within = _Around(params, network, around.outside, frozen=frozen, depth=around.depth + 1)
            piece = self._pieces[key] = self._composed(called.text, within, states)
        return piece

    def _read_outside(self, name: str) -> tuple[str, ...]:
        """Return the parameters of the network that a block reads, or one that it may call; a layer none."""
        if name not in self._free:
            found: set[str] = set()
            waiting, seen = [name] if name in self._blocks else [], {name}
            while waiting:
                called = self._blocks[waiting.pop()]
                found |= called.text.reads - called.block.params.keys()
                calls = called.text.calls()
                for each in self._blocks if calls is None else calls:
                    if each in self._blocks and each not in seen:
                        seen.add(each)
                        waiting.append(each)
            self._free[name] = tuple(sorted(found))
        return self._free[name]

    def _leaf(self, step: Step, given: dict[str, Value], states: tuple[State, ...], frozen: bool) -> Piece:
        """Return a layer with these options on inputs of these states."""
        asked = (step.kind, tuple([(name, key_of(value)) for name, value in given.items()]))
        key = asked, states, frozen
        piece = self._pieces.get(key)
        if piece is None:
            self._check(step.entry, step.kind, len(states))
            layer = self._layers.get(asked)
            if layer is None:
                layer, faults = self._catalogue.read(step.kind, given)
                if layer is None or faults:
                    raise Beyond("options that are no layer's")
                if not layer.known:
                    raise Beyond("a layer whose figures are unknown")
                layer = self._layers[asked] = exact(layer) if self._strict else layer
            piece = self._pieces[key] = self._evaluated(layer, step.kind, states, frozen)
        return piece

    def _check(self, entry: Entry, kind: str, arity: int) -> None:
        """See that a layer type has the options that an entry gives it, and takes so many inputs."""
        if (id(entry), kind) not in self._checked:
            if not self._catalogue.check_entry(entry, kind) or self._problems.found:
                raise Beyond("a problem in an entry")
            self._checked.add((id(entry), kind))
        least, most = self._catalogue.kinds[kind].arity
        if arity < least or (most and arity > most):
            raise Beyond("too few inputs, or too many")

    def _evaluated(self, layer: Layer, kind: str, states: tuple[State, ...], frozen: bool) -> Piece:
        """Return a layer as a piece."""
        shapes = tuple([shape for shape, _ in states])
        frame = states[0][1]
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
            self._leaf_form(layer, len(states), bool(counts.get("trainable"))),
            shapes,
            ((out, frame_behind(layer, frame, shapes)),),
            () if layer.view else (counts["activations"],),
            tuple([counts[c] if c in counts else getattr(layer, c)(shapes).value for c in self.columns]),
            1,
            1 + len(states) // PARTS,
            0,
            0,
            layer,
            (),
            (),
            {},
        )

    def _leaf_form(self, layer: Layer, arity: int, trained: bool) -> Form:
        """Return the form of a layer; what training keeps matters only where it is asked for."""
        reads = layer.reads() if self._training else Reads()
        leaf = LeafForm(arity, layer.view, trained, layer.values_from, reads)
        if leaf not in self._forms:
            self._forms[leaf] = leaf_form(leaf)
        return self._forms[leaf]


class _Around:
    """What the calls of one list of entries have in common.

    ``params`` are those in scope, ``network`` those of the network; ``keyed`` and ``outside`` are the same as
    keys.
    """

    __slots__ = ("depth", "frozen", "keyed", "network", "outside", "params")

    def __init__(
        self, params: Params, network: Params, outside: Keyed | None = None, *, frozen: bool, depth: int
    ) -> None:
        self.params, self.network, self.frozen, self.depth = params, network, frozen, depth
        self.keyed: Keyed = {name: key_of(value) for name, value in params.items()}
        self.outside = self.keyed if outside is None else outside


class _Called:
    """A block that may be called; its text is made ready when it is first called."""

    def __init__(self, block: Block, blocks: Mapping[str, Block]) -> None:
        self.block = block
        self._blocks = blocks
        self._text: Text | None = None

    @property
    def is_read(self) -> bool:
        """Say whether its text is ready."""
        return self._text is not None

    @property
    def text(self) -> Text:
        """Return the text of the block."""
        if self._text is None:
            self._text = Text(self.block.layers, self.block.inputs, self.block.outputs, self._blocks)
        return self._text


def _steps(piece: Piece) -> int:
    """Return the steps of unfolding that a further call of a piece takes at most, beside its options."""
    return len(piece.shapes) // PARTS + (piece.placed if piece.layer is None else 0)


def _form(plan: Plan, wired: tuple[Any, ...]) -> Form:
    """Return the form of a list of pieces of these forms."""
    form = plan.forms.get(wired)
    if form is None:
        repetitions = [each if isinstance(each, tuple) else ((each, False),) for each in wired]
        form = plan.forms[wired] = Wiring(plan).form(repetitions)
    return form


def _steady(step: Step, piece: Piece) -> bool:
    """Say whether repetitions read what the one before them puts out, or what all read: no older ones."""
    outputs = piece.form.outputs
    return all(o < 0 or outputs[o] < 0 or outputs[o] == i for i, o in enumerate(step.carried))
