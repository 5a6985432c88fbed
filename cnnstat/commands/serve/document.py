"""What a page gets for an answer: the documents of other commands, and what the editor needs beside them."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

from cnnstat.commands.flops.document import ConventionEntry  # noqa: TC001 - msgspec reads it
from cnnstat.commands.report.document import (  # noqa: TC001 - msgspec reads it
    ChartEntry,
    FamilyColours,
    FindingEntry,
    NetworkPage,
)
from cnnstat.commands.serve.parameters import Parameter  # noqa: TC001 - msgspec reads it
from cnnstat.rules.rule import Severity  # noqa: TC001 - msgspec reads it

Place: TypeAlias = tuple[int, int]
"""Where something begins and ends in the text, in units of UTF-16."""


class TextEdit(Struct, frozen=True, kw_only=True):
    """What stands at a place becomes another text."""

    place: Place
    text: str


class Diagnostic(Struct, frozen=True, kw_only=True):
    """What is wrong at a place, as the terminal says it, and the way out."""

    place: Place
    line: int
    column: int
    severity: Severity
    code: str
    message: str
    way_out: str
    edits: tuple[TextEdit, ...] = ()
    """Those that mend it, as `check --fix` does; none where it cannot."""


class LiveDocument(Struct, frozen=True, kw_only=True):
    """A text while it is written: its network, or what is wrong with it.

    ``network`` has what graph and table are made of, and is null where something is wrong. ``colours`` are
    those of its families of layers. ``refused`` is what is wrong with the parameters or settings that were
    asked for, empty for nothing; ``variant`` the one that is meant, null for a spec without any.
    """

    network: NetworkPage | None = None
    colours: dict[str, FamilyColours] = {}
    problems: tuple[Diagnostic, ...] = ()
    refused: str = ""
    variants: tuple[str, ...] = ()
    variant: str | None = None
    parameters: tuple[Parameter, ...] = ()


class FindingsDocument(Struct, frozen=True, kw_only=True):
    """What `check` finds in a text: marks in all its networks, and findings of the one that is meant."""

    marks: tuple[Diagnostic, ...]
    findings: tuple[FindingEntry, ...]


class ChartsDocument(Struct, frozen=True, kw_only=True):
    """The charts of a network."""

    charts: tuple[ChartEntry, ...]


class ConventionsDocument(Struct, frozen=True, kw_only=True):
    """What other tools print for a network."""

    conventions: tuple[ConventionEntry, ...]


class ReadDocument(Struct, frozen=True, kw_only=True):
    """The text of a spec to start from: a bundled network's, or what was read of a model."""

    text: str
    variant: str | None
    remarks: tuple[str, ...] = ()


class ZooEntry(Struct, frozen=True, kw_only=True):
    """A bundled network, and the family whose text it stands in."""

    name: str
    family: str


class ZooDocument(Struct, frozen=True, kw_only=True):
    """All bundled networks, in order."""

    networks: tuple[ZooEntry, ...]


class StartDocument(Struct, frozen=True, kw_only=True):
    """What a page begins with.

    ``stem`` is what files that are made of the text are called, without their suffixes; ``digest`` is
    that of the file's content, ``saves`` says that there is a file, ``trouble`` why that cannot be read.
    ``dtypes``, ``optimizers`` and ``batch_most`` are what figures may be for.
    """

    version: str
    name: str
    stem: str
    text: str
    variant: str | None
    digest: str
    trouble: str
    saves: bool
    dtypes: tuple[str, ...]
    optimizers: tuple[str, ...]
    batch_most: int
    remarks: tuple[str, ...] = ()
