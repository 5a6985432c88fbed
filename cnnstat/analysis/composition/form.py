"""How a piece is wired, apart from any numbers: most pieces of a spec have one of a few forms.

Within a list of entries, nodes are numbered as in a whole graph: first the inputs of the list, then what each
child puts out, as far as anybody outside of the child may read it. What stays within a child has no number.
Memories are numbered likewise; a view has none of its own.

Example:
    input: [3, 8, 8]                                              # node 0, memory 0
    layers:
      - {name: a, type: conv, filters: 4, kernel: 3, padding: 1}  # node 1, memory 1: 4x8x8 numbers
      - {name: b, type: slice, stop: 2}                           # node 2, a view of memory 1
      - {type: concat, from: [input, b]}                          # node 3, memory 2: 5x8x8 numbers

Form: what may be read outside is node 3, in memory 2, which is the second of its own
    outputs = (Link(own=True, number=0),)      # the first of the exported nodes
    exported = (3,)
    reads = (True,)                            # the input is read
    read = (False,)                            # node 3 is not read within
    storage = (0, 1, 1, 2)                     # of each node its memory
    origins = ((0, 0), (2, 0))                 # the first memory of child 0, and of child 2
    outside = (Link(own=True, number=0),)      # node 3 is in the first of the exported memories
    exported_memories = (1,)                   # which is the second of the origins

Schedule, if memory 2 is read afterwards: own memories by their place in the origins
    turns[0].left = (0,)                       # a leaves its memory behind
    turns[1].left = ()                         # b has none
    turns[2].left = (1,)
    turns[2].spans = (((0,), True),)           # concat reads a's memory and the input for the last time
    spans = ((0,), ())                         # so the first span of it all ends with input 0
    outside = (1,)

Course: numbers besides those of the input
    peaks = (576, 0)                           # 256 of a and 320 of concat; behind the input nothing runs
    left = 0                                   # nothing stays but what is read outside
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct, field

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.analysis.composition.alive import Schedule
    from cnnstat.analysis.composition.kept import Flags, Graded, Key
    from cnnstat.analysis.composition.slots import Carried
    from cnnstat.layers.base import Reads

T = TypeVar("T")

ALIKE_BEFORE = ALIKE_BEHIND = 2
"""Of repetitions that are alike, so many are placed in front of one that stands for more, and behind those.

`alive` counts on it: what stands for more has a repetition like it on either side, and the last one, which
others read, never stands for more.
"""


class Link(Struct, frozen=True):
    """A node, or a memory, of a piece: that of an input, or one of the piece's ``own``, by its number."""

    own: bool
    number: int

    def among(self, inputs: Sequence[T], own: Sequence[T]) -> T:
        """Return which it is where these are the inputs and the piece's own."""
        return own[self.number] if self.own else inputs[self.number]


class LeafForm(Struct, frozen=True):
    """What of a layer matters to memory: whether it is a view, has trained numbers, and what backward reads.

    ``values`` is the number of inputs whose values it reads (None: all).
    """

    arity: int
    view: bool
    trained: bool
    values: int | None
    reads: Reads


class Place(Struct, frozen=True):
    """A child in its place: the nodes that it reads, and the first of the nodes that it puts out.

    Does it stand for more repetitions, ``carried`` says of each input of the next one which of the child's
    nodes it reads; None where it reads what the child reads. ``repetition`` is its number among those that
    are placed.
    """

    form: Form
    name: str
    repetition: int | None
    sources: tuple[int, ...]
    start: int
    carried: Carried | None

    @property
    def handed_on(self) -> int | None:
        """Return the node that the next repetition reads at the first input; None where there is none."""
        return self.carried[0] if self.carried else None


class FormCache(Struct):
    """What `kept` and `alive` have found out of a form, by what they were asked."""

    graded: dict[Key, Graded] = field(default_factory=dict)
    depending: dict[Flags, Flags] = field(default_factory=dict)
    needing: dict[Flags, Flags] = field(default_factory=dict)
    schedules: dict[tuple[Flags, Key | None], Schedule] = field(default_factory=dict)


class Form(Struct, frozen=True, eq=False, dict=True):
    """A form.

    ``outputs`` says of each output which node it is: an input, or one of the ``exported``, which are the
    nodes that may be read outside, by the numbers they have in the list. ``reads`` says which inputs a layer
    of it reads, ``read`` which of its exported nodes is read within it, or need not be.

    Memories are numbered as nodes are: those of the inputs, then those of children (``origins``: the child,
    and which of its exported memories it is). ``storage`` says of each node whose memory it takes.
    ``outside`` says so of the exported nodes, where own memories are counted among the
    ``exported_memories``, which are numbers of ``origins``.
    """

    arity: int
    outputs: tuple[Link, ...]
    exported: tuple[int, ...]
    reads: tuple[bool, ...]
    read: tuple[bool, ...]
    leaf: LeafForm | None
    places: tuple[Place, ...]
    storage: tuple[int, ...]
    origins: tuple[tuple[int, int], ...]
    outside: tuple[Link, ...]
    exported_memories: tuple[int, ...]
    cache: FormCache

    @cached_property
    def exported_origins(self) -> tuple[tuple[int, int], ...]:
        """Return where the exported memories come from."""
        return tuple([self.origins[at] for at in self.exported_memories])


def leaf_form(leaf: LeafForm) -> Form:
    """Return the form of a layer."""
    arity = leaf.arity
    outside = Link(own=not leaf.view, number=0)
    memories = () if leaf.view else (0,)
    return Form(
        arity,
        (Link(own=True, number=0),),
        (arity,),
        (True,) * arity,
        (False,),
        leaf,
        (),
        (),
        (),
        (outside,),
        memories,
        FormCache(),
    )
