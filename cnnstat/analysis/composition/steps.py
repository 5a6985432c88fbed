"""Which entries of a list stand there under some parameters, and what each of them reads."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from cnnstat.analysis.composition.beyond import Beyond
from cnnstat.analysis.composition.operands import Ready, names_in, picked, ready
from cnnstat.analysis.composition.slots import LAST, Slots, carried
from cnnstat.base.errors import Fault
from cnnstat.base.limits import PARTS
from cnnstat.graph.scope import merge
from cnnstat.spec.channels import Channels
from cnnstat.spec.expression import Expression
from cnnstat.spec.model import Expressions
from cnnstat.spec.values import truth

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

    from cnnstat.analysis.composition.form import Form
    from cnnstat.analysis.composition.known import Generations, Known
    from cnnstat.analysis.composition.operands import Picked
    from cnnstat.analysis.composition.piece import Piece
    from cnnstat.analysis.composition.slots import Carried, Placed, Slot
    from cnnstat.analysis.composition.structure import Structure
    from cnnstat.spec.model import Block, Entry, Operand, Option, Reference
    from cnnstat.spec.values import Value

Params: TypeAlias = "Mapping[str, Value]"


class Arguments(Struct, frozen=True):
    """The options of an entry: those that are values, and those that follow from parameters.

    ``index`` says that some follow from the number of the repetition, or that it is frozen by that number;
    ``length`` is how many steps of unfolding they take.
    """

    fixed: dict[str, Value]
    ready: tuple[tuple[str, Ready], ...]
    index: bool
    length: int

    def values(self, params: Params) -> dict[str, Value]:
        """Return the options under some parameters, by their names."""
        if not self.ready:
            return self.fixed
        return self.fixed | {name: value(params) for name, value in self.ready}


class Step(Struct, frozen=True, eq=False):
    """One entry that stands there.

    ``sources`` are slots; ``lender`` is the step whose weights it uses, None for its own. What repetitions
    hand on is ``carried``. ``alike`` says that they follow from what they read alone, and that none is read
    by its number. ``picked`` takes the parameters that its options read, ``known`` are the pieces that it has
    come to.
    """

    entry: Entry
    kind: str
    name: str
    sources: tuple[int, ...]
    lender: str | None
    slots: tuple[Slot, ...]
    carried: Carried
    alike: bool
    first: Arguments
    rest: Arguments
    picked: Picked
    repeat: Ready | None
    frozen: Ready | None
    known: Known[Piece]


class StepList(Struct, frozen=True, eq=False):
    """The steps of a list, and the slots that it puts out; slots below ``arity`` are what it reads.

    ``entries`` counts those that are left out, too; ``shares`` says that some use the weights of others;
    ``forms`` and ``structures`` are those of its pieces.
    """

    arity: int
    slots: int
    entries: int
    steps: tuple[Step, ...]
    outputs: tuple[int, ...]
    shares: bool
    forms: Known[Form]
    structures: Known[Structure]


class Text:
    """The text of a block, or of the network itself: what it says, made ready for any parameters.

    ``scope`` are the names of the parameters that are there; ``reads`` are those that its own lines read.
    """

    def __init__(
        self,
        entries: tuple[Entry, ...],
        inputs: tuple[str, ...],
        outputs: Mapping[str, Reference] | tuple[Reference, ...],
        blocks: Mapping[str, Block],
        scope: Iterable[str],
        generations: Generations,
    ) -> None:
        self.entries, self.inputs, self.outputs = entries, inputs, outputs
        self._blocks, self._generations = blocks, generations
        self.reads = frozenset(name for each in entries for name in _names(_operands(each)))
        self._scope = self.reads.intersection(scope)
        self._when = [(i, _ready(e.when, "when")) for i, e in enumerate(entries) if e.when is not None]
        self._types = [
            (i, _ready(e.type, "type")) for i, e in enumerate(entries) if not isinstance(e.type.value, str)
        ]
        self._first = [_arguments(e, merge(e.options, e.first)) for e in entries]
        self._rest = [_arguments(e, e.options) for e in entries]
        self._starred = self._are_starred()
        decide = (o for e in entries for o in (e.when, e.type, e.repeat if self._starred else None) if o)
        self._picked = picked(self._scope.intersection(_names(decide)))
        self._chosen: Known[StepList] = generations.known()
        self._lists: dict[object, StepList] = {}

    def calls(self) -> Iterable[str] | None:
        """Return the words that its entries may call; None where a type follows from parameters."""
        return None if self._types else [str(entry.type.value) for entry in self.entries]

    def step_list(self, params: Params, keyed: Mapping[str, Hashable]) -> StepList:
        """Return what stands there under some parameters, given them as keys, too.

        Raises:
            Beyond: that cannot be followed.
        """
        key = self._picked(keyed)
        found = self._chosen.young.get(key) or self._chosen.elder(key)
        if found is None:
            found = self._chosen.young[key] = self._decided(params)
        return found

    def _decided(self, params: Params) -> StepList:
        present = tuple([truth(when(params)) for _, when in self._when])
        kinds = tuple([kind(params) for _, kind in self._types])
        times: tuple[int, ...] = ()
        if self._starred:
            times = tuple([_times(entry.repeat, params) for entry in self.entries])
        key = present, kinds, times
        if key not in self._lists:
            self._lists[key] = self._made(present, kinds, times)
        return self._lists[key]

    def _are_starred(self) -> bool:
        """Say whether any entry reads each repetition of another, or one by its number."""
        return any(
            "." in reference.name for entry in self.entries for reference in entry.inputs or ()
        ) or any("." in reference.name for reference in self._references)

    @property
    def _references(self) -> tuple[Reference, ...]:
        return self.outputs if isinstance(self.outputs, tuple) else tuple(self.outputs.values())

    def _made(self, present: tuple[bool, ...], kinds: tuple[Value, ...], times: tuple[int, ...]) -> StepList:
        left_out = {i for (i, _), here in zip(self._when, present, strict=True) if not here}
        words = dict(zip((i for i, _ in self._types), kinds, strict=True))
        slots = Slots(self.entries, self.inputs, self._blocks, times)
        for i, entry in enumerate(self.entries):
            kind = words.get(i, entry.type.value)
            if not isinstance(kind, str):
                raise Beyond("a type that is no word")
            slots.add(i, entry, kind, present=i not in left_out)
        outputs = slots.outputs(self.outputs)
        steps = [self._step(each, slots) for each in slots.placed]
        shares = any(step.lender for step in steps)
        arity, count, known = len(self.inputs), len(slots.slots), self._generations.known
        return StepList(arity, count, len(self.entries), tuple(steps), outputs, shares, known(), known())

    def _step(self, placed: Placed, slots: Slots) -> Step:
        entry = placed.entry
        own = tuple(slot for (at, *_), slot in slots.slots.items() if at == placed.name)
        single = any(slot.repetition != LAST for slot in own)
        first, rest = self._first[placed.number], self._rest[placed.number]
        return Step(
            entry,
            placed.kind,
            placed.name,
            placed.sources,
            placed.lender,
            own,
            carried(self._blocks.get(placed.kind), len(placed.sources)),
            not (single or rest.index),
            first,
            rest,
            picked(self._scope.intersection(_names((*entry.first, *entry.options)))),
            None if entry.repeat is None else _ready(entry.repeat, "repeat"),
            None if entry.frozen is None else ready(entry.frozen.value),
            self._generations.known(),
        )


def _operands(entry: Entry) -> Iterable[Option]:
    options = (entry.type, entry.when, entry.repeat, entry.frozen, *entry.first, *entry.options)
    return (option for option in options if option is not None)


def _names(options: Iterable[Option]) -> Iterable[str]:
    return chain.from_iterable(names_in(option.value) for option in options)


def _ready(option: Option, what: str) -> Ready:
    if {"in", "index"} & {*names_in(option.value)}:
        raise Beyond(f"$in or $index in '{what}:'")
    return ready(option.value)


def _times(repeat: Option | None, params: Params) -> int:
    times = 0 if repeat is None else ready(repeat.value)(params)
    if not isinstance(times, int):
        raise Fault("no number of repetitions", code="option/value")
    return times


def _arguments(entry: Entry, options: tuple[Option, ...]) -> Arguments:
    fixed: dict[str, Value] = {}
    given: list[tuple[str, Ready]] = []
    index, length = entry.frozen is not None, len(options) // PARTS
    for option in options:
        names = {*names_in(option.value)}
        if isinstance(option.value, Expressions):
            length += option.value.length
        if isinstance(option.value, Expression | Expressions):
            given.append(
                (option.name, _with_channels(option.value) if "in" in names else ready(option.value))
            )
            index = index or "index" in names
        else:
            fixed[option.name] = option.value
    return Arguments(fixed, tuple(given), index, length)


def _with_channels(operand: Operand) -> Ready:
    """Return an operand as a function where ``$in`` is known to come."""
    value, channels = ready(operand), Channels()
    return lambda params: value({**params, "in": channels})
