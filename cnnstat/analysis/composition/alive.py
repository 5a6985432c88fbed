"""Which memory pieces hold while they run, and what they leave behind.

Nodes run in order, and an activation is freed after its last reader. What a piece holds is a course of spans:
the most numbers of its own that are alive until it has read one of its inputs for the last time, then until
the next. Whoever calls the piece knows what becomes of an input then, for it knows who else reads it.

When what is freed follows from the form of a piece alone: a `Schedule`, made once for all pieces of a form.
How much that is follows from the sizes of what its layers put out.
"""

from __future__ import annotations

from itertools import compress
from math import prod
from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.analysis.composition.beyond import Beyond
from cnnstat.analysis.composition.kept import Key, graded, kept_within

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.analysis.composition.form import Form, Place
    from cnnstat.analysis.composition.kept import Flags
    from cnnstat.analysis.composition.piece import Piece


class Turn(Struct, frozen=True):
    """What a child does when it is its turn.

    ``spans`` are those of its course: the memories that are freed at the end of each, and whether one of the
    inputs of the whole piece is read there for the last time. ``left`` are those that it leaves behind.
    ``is_leaf`` says that it is a layer, which has one span.
    """

    is_leaf: bool
    schedule: Schedule
    spans: tuple[tuple[tuple[int, ...], bool], ...]
    left: tuple[int, ...]


class Schedule(Struct, frozen=True, eq=False):
    """When a form frees what: the turns of its children, and the inputs it has read at the end of each span.

    ``outside`` are its memories that are read after it; ``keeps`` says of a layer that its output stays for
    the backward pass, though nobody reads it.
    """

    turns: tuple[Turn, ...]
    spans: tuple[tuple[int, ...], ...]
    outside: tuple[int, ...]
    keeps: bool


class Course(Struct, frozen=True, gc=False):
    """The most numbers alive in each span, and how many stay for good, besides what is read outside."""

    peaks: tuple[int, ...]
    left: int


# -- schedules -----------------------------------------------------------------------------------------


def schedule(form: Form, live: Flags, key: Key | None) -> Schedule:
    """Return when a form frees what; ``live`` says which of its exported memories are read after it.

    With a ``key`` as `graded` has it, nothing is freed that the backward pass reads.

    Raises:
        Beyond: training makes something else of repetitions that are alike.
    """
    asked = live, key
    found = form.cache.schedules.get(asked)
    if found is None:
        found = form.cache.schedules[asked] = (_of_leaf if form.leaf else _of_list)(form, live, key)
    return found


def _of_leaf(form: Form, live: Flags, key: Key | None) -> Schedule:
    keeps = key is not None and bool(live) and not live[0] and graded(form, key).exported[0]
    return Schedule((), (tuple(range(form.arity)),), (), keeps)


def _of_list(form: Form, live: Flags, key: Key | None) -> Schedule:
    arity, storage = form.arity, form.storage
    staying = {arity + at for at in compress(form.exported_memories, live)}
    keys: Sequence[Key | None] = (None,) * len(form.places)
    if key is not None:
        keys = graded(form, key).keys
        staying |= kept_within(form, keys)
        for c, place in enumerate(form.places):
            # What stands for more has neighbours that are like it: `ALIKE_BEFORE`, `ALIKE_BEHIND`.
            if place.carried is not None and not keys[c - 1] == keys[c] == keys[c + 1]:
                raise Beyond("repetitions of which training keeps something else")
    last = _last_readers(form)
    turns: list[Turn] = []
    read: list[tuple[int, ...]] = []
    own = arity
    for c, place in enumerate(form.places):
        memories = range(own, own + len(place.form.exported_memories))
        lives = tuple([last.get(at, -1) > c or at in staying for at in memories])
        within = schedule(place.form, lives, keys[c])
        freed = _freed_in(place, storage, last, c, staying)
        spans = []
        for inputs in within.spans:
            gone = _gone([storage[place.sources[i]] for i in inputs], freed)
            outer = tuple([at for at in gone if at < arity])
            if outer:
                read.append(outer)
            spans.append((tuple([at - arity for at in gone if at >= arity]), bool(outer)))
        turns.append(
            Turn(
                place.form.leaf is not None,
                within,
                tuple(spans),
                tuple([at - arity for at in compress(memories, lives)]),
            )
        )
        own = memories.stop
    read.append(())
    return Schedule(tuple(turns), tuple(read), tuple(compress(form.exported_memories, live)), keeps=False)


