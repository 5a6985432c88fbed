"""Which entries of a list stand there under some parameters, and what each of them reads."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from cnnstat.analysis.composition.beyond import Beyond
from cnnstat.analysis.composition.operands import Ready, names_in, ready
from cnnstat.base.errors import Fault
from cnnstat.base.limits import PARTS
from cnnstat.graph.names import Names
from cnnstat.graph.scope import merge
from cnnstat.spec.channels import Channels
from cnnstat.spec.expression import Expression, truth
from cnnstat.spec.model import Expressions

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

    from cnnstat.analysis.composition.form import Form
    from cnnstat.analysis.composition.piece import Piece
    from cnnstat.spec.expression import Value
    from cnnstat.spec.model import Block, Entry, Operand, Option, Reference

Params: TypeAlias = "Mapping[str, Value]"

LAST = -1
"""The last of all repetitions, which stands for the whole repeat."""


class Arguments(Struct, frozen=True):
    """The options of an entry: those that are values, and those that follow from parameters.

    ``index`` says that some follow from the number of the repetition, ``length`` how many steps of unfolding
    they take.
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


class Slot(Struct, frozen=True):
    """What a later entry reads of a step: which of its outputs, in a repetition."""

    number: int
    repetition: int
    output: int


class Step(Struct, frozen=True, eq=False):
    """One entry that stands there.

    ``sources`` are slots. ``carried`` says of each input of a repetition which output of the one before it
    reads, -1 for what the first reads, too. ``alike`` says that repetitions follow from what they read alone,
    and that none is read by its number. ``names`` are the parameters that its options read, ``known`` are the
    pieces that it has come to.
    """

    entry: Entry
    kind: str
    name: str
    sources: tuple[int, ...]
    slots: tuple[Slot, ...]
    carried: tuple[int, ...]
    alike: bool
    first: Arguments
    rest: Arguments
    names: tuple[str, ...]
    repeat: Ready | None
    frozen: Ready | None
    known: dict[Hashable, Piece]


class Plan(Struct, frozen=True, eq=False):
    """The steps of a list, and the slots that it puts out; slots below ``arity`` are what it reads.

    ``entries`` counts those that are left out, too; ``forms`` are those that its pieces have.
    """

    arity: int
    slots: int
    entries: int
    steps: tuple[Step, ...]
    outputs: tuple[int, ...]
    forms: dict[Hashable, Form]


class Text:
    """The text of a block, or of the network itself: what it says, made ready for any parameters.

    ``reads`` are the parameters that its own lines read.
    """

    def __init__(
        self,
        entries: tuple[Entry, ...],
        inputs: tuple[str, ...],
        outputs: Mapping[str, Reference] | tuple[Reference, ...],
        blocks: Mapping[str, Block],
    ) -> None:
        self.entries, self.inputs, self.outputs = entries, inputs, outputs
        self._blocks = blocks
        operands = chain.from_iterable(map(_operands, entries))
        self.reads = frozenset(name for each in operands for name in names_in(each.value))
        self._when = [(i, _ready(e.when, "when")) for i, e in enumerate(entries) if e.when is not None]
        self._types = [
            (i, _ready(e.type, "type")) for i, e in enumerate(entries) if not isinstance(e.type.value, str)
        ]
        self._first = [_arguments(merge(e.options, e.first)) for e in entries]
        self._rest = [_arguments(e.options) for e in entries]
        self._plans: dict[object, Plan] = {}
        self._starred = self._are_starred()

    def calls(self) -> Iterable[str] | None:
        """Return the words that its entries may call; None where a type follows from parameters."""
        return None if self._types else [str(entry.type.value) for entry in self.entries]

    def plan(self, params: Params) -> Plan:
        """Return what stands there under some parameters.

        Raises:
            Beyond: that cannot be followed.
        """
        present = tuple([truth(when(params)) for _, when in self._when])
        kinds = tuple([kind(params) for _, kind in self._types])
        times: tuple[int, ...] = ()
        if self._starred:
            times = tuple([_times(entry.repeat, params) for entry in self.entries])
        key = present, kinds, times
        if key not in self._plans:
            self._plans[key] = self._made(present, kinds, times)
        return self._plans[key]

    def clear(self) -> None:
        """Forget all pieces and forms."""
        for plan in self._plans.values():
            plan.forms.clear()
            for step in plan.steps:
                step.known.clear()

    def _are_starred(self) -> bool:
        """Say whether any entry reads each repetition of another, or one by its number."""
        return any(
            "." in reference.name for entry in self.entries for reference in entry.inputs or ()
        ) or any("." in reference.name for reference in self._references)

    @property
    def _references(self) -> tuple[Reference, ...]:
        return self.outputs if isinstance(self.outputs, tuple) else tuple(self.outputs.values())

    def _made(self, present: tuple[bool, ...], kinds: tuple[Value, ...], times: tuple[int, ...]) -> Plan:
        left_out = {i for (i, _), here in zip(self._when, present, strict=True) if not here}
        words = dict(zip((i for i, _ in self._types), kinds, strict=True))
        wiring = _Wiring(self.entries, self.inputs, self._blocks, times)
        for i, entry in enumerate(self.entries):
            kind = words.get(i, entry.type.value)
            if not isinstance(kind, str):
                raise Beyond("a type that is no word")
            wiring.add(i, entry, kind, present=i not in left_out)
        outputs = wiring.outputs(self.outputs)
        steps = [self._step(*each, wiring) for each in wiring.placed]
        arity = len(self.inputs)
        return Plan(arity, len(wiring.slots), len(self.entries), tuple(steps), outputs, {})

    def _step(
        self, i: int, entry: Entry, kind: str, name: str, sources: tuple[int, ...], wiring: _Wiring
    ) -> Step:
        slots = tuple(slot for (at, *_), slot in wiring.slots.items() if at == name)
        single = any(slot.repetition != LAST for slot in slots)
        first, rest = self._first[i], self._rest[i]
        names = {each for option in (*entry.first, *entry.options) for each in names_in(option.value)}
        return Step(
            entry,
            kind,
            name,
            sources,
            slots,
            _carried(self._blocks.get(kind), len(sources)),
            not (single or rest.index or entry.frozen),
            first,
            rest,
            tuple(sorted(names - {"in", "index"})),
            None if entry.repeat is None else _ready(entry.repeat, "repeat"),
            None if entry.frozen is None else ready(entry.frozen.value),
            {},
        )


