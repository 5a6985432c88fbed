"""Which memory pieces hold while they run, and what they leave behind.

Nodes run in order, and an activation is freed after its last reader. What a piece holds is a course of
spans: the most numbers of its own that are alive until it has read one of its inputs for the last time, then
until the next. Whoever calls the piece knows what becomes of an input then, for it knows who else reads it.

In training nothing is freed that the backward pass reads. What that is follows from which inputs depend on
trained numbers, and on which outputs the loss does.
"""

from __future__ import annotations

from itertools import compress
from math import prod
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from cnnstat.analysis.backward_cost import NeededGradients
from cnnstat.analysis.composition.beyond import Beyond

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.analysis.composition.piece import Child, Leaf, Piece

Flags: TypeAlias = tuple[bool, ...]


class Memory(Struct, frozen=True):
    """The memories that the nodes of a piece take.

    ``storage`` says of each node, inputs and those of children, whose it is: an input's (its position), or
    one of the piece's own (the number of inputs further on), which take the ``sizes``. ``outside`` says so of
    the nodes that may be read outside, where own memories are ~positions among ``exported``.
    """

    storage: tuple[int, ...]
    sizes: tuple[int, ...]
    outside: tuple[int, ...]
    exported: tuple[int, ...]

    @property
    def exported_sizes(self) -> tuple[int, ...]:
        """Return the sizes of the memories that may be read outside."""
        return tuple([self.sizes[i] for i in self.exported])


class Course(Struct, frozen=True):
    """The most numbers alive in each span, and the inputs that are read for the last time at its end.

    ``left`` stays alive for good, besides the memories that are read outside.
    """

    spans: tuple[tuple[int, tuple[int, ...]], ...]
    left: int


class Graded(Struct, frozen=True):
    """What training makes of a piece: the inputs and the exported memories that the backward pass reads.

    ``children`` are its children's, each by its own key: which inputs depend on trained numbers, and which
    nodes the loss depends on.
    """

    inputs: Flags
    exported: Flags
    keys: tuple[tuple[Flags, Flags] | None, ...]


def memory_of(piece: Piece) -> Memory:
    """Return the memories that the nodes of a piece take."""
    found: Memory | None = piece.known.get("memory")
    if found is None:
        found = piece.known["memory"] = _memory(piece)
    return found


def _memory(piece: Piece) -> Memory:
    if piece.leaf is not None:
        if piece.leaf.layer.view:
            return Memory((), (), (0,), ())
        return Memory((), (prod(piece.leaf.out),), (~0,), (0,))
    storage = [*range(piece.arity)]
    sizes: list[int] = []
    for child in piece.children:
        own = memory_of(child.piece)
        first = piece.arity + len(sizes)
        sizes += own.exported_sizes
        storage += [storage[child.sources[at]] if at >= 0 else first + ~at for at in own.outside]
    outside = [storage[node] for node in piece.exported]
    exported = [*dict.fromkeys(at - piece.arity for at in outside if at >= piece.arity)]
    seen = {at + piece.arity: ~i for i, at in enumerate(exported)}
    return Memory(tuple(storage), tuple(sizes), tuple([seen.get(at, at) for at in outside]), tuple(exported))


# -- the course of a run -------------------------------------------------------------------------------


def course(piece: Piece, live: Flags, key: tuple[Flags, Flags] | None = None) -> Course:
    """Return how much is alive while a piece runs.

    ``live`` says which of its exported memories are read after it. With a ``key`` as in `graded` it is
    trained.
    """
    asked = live, key
    found: Course | None = piece.known.get(asked)
    if found is None:
        found = piece.known[asked] = _leaf_course(piece, live, key) if piece.leaf else _course(*asked, piece)
    return found


def _leaf_course(piece: Piece, live: Flags, key: tuple[Flags, Flags] | None) -> Course:
    size = sum(memory_of(piece).sizes)
    kept = key is not None and size and graded(piece, *key).exported[0]
    return Course(((size, tuple(range(piece.arity))),), size if kept and not live[0] else 0)


