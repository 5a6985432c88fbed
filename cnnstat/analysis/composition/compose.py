"""Pieces made of the text of a spec, each distinct one once."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from cnnstat.analysis.composition.beyond import Beyond
from cnnstat.analysis.composition.operands import key_of
from cnnstat.analysis.composition.piece import Leaf, Piece
from cnnstat.analysis.composition.plan import LAST, Text
from cnnstat.analysis.composition.scope import Scope
from cnnstat.analysis.long_patterns import Looks
from cnnstat.analysis.model import KINDS
from cnnstat.analysis.walk import check_ranks, check_size, exact
from cnnstat.analysis.zero_frames import frame_behind, framed_figures
from cnnstat.base.limits import MAX_LAYERS, MAX_NESTING, PARTS
from cnnstat.graph.catalogue import Catalogue
from cnnstat.graph.problems import UnfoldingProblems
from cnnstat.layers.base import UNKNOWN, places, size_of
from cnnstat.spec.expression import truth

if TYPE_CHECKING:
    from collections.abc import Hashable

    from cnnstat.analysis.composition.piece import State
    from cnnstat.analysis.composition.plan import Arguments, Params, Step
    from cnnstat.layers.base import Footprint, Layer, Shape
    from cnnstat.spec.choice import Spec
    from cnnstat.spec.expression import Value
    from cnnstat.spec.model import Block, Entry

_REMEMBERED = 200_000  # pieces; beyond, a long sweep starts to remember anew
_SCOPE_STEPS = 5  # what a new template costs in unfolding, beside its layers
_FEW = 4  # repetitions that are alike are placed one by one, if they are no more than these


class Composer:
    """The pieces of one family of networks: ``columns`` are the counts that are wanted of them.

    ``strict`` refuses what layers would round down. Without ``fields``, no layer is asked what it reads.
    """

    def __init__(self, spec: Spec, columns: tuple[str, ...], *, strict: bool, fields: bool) -> None:
        self.family = family = spec.family
        self.columns, self._strict, self.fields = columns, strict, fields
        self._problems = UnfoldingProblems()
        self._catalogue = Catalogue(spec, self._problems)
        self._catalogue.check_definitions()
        self._blocks = {name: _Called(block, family.blocks) for name, block in family.blocks.items()}
        self._root = Text(family.layers, tuple(spec.inputs), family.outputs, family.blocks)
        self._free: dict[str, tuple[str, ...]] = {}
        self._checked: set[tuple[int, str]] = set()
        self._layers: dict[Hashable, Layer] = {}
        self._pieces: dict[Hashable, Piece] = {}

    def network(self, spec: Spec, shapes: tuple[Shape, ...]) -> Piece:
        """Return a whole network of the family as a piece.

        Raises:
            Beyond: composition cannot follow it.
            Fault, Misfit: something is wrong with it.
        """
        if self._problems.found:
            raise Beyond("a problem in the definitions")
        if len(self._pieces) > _REMEMBERED:
            self._pieces.clear()
        states = tuple([(shape, None) for shape in shapes])
        piece = self._composed(self._root, spec.params, spec.params, states, frozen=False, depth=0)
        if not piece.layers or piece.made > MAX_LAYERS:
            raise Beyond("nothing, or too much, to unfold")
        read = {~output for output in piece.outputs if output < 0}
        inputs = {output for output in piece.outputs if output >= 0}
        unread = any(not is_read and i not in inputs for i, is_read in enumerate(piece.reads))
        if (len(shapes) > 1 and unread) or any(not r and i not in read for i, r in enumerate(piece.read)):
            raise Beyond("something that nobody reads")
        return piece

    # -- one list of entries -----------------------------------------------------------------------

    def _composed(
        self,
        text: Text,
        params: Params,
        network: Params,
        states: tuple[State, ...],
        *,
        frozen: bool,
        depth: int,
    ) -> Piece:
        """Return what a list of entries comes to, under the parameters of its own and of the network."""
        scope = Scope(text.plan(params), states)
        around = _Around(params, network, frozen, depth)
        for step in scope.plan.steps:
            sources = tuple([scope.slots[number] for number in step.sources])
            if step.repeat is not None:
                self._repeat(step, scope, around, sources)
                continue
            piece = self._called(step, step.rest, scope, around, around.params, sources)
            scope.made += 1 + piece.placed + _SCOPE_STEPS + piece.made
            outputs = scope.place(piece, step.name, sources, 0)
            if step.entry.unused:
                scope.unused += outputs
            self._name(step, LAST, scope, outputs)
        return scope.piece(len(self.columns))

    def _repeat(self, step: Step, scope: Scope, around: _Around, sources: tuple[int, ...]) -> None:
        """Place the repetitions of an entry; of many that are alike, a few with how many more there are."""
        times = step.repeat(around.params) if step.repeat else 1
        if not isinstance(times, int) or isinstance(times, bool) or not 1 <= times <= MAX_LAYERS:
            raise Beyond("no number of repetitions")
        before: Piece | None = None
        r = 0
        while r < times:
            arguments = step.rest if r else step.first
            params = around.params
            if arguments.index or step.frozen:
                params = {**params, "index": r}
            piece = self._called(step, arguments, scope, around, params, sources)
            more = max(0, times - r - _FEW + 1) if piece is before and self._steady(step, piece) else 0
            outputs = scope.place(piece, f"{step.name}.{r}", sources, more)
            scope.made += (2 + piece.placed) * (1 + more)
            if step.entry.unused:
                scope.unused += outputs
            if piece is not before:
                scope.made += _SCOPE_STEPS + piece.made
            if step.single:
                self._name(step, r, scope, outputs)
            sources = self._carried(step, sources, outputs)
            before = piece
            r += 1 + more
        self._name(step, LAST, scope, outputs)

    def _steady(self, step: Step, piece: Piece) -> bool:
        """Say whether all repetitions behind one that is as that before it are as it is.

        Each reads what the one before it puts out, or what all of them read: nothing from further above.
        """
        if step.single or step.rest.index or step.frozen:
            return False
        if step.kind not in self._blocks:
            return piece.outputs[0] < 0
        block = self._blocks[step.kind].block
        named = {name: i for i, name in enumerate(block.outputs)}
        carried = [named.get(name, -1) for name in block.inputs]
        carried[0] = max(carried[0], 0)
        return all(
            output < 0 or piece.outputs[output] < 0 or piece.outputs[output] == i
            for i, output in enumerate(carried)
        )

    def _carried(self, step: Step, sources: tuple[int, ...], outputs: tuple[int, ...]) -> tuple[int, ...]:
        """Return what the next repetition reads: the output at the first input, named ones at theirs."""
        sources = (outputs[0], *sources[1:])
        if step.kind not in self._blocks:
            return sources
        block = self._blocks[step.kind].block
        named = dict(zip(block.outputs, outputs, strict=False))
        return tuple([named.get(name, node) for name, node in zip(block.inputs, sources, strict=True)])

    def _name(self, step: Step, repetition: int, scope: Scope, outputs: tuple[int, ...]) -> None:
        """Let slots stand for what a step, or one of its repetitions, puts out."""
        for slot in step.slots:
            if slot.repetition == repetition:
                names = self._blocks[step.kind].outputs if slot.output else ()
                at = names.index(slot.output) if slot.output else 0
                scope.slots[slot.number] = outputs[at]

    # -- one call ----------------------------------------------------------------------------------

    def _called(
        self,
        step: Step,
        arguments: Arguments,
        scope: Scope,
        around: _Around,
        params: Params,
        sources: tuple[int, ...],
    ) -> Piece:
        """Return what an entry asks for, in one of its repetitions or as it is."""
        states = tuple([scope.states[node] for node in sources])
        given = arguments.values(params)
        frozen = around.frozen or (step.frozen is not None and truth(step.frozen(params)))
        called = self._blocks.get(step.kind)
        scope.made += 2 + len(sources) // PARTS * 2 + arguments.length
        if called is None:
            return self._leaf(step, given, states, frozen)
        return self._block(called, given, around, states, frozen)

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
        free = self._read_outside(block.name)
        key = (
            block.name,
            frozen,
            states,
            tuple([key_of(given[name]) if name in given else None for name in block.params]),
            tuple([key_of(network[name]) for name in free if name in network]),
        )
        piece = self._pieces.get(key)
        if piece is None:
            if around.depth >= MAX_NESTING or len(states) != len(block.inputs):
                raise Beyond("a call that is refused")
            if any(name not in given for name in block.required):
                raise Beyond("a parameter that is missing")
            params = {name: network[name] for name in called.text.reads if name in network}
            params.update({name: block.params[name] for name in called.text.reads if name in block.params})
            params.update(given)
            piece = self._pieces[key] = self._composed(
                called.text, params, network, states, frozen=frozen, depth=around.depth + 1
            )
        elif around.depth + piece.height > MAX_NESTING:
            raise Beyond("blocks that nest too deep")
        return piece

    def _read_outside(self, name: str) -> tuple[str, ...]:
        """Return the parameters of the network that a block reads, or one that it may call."""
        if name not in self._free:
            found: set[str] = set()
            waiting, seen = [name], {name}
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
                self._layers[asked] = layer
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
        layer = exact(layer) if self._strict else layer
        check_ranks(layer, kind, shapes)
        out = size_of(layer.sizes(shapes))
        check_size(out)
        footprints, looks = self._footprints(layer, shapes)
        trainable = 0 if frozen else layer.trainable(shapes).value if "trainable" in self.columns else 0
        leaf = Leaf(layer, out, bool(trainable), layer.reads(), footprints)
        framed = framed_figures(layer, frame, shapes)
        counts: dict[str, int] = {"trainable": trainable, "activations": prod(out)}
        if framed is not None:
            counts |= {"padding_macs": framed[0].value, "connections": framed[1].value}
        if any(kind in self.columns for kind in KINDS):
            operations = layer.operations(shapes)
            counts |= {kind: getattr(operations, kind).value for kind in KINDS}
        return Piece(
            shapes=shapes,
            nodes=((out, frame_behind(layer, frame, shapes)),),
            outputs=(~0,),
            reads=(True,) * len(states),
            read=(False,),
            exported=(),
            counts=tuple(
                [counts[c] if c in counts else getattr(layer, c)(shapes).value for c in self.columns]
            ),
            layers=1,
            looks=looks,
            placed=1 + len(states) // PARTS,
            made=0,
            height=0,
            leaf=leaf,
            children=(),
            known={},
        )

    def _footprints(self, layer: Layer, shapes: tuple[Shape, ...]) -> tuple[tuple[Footprint, ...], int]:
        """Return what a layer reads, and how long its patterns are."""
        if not self.fields:
            return (), 0
        looks = Looks()
        if looks.take(layer.period(shapes), len(places(shapes[0]))):
            return layer.footprints(shapes), looks.spent
        return (UNKNOWN,) * (layer.values_from or len(shapes)), 0


class _Around:
    """What the calls of one list of entries have in common."""

    __slots__ = ("depth", "frozen", "network", "params")

    def __init__(self, params: Params, network: Params, frozen: bool, depth: int) -> None:
        self.params, self.network, self.frozen, self.depth = params, network, frozen, depth


class _Called:
    """A block that may be called; its text is made ready when it is first called."""

    def __init__(self, block: Block, blocks: dict[str, Block]) -> None:
        self.block = block
        self.outputs = tuple(block.outputs)
        self._blocks = blocks
        self._text: Text | None = None

    @property
    def text(self) -> Text:
        """Return the text of the block."""
        if self._text is None:
            self._text = Text(self.block.layers, self.block.inputs, self.block.outputs, self._blocks)
        return self._text