class _Wiring:
    """The names of a list as far as it is read, and the slots that they stand for."""

    def __init__(
        self,
        entries: tuple[Entry, ...],
        inputs: tuple[str, ...],
        blocks: Mapping[str, Block],
        times: tuple[int, ...],
    ) -> None:
        self.names = Names(entries, inputs)
        self.slots: dict[tuple[str, int, int], Slot] = {}
        self.placed: list[tuple[int, Entry, str, str, tuple[int, ...]]] = []
        self._blocks, self._times, self._arity = blocks, times, len(inputs)
        self._kinds: dict[str, tuple[str, int]] = {}

    def add(self, i: int, entry: Entry, kind: str, *, present: bool) -> None:
        """Add an entry, or, if it is left out, let its name stand for what it reads."""
        if entry.weights is not None:
            raise Beyond("shared weights")
        name = entry.name or self.names.numbered(kind)
        sources = self._sources(entry)
        if not present:
            self.names.add(name, sources[0], entry, present=False)
            return
        if self.names.present(name):
            raise Beyond("a name that is taken")
        repeats = 0 if entry.repeat is None else self._times[i] if self._times else -1
        self.placed.append((i, entry, kind, name, sources))
        self._kinds[name] = kind, repeats
        self.names.add(name, self._slot(name, LAST, 0), entry, present=True)

    def outputs(self, wanted: Mapping[str, Reference] | tuple[Reference, ...]) -> tuple[int, ...]:
        """Return the slots that the list puts out: those of these names, or else the last."""
        found: list[int] = []
        if isinstance(wanted, tuple):
            for reference in wanted:
                known = self.names.get(reference.name) is not None
                if not known or self.names.present(reference.name):
                    found += self._found(reference)
        else:
            for name, reference in wanted.items():
                found += self._found(reference)
                own = self.names.get(name)
                if own is not None and own >= self._arity and own != found[-1]:
                    raise Beyond("an output with the name of another layer")
        return tuple(found) or (self.names.above,)

    def _sources(self, entry: Entry) -> tuple[int, ...]:
        if entry.inputs is None:
            return (self.names.above,)
        return tuple(chain.from_iterable(map(self._found, entry.inputs)))

    def _found(self, reference: Reference) -> list[int]:
        number = self.names.get(reference.name)
        if number is not None:
            return [number]
        name, *path = reference.name.split(".")
        if name not in self._kinds or not path:
            raise Beyond("an unknown name")
        kind, times = self._kinds[name]
        repetitions: Iterable[int] = (LAST,)
        if times:
            if path[0] == "*":
                repetitions = range(times)
                path = path[1:]
            elif path[0].isdecimal() and path[0] == str(int(path[0])) and int(path[0]) < times:
                repetitions = (int(path[0]),)
                path = path[1:]
        named = tuple(self._blocks[kind].outputs) if kind in self._blocks else ()
        if len(path) > 1 or (path and path[0] not in named):
            raise Beyond("a path to a layer inside of a block")
        output = named.index(path[0]) if path else 0
        return [self._slot(name, repetition, output) for repetition in repetitions]

    def _slot(self, name: str, repetition: int, output: int) -> int:
        key = name, repetition, output
        if key not in self.slots:
            self.slots[key] = Slot(self._arity + len(self.slots), repetition, output)
        return self.slots[key].number


def _carried(block: Block | None, arity: int) -> tuple[int, ...]:
    """Return which output of a repetition the next one reads at each input; -1 where it reads the same."""
    if block is None:
        return (0, *[-1] * (arity - 1))
    named = {name: i for i, name in enumerate(block.outputs)}
    carried = [named.get(name, -1) for name in block.inputs]
    return (max(carried[0], 0), *carried[1:])


def _operands(entry: Entry) -> Iterable[Option]:
    options = (entry.type, entry.when, entry.repeat, entry.frozen, *entry.first, *entry.options)
    return (option for option in options if option is not None)


def _ready(option: Option, what: str) -> Ready:
    if {"in", "index"} & {*names_in(option.value)}:
        raise Beyond(f"$in or $index in '{what}:'")
    return ready(option.value)


def _times(repeat: Option | None, params: Params) -> int:
    times = 0 if repeat is None else ready(repeat.value)(params)
    if not isinstance(times, int):
        raise Fault("no number of repetitions", code="option/value")
    return times


def _arguments(options: tuple[Option, ...]) -> Arguments:
    fixed: dict[str, Value] = {}
    given: list[tuple[str, Ready]] = []
    index, length = False, len(options) // PARTS
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