def _course(live: Flags, key: tuple[Flags, Flags] | None, piece: Piece) -> Course:
    memory = memory_of(piece)
    arity, storage, sizes = piece.arity, memory.storage, memory.sizes
    staying = {arity + at for at, lives in zip(memory.exported, live, strict=True) if lives}
    keys: Sequence[tuple[Flags, Flags] | None] = (None,) * len(piece.children)
    if key is not None:
        found = graded(piece, *key)
        keys = found.keys
        staying |= _kept(piece, keys)
    last: dict[int, int] = {}
    for c, child in enumerate(piece.children):
        for source, reads in zip(child.sources, child.piece.reads, strict=True):
            if reads:
                last[storage[source]] = c
    spans: list[tuple[int, tuple[int, ...]]] = []
    own = alive = highest = 0
    for c, child in enumerate(piece.children):
        count = len(memory_of(child.piece).exported)
        of_child = range(arity + own, arity + own + count)
        lives = tuple([last.get(at, -1) > c or at in staying for at in of_child])
        runs = course(child.piece, lives, keys[c])
        freed = _freed_in(child, storage, last, c, staying)
        start = alive
        for peak, read in runs.spans:
            highest = max(highest, alive + peak)
            gone = []
            for i in read:
                at = storage[child.sources[i]]
                if at in freed:
                    freed[at] -= 1
                    if not freed[at]:
                        if at < arity:
                            gone.append(at)
                        else:
                            alive -= sizes[at - arity]
            if gone:
                spans.append((highest, tuple(gone)))
                highest = 0
        alive += runs.left + sum([sizes[at - arity] for at in compress(of_child, lives)])
        if child.more:
            _check_steady(piece.children, keys, c)
            alive += (alive - start) * child.more
        own += count
    if highest:
        spans.append((highest, ()))
    outside = sum([sizes[at] for at in compress(memory.exported, live)])
    return Course(tuple(spans), alive - outside)


def _freed_in(
    child: Child, storage: Sequence[int], last: dict[int, int], c: int, staying: set[int]
) -> dict[int, int]:
    """Return the memories that are read for the last time in a child, and by how many of its inputs."""
    freed: dict[int, int] = {}
    for source, reads in zip(child.sources, child.piece.reads, strict=True):
        at = storage[source]
        if reads and last[at] == c and at not in staying:
            freed[at] = freed.get(at, 0) + 1
    return freed


def _check_steady(children: Sequence[Child], keys: Sequence[tuple[Flags, Flags] | None], c: int) -> None:
    """Refuse repetitions that stand for more if training makes another thing of one beside them."""
    if not keys[c - 1] == keys[c] == keys[c + 1]:
        raise Beyond("repetitions of which training keeps something else")


# -- what training keeps -------------------------------------------------------------------------------


def graded(piece: Piece, depends: Flags, needed: Flags) -> Graded:
    """Return what the backward pass keeps of a piece.

    ``depends`` says which of its inputs depend on trained numbers, ``needed`` on which of its nodes the loss
    does.
    """
    asked = "graded", depends, needed
    found: Graded | None = piece.known.get(asked)
    if found is None:
        leaf = piece.leaf
        found = _graded_leaf(piece, leaf, depends, needed) if leaf else _graded(piece, depends, needed)
        piece.known[asked] = found
    return found


def _graded_leaf(piece: Piece, leaf: Leaf, depends: Flags, needed: Flags) -> Graded:
    values = depends[: leaf.layer.values_from]
    need = NeededGradients(needed[0] and leaf.trained, tuple([needed[0] and each for each in values]))
    kept = [*need.keep_inputs(leaf.reads)]
    kept += [False] * (piece.arity - len(kept))
    own = need.keep_output(leaf.reads)
    if leaf.layer.view:
        return Graded((kept[0] or own, *kept[1:]), (), ())
    return Graded(tuple(kept), (own,), ())


