"""What a report is, before any format: facts, tables of raw values with titled columns, notes.

No text in it holds a formatted number: numbers are quantities, and renderers alone group their digits.
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from msgspec import Struct

Kind: TypeAlias = Literal[
    "text",
    "count",
    "shape",
    "sizes",
    "share",
    "bar",
    "bytes",
    "added",
    "signed",
    "signed_bytes",
    "ratio",
    "figure",
    "arithmetic",
    "real",
    "score",
    "error",
    "seconds",
]
"""How a value is shown: ``sizes`` are per axis (one number where all are equal), ``share`` is a fraction,
``added`` a summand, empty where it is 0, ``signed`` and ``signed_bytes`` are differences, ``ratio`` is a
quotient, ``seconds`` a time, ``figure`` a phrase that stands on the right, as numbers do, ``arithmetic`` a
text of numbers and signs. Measured numbers are ``real``, to six digits, a ``score``, to four, or a relative
``error``, to two.
"""


class Quantity(Struct, frozen=True):
    """A raw value, and how it is shown."""

    value: Any
    kind: Kind = "count"


Phrase: TypeAlias = str | tuple[str | Quantity, ...]
"""A sentence or part of one: words, and quantities among them."""


class Fact(Struct, frozen=True):
    """What is said under a name, of a network as a whole or in a section."""

    name: str
    phrase: Phrase


class Column(Struct, frozen=True):
    """A column: its key in data formats, its title, and the convention that its figures follow.

    Columns of high ``rank`` are the first to go where a terminal is narrow; rank 0 always stays. ``gives``
    says that its texts may be cut there: names that are long by nature, or prose, which is cut before them.
    With ``sides`` every cell is a `Sides`, and data formats have a column for each side.
    """

    key: str
    title: str
    kind: Kind = "count"
    convention: str = ""
    rank: int = 0
    sides: bool = False
    gives: Literal["", "name", "prose"] = ""


class Sides(Struct, frozen=True):
    """A cell that compares two networks: ``""`` where one has no such layer, as None is an unknown figure."""

    before: Any
    after: Any


class Line(Struct, frozen=True):
    """One row of a table: raw values, one per column.

    ``label`` and ``level`` are the short name and depth for formats that draw the tree; a ``heading``
    names a group and has no figures, so that figures add up; a ``remark`` stands for lines that are not
    shown, and is none in data formats. A cell that is a `Quantity` is shown in its own way, not the column's.
    """

    cells: tuple[Any, ...]
    label: Phrase = ""
    level: int = 0
    heading: bool = False
    remark: bool = False


class Table(Struct, frozen=True):
    """Titled columns, lines, and a last line of totals."""

    title: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    total: tuple[Any, ...] | None = None


class Derivation(Struct, frozen=True):
    """One figure and how it came about: its formula in words, the same in numbers, and the result."""

    name: str
    formula: str
    numbers: str
    result: int


class Section(Struct, frozen=True):
    """A titled list of facts and derivations; or ``text``, a paragraph."""

    title: Phrase
    steps: tuple[Fact | Derivation, ...] = ()
    text: Phrase = ""


class Report(Struct, frozen=True):
    """What a command found out, for readers; ``verdict`` is the sentence a proof or a comparison ends in."""

    title: Phrase
    tables: tuple[Table, ...] = ()
    facts: tuple[Fact, ...] = ()
    notes: tuple[Phrase, ...] = ()
    source: str = ""
    verdict: Phrase = ""
    sections: tuple[Section, ...] = ()