def _last_readers(form: Form) -> dict[int, int]:
    """Return for each memory the last child that reads it."""
    return {
        form.storage[source]: c
        for c, place in enumerate(form.places)
        for source in compress(place.sources, place.form.reads)
    }


def _freed_in(
    place: Place, storage: Sequence[int], last: dict[int, int], c: int, staying: set[int]
) -> dict[int, int]:
    """Return the memories that are read for the last time in a child, and by how many of its inputs."""
    freed: dict[int, int] = {}
    for source in compress(place.sources, place.form.reads):
        at = storage[source]
        if last[at] == c and at not in staying:
            freed[at] = freed.get(at, 0) + 1
    return freed


def _gone(read: Sequence[int], freed: dict[int, int]) -> list[int]:
    """Return the memories of which all inputs have now been read, and count those that have been."""
    gone = []
    for at in read:
        if at in freed:
            freed[at] -= 1
            if not freed[at]:
                gone.append(at)
    return gone


# -- numbers -------------------------------------------------------------------------------------------


def course(piece: Piece, when: Schedule) -> Course:
    """Return how much is alive while a piece runs by a schedule of its form."""
    found = piece.cache.courses.get(when)
    if found is None:
        found = piece.cache.courses[when] = _course(piece, when)
    return found


def _course(piece: Piece, when: Schedule) -> Course:
    sizes: list[int] = []
    for child in piece.children:
        sizes += child.sizes
    peaks: list[int] = []
    alive = highest = 0
    for child, more, turn in zip(piece.children, piece.more, when.turns, strict=True):
        start = alive
        if turn.is_leaf:
            size = sum(child.sizes)
            found: tuple[int, ...] = (size,)
            left = size if turn.schedule.keeps else 0
        else:
            runs = child.cache.courses.get(turn.schedule) or course(child, turn.schedule)
            found, left = runs.peaks, runs.left
        for peak, (freed, read) in zip(found, turn.spans, strict=True):
            if alive + peak > highest:
                highest = alive + peak
            for at in freed:
                alive -= sizes[at]
            if read:
                peaks.append(highest)
                highest = 0
        alive += left
        for at in turn.left:
            alive += sizes[at]
        if more:
            alive += (alive - start) * more
    peaks.append(highest)
    for at in when.outside:
        alive -= sizes[at]
    return Course(tuple(peaks), alive)


# -- the network ---------------------------------------------------------------------------------------


def peak_of(piece: Piece, *, trained: bool) -> int:
    """Return the most numbers alive at once when a network runs, or when it is trained."""
    form = piece.form
    key = ((False,) * form.arity, (True,) * len(form.exported)) if trained else None
    kept = {link.number for link in (*form.outputs, *form.outside) if not link.own}
    if key is not None:
        kept |= {i for i, keep in enumerate(graded(form, key).inputs) if keep}
    inputs = [prod(shape) for shape in piece.shapes]
    highest = alive = 0
    for i, size in enumerate(inputs):
        alive += size
        highest = max(highest, alive)
        if not form.reads[i] and i not in kept:
            alive -= size
    when = schedule(form, (True,) * len(form.exported_memories), key)
    for peak, read in zip(course(piece, when).peaks, when.spans, strict=True):
        highest = max(highest, alive + peak)
        alive -= sum([inputs[i] for i in read if i not in kept])
    return highest