def _graded(piece: Piece, depends: Flags, needed: Flags) -> Graded:
    memory = memory_of(piece)
    before = _forward(piece, depends)
    after = _backward(piece, needed)
    keys = tuple(
        [
            (
                tuple([before[source] for source in child.sources]),
                tuple([after[node] for node in range(child.start, child.start + len(child.piece.nodes))]),
            )
            for child in piece.children
        ]
    )
    kept = _kept(piece, keys)
    exported = tuple([piece.arity + at in kept for at in memory.exported])
    return Graded(tuple([i in kept for i in range(piece.arity)]), exported, keys)


def _kept(piece: Piece, keys: Sequence[tuple[Flags, Flags] | None]) -> set[int]:
    """Return the memories that the backward pass reads, of those that children share."""
    memory, own = memory_of(piece), piece.arity
    kept: set[int] = set()
    for child, key in zip(piece.children, keys, strict=True):
        if key is not None:
            found = graded(child.piece, *key)
            kept.update(memory.storage[source] for source in compress(child.sources, found.inputs))
            kept.update(compress(range(own, own + len(found.exported)), found.exported))
            own += len(found.exported)
    return kept


def depending(piece: Piece, depends: Flags) -> Flags:
    """Return which nodes of a piece depend on trained numbers, given which of its inputs do."""
    if piece.leaf is not None:
        return (piece.leaf.trained or any(depends[: piece.leaf.layer.values_from]),)
    asked = "depending", depends
    if asked not in piece.known:
        nodes = _forward(piece, depends)
        piece.known[asked] = tuple([nodes[node] for node in piece.exported])
    found: Flags = piece.known[asked]
    return found


def _forward(piece: Piece, depends: Flags) -> list[bool]:
    nodes = [*depends]
    for child in piece.children:
        nodes += depending(child.piece, tuple([nodes[source] for source in child.sources]))
    return nodes


def needing(piece: Piece, needed: Flags) -> Flags:
    """Return on which inputs of a piece the loss depends, given on which of its nodes it does."""
    if piece.leaf is not None:
        values = piece.leaf.layer.values_from
        return tuple([needed[0] and (values is None or i < values) for i in range(piece.arity)])
    asked = "needing", needed
    if asked not in piece.known:
        piece.known[asked] = tuple(_backward(piece, needed)[: piece.arity])
    found: Flags = piece.known[asked]
    return found


def _backward(piece: Piece, needed: Flags) -> list[bool]:
    last = piece.children[-1] if piece.children else None
    count = last.start + len(last.piece.nodes) if last else piece.arity
    nodes = [False] * count
    for node, need in zip(piece.exported, needed, strict=True):
        nodes[node] = nodes[node] or need
    for child in reversed(piece.children):
        own = tuple(nodes[child.start : child.start + len(child.piece.nodes)])
        for source, need in zip(child.sources, needing(child.piece, own), strict=True):
            nodes[source] = nodes[source] or need
    return nodes


# -- the network ---------------------------------------------------------------------------------------


def peaks(piece: Piece, inputs: Sequence[int], *, trained: bool) -> tuple[int, int]:
    """Return the most numbers alive at once when a network runs, and when it is trained (0 if not asked).

    ``inputs`` are the sizes of its inputs.
    """
    outputs = {~output for output in piece.outputs if output < 0}
    key = None
    if trained:
        key = (False,) * piece.arity, tuple([i in outputs for i in range(len(piece.nodes))])
    return _peak(piece, inputs, None), _peak(piece, inputs, key) if trained else 0


def _peak(piece: Piece, inputs: Sequence[int], key: tuple[Flags, Flags] | None) -> int:
    memory = memory_of(piece)
    kept = {output for output in piece.outputs if output >= 0}
    kept |= {memory.outside[~output] for output in piece.outputs if output < 0}
    if key is not None:
        kept |= {i for i, keep in enumerate(graded(piece, *key).inputs) if keep}
    highest = alive = 0
    for i, size in enumerate(inputs):
        alive += size
        highest = max(highest, alive)
        if not piece.reads[i] and i not in kept:
            alive -= size
    for peak, gone in course(piece, (True,) * len(memory.exported), key).spans:
        highest = max(highest, alive + peak)
        alive -= sum([inputs[i] for i in gone if i not in kept])
    return highest
