"""What a rule of `check` is: a file whose docstring is its manual page, with the function that looks."""

from __future__ import annotations

import inspect
import textwrap
from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import ModuleType

    from cnnstat.analysis import Analysis
    from cnnstat.base.errors import Span
    from cnnstat.spec.model import Entry, Family

Severity: TypeAlias = Literal["info", "warning", "error"]
SEVERITIES: tuple[Severity, ...] = ("info", "warning", "error")
"""From what is good to know to what is wrong."""


class Edit(Struct, frozen=True):
    """A change of a spec's text: what stands at a place becomes ``text``.

    The length of the place may be 0, to insert, and it may go on over ends of lines.
    """

    span: Span
    text: str


class Found(Struct, frozen=True):
    """What a rule has to say of a place, and the edits that mend it, where they are safe.

    An edit is safe if the network puts out the same as before, in training whatever its weights are, and
    afterwards with those that it has learned; its inputs, outputs and names stay, too. Edits
    that change an ``entry`` are made only if each network of the file that has this entry shows the same, so
    a rule looks at the layers of one network alone.
    """

    message: str
    span: Span
    edits: tuple[Edit, ...] = ()
    entry: Entry | None = None


class Rule(Struct, frozen=True):
    """A rule: how much it matters by default, and what looks at a network, or at a spec as it is written.

    ``network`` is called for each network of a spec, ``family`` once for the spec.
    """

    severity: Severity
    network: Callable[[Analysis], Iterator[Found]] | None = None
    family: Callable[[Family], Iterator[Found]] | None = None

    def found(self, family: Family, analysis: Analysis | None) -> Iterable[Found]:
        """Return what is found in a network of a spec; without one, in the spec as it is written."""
        if analysis is not None:
            return self.network(analysis) if self.network else ()
        return self.family(family) if self.family else ()


class Page(Struct, frozen=True):
    """The manual page of a rule: what it finds in a line, why that matters, where that is known from.

    ``bad`` is a spec in which it finds something, ``good`` the same spec mended.
    """

    title: str
    why: str
    source: str
    bad: str
    good: str


_PARTS = ("Why", "Source", "Bad", "Good")


def page(module: ModuleType) -> Page:
    """Return the manual page that the docstring of a rule's file is."""
    title, *lines = (inspect.getdoc(module) or "").split("\n")
    parts: dict[str, list[str]] = {name: [] for name in _PARTS}
    current: list[str] = []
    for line in lines:
        if line.removesuffix(":") in parts and line.endswith(":"):
            current = parts[line.removesuffix(":")]
        else:
            current.append(line)
    texts = {name.lower(): textwrap.dedent("\n".join(part)).strip("\n") for name, part in parts.items()}
    texts |= {name: " ".join(texts[name].split()) for name in ("why", "source")}
    return Page(title.removesuffix("."), **texts)


def markdown(code: str, severity: Severity, manual: Page) -> str:
    """Return a manual page as Markdown."""
    parts = (
        f"## {code}",
        f"{manual.title}. Default severity: {severity}.",
        manual.why,
        "Found in:",
        f"```yaml\n{manual.bad}\n```",
        "Not in:",
        f"```yaml\n{manual.good}\n```",
        f"Source: {manual.source}",
    )
    return "\n\n".join(parts) + "\n"
