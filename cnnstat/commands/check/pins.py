"""The text of a spec with calculated figures under its ``expect:``, each of which is pinned from then on.

A pin is a figure of our own: it has the source `OWN`, or none anywhere. A figure with another source is
somebody's claim about the network and stays as it is, also where it is missed. All else stays byte for byte:
the text is changed at places that the reader knows.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.analysis.expectations import figure, published
from cnnstat.base.errors import Problem, Source, Span, SpecError
from cnnstat.commands.check.edits import Edit, edited
from cnnstat.commands.check.networks import networks
from cnnstat.spec.document import comments, ends, parse
from cnnstat.spec.expect import OWN, WHOLE
from cnnstat.spec.nodes import Mapping, Scalar, Sequence
from cnnstat.spec.reader import read_family

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.analysis import Analysis
    from cnnstat.spec.expect import Figure
    from cnnstat.spec.nodes import Node

FIGURES = ("shape", "params", "macs", "receptive_field", "inference_memory_bytes")
"""What is pinned of a network as a whole."""

_BEFORE_LAYERS = ("name", "source", "input", "params")
"""Keys of a network behind the last of which ``expect:`` is added."""


class Pins(Struct, frozen=True):
    """The text, what is new in it, what is missed and could not be pinned, and why nothing is written."""

    text: str
    written: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


class _Expected(Struct, frozen=True):
    """A figure under ``expect:`` as it is written, and whether it is our own."""

    node: Node
    own: bool


def pinned(text: str, name: str, variant: str | None = None) -> Pins:
    """Return a spec with the figures of its networks, or of one variant, pinned.

    A second time nothing changes. Of a network that has problems nothing is written.
    """
    try:
        once = _pinned(text, name, variant)
    except SpecError:  # the check of the text says why
        return Pins(text)
    with suppress(SpecError):
        if once.text == text or _pinned(once.text, name, variant).text == once.text:
            return once
    message = "no figure can be added to a text of this form; write 'expect: {params: ...}' by hand"
    return Pins(text, problems=(Problem("expect/unwritten", message, Span(Source(name, text), 1, 1)),))


def _pinned(text: str, name: str, variant: str | None) -> Pins:
    source = Source(name, text)
    family = read_family(source)
    root = parse(source)
    assert isinstance(root, Mapping)
    analyses = [each.analysis for each in networks(family, variant) if each.analysis]
    writer = _Writer(source, root)
    writer.update(analyses)
    for analysis in analyses:
        writer.add(analysis)
    return writer.pins()


class _Writer:
    """Gathers the edits of one text."""

    def __init__(self, source: Source, root: Mapping) -> None:
        self.source, self.root = source, root
        self.ends = ends(source)
        self.expected = {_place(each.node.span): each for each in _all_expected(root)}
        self.edits: list[Edit] = []
        self.written: list[str] = []
        self.left: list[str] = []

    def pins(self) -> Pins:
        return Pins(edited(self.source.text, self.edits), tuple(self.written), tuple(self.left))

    # -- figures that stand there -------------------------------------------------------------------

    def update(self, analyses: list[Analysis]) -> None:
        """Replace our own figures that are missed, where all networks and calls agree on another."""
        found: dict[tuple[int, int], list[tuple[str, Figure | None]]] = {}
        missed: dict[tuple[int, int], str] = {}
        for analysis in analyses:
            for name, row, expected in published(
                analysis.graph, analysis.rows, analysis.groups, analysis.totals
            ):
                for each in expected:
                    value = figure(row, each.figure)
                    found.setdefault(_place(each.span), []).append((f"{analysis.name}: {name}", value))
                    if value is not None and each.missed(value):
                        missed[_place(each.span)] = each.figure
        for place, key in missed.items():
            values = {value for _, value in found[place]}
            if self.expected[place].own:
                self.replace(place, found[place][0][0], key, values)

    def replace(self, place: tuple[int, int], where: str, key: str, values: set[Figure | None]) -> None:
        node, (value, *others) = self.expected[place].node, values
        if others or value is None:
            self.left.append(f"{where}: {key}: another one in each network or call")
            return
        start, end, new = self.source.offset(*place), self.end(node), _written(key, value)
        if isinstance(node, Sequence) and isinstance(value, tuple) and len(node.items) == len(value):
            for item, size in zip(node.items, value, strict=True):  # comments and layout stay
                self.edits.append(Edit(self.source.offset(*_place(item.span)), self.end(item), str(size)))
        elif any(start <= self.source.offset(*_place(each)) < end for each in comments(self.source)):
            self.left.append(f"{where}: {key}: what stands there has comments; write {new} by hand")
            return
        else:
            self.edits.append(Edit(start, end, new))
        self.written.append(f"{where}: {key}: {new}, was {_shown(node)}")

    # -- figures that are new -----------------------------------------------------------------------

    def add(self, analysis: Analysis) -> None:
        """Add the figures of a network that nothing is expected of."""
        spec = analysis.graph.spec
        known = {each.figure for each in spec.expect}
        values = {key: figure(analysis.totals, key) for key in FIGURES if key not in known}
        new = {key: _written(key, value) for key, value in values.items() if value is not None}
        if not new:
            return
        network = self.network(spec.variant_key)
        expect = network.get("expect")
        if isinstance(expect, Mapping):
            own = _text(expect.get("source")) == OWN
            pins = [
                f"{key}: {value}" if own else f"{key}: {{value: {value}, source: {OWN}}}"
                for key, value in new.items()
            ]
            self.append(expect, pins, expect)
        else:
            figures = ", ".join(f"{key}: {value}" for key, value in new.items())
            behind = [node for node in (network.get(key) for key in _BEFORE_LAYERS) if node]
            last = max(behind, key=lambda node: _place(node.span)) if network is self.root else None
            self.append(network, [f"expect: {{source: {OWN}, {figures}}}"], network, last)
        self.written += (f"{analysis.name}: {key}: {value}" for key, value in new.items())

    def network(self, variant: str | None) -> Mapping:
        """Return where the figures of a network stand: its variant, or the spec."""
        variants = self.root.get("variants")
        found = variants.get(variant) if variant and isinstance(variants, Mapping) else self.root
        assert isinstance(found, Mapping)
        return found

    def append(self, node: Mapping, keys: list[str], within: Mapping, behind: Node | None = None) -> None:
        """Add keys with their values to a mapping, behind one of its values or the last."""
        start = self.source.offset(*_place(within.span))
        if self.source.text[start] == "{":
            last = self.end(node.entries[-1][1]) if node.entries else start + 1
            self.edits.append(Edit(last, last, (", " if node.entries else "") + ", ".join(keys)))
            return
        line, _ = self.source.place(self.end(behind or node.entries[-1][1]))
        last = self.source.offset(line, 1) + len(self.source.line(line))
        indent = " " * (node.entries[0][0].span.column - 1)
        self.edits.append(Edit(last, last, "".join(f"\n{indent}{key}" for key in keys)))

    def end(self, node: Node) -> int:
        """Return where a value ends, of one in lines that of the last value in it."""
        start = self.source.offset(*_place(node.span))
        if isinstance(node, Scalar) or self.source.text[start] in "{[":
            return self.ends[start]
        last = node.items[-1] if isinstance(node, Sequence) else node.entries[-1][1]
        return self.end(last)


def _all_expected(root: Mapping) -> Iterator[_Expected]:
    cited = _cites(root)
    yield from _expected(root, cited)
    for variant in _values(root.get("variants")):
        yield from _expected(variant, cited or _cites(variant))
    for lines in (root.get("layers"), *(block.get("layers") for block in _values(root.get("blocks")))):
        for entry in lines.items if isinstance(lines, Sequence) else ():
            if isinstance(entry, Mapping):
                yield from _expected(entry, cited)


def _expected(node: Mapping, cited: bool) -> Iterator[_Expected]:
    """Yield the figures that a mapping expects; ``cited``: a figure without a source has that of another."""
    expect = node.get("expect")
    if not isinstance(expect, Mapping):
        return
    source = _text(expect.get("source"))
    for key, value in expect.entries:
        if key.text == "source":
            continue
        if not isinstance(value, Mapping):
            yield _Expected(value, source == OWN or not (source or cited))
        elif (inner := value.get("value")) is not None:
            own = _text(value.get("source")) or source
            meant = value.get("erratum") is None and value.get("truncated") is None
            yield _Expected(inner, meant and (own == OWN or not (own or cited)))


def _cites(network: Mapping) -> bool:
    """Say whether the figures of a network are somebody else's, as it has them."""
    return _text(network.get("source")) not in ("", OWN)


def _shown(node: Node) -> str:
    """Return a figure as it stands there, without the comments in it."""
    if isinstance(node, Sequence):
        return f"[{', '.join(map(_text, node.items))}]"
    return _text(node)


def _values(node: Node | None) -> Iterator[Mapping]:
    for _, value in node.entries if isinstance(node, Mapping) else ():
        if isinstance(value, Mapping):
            yield value


def _text(node: Node | None) -> str:
    return node.text if isinstance(node, Scalar) else ""


def _place(span: Span) -> tuple[int, int]:
    return span.line, span.column


def _written(key: str, value: Figure) -> str:
    """Return a figure as it is written under ``expect:``."""
    if key == "receptive_field" and isinstance(value, tuple) and len(set(value)) == 1:
        return str(value[0])  # one number is that of each axis
    if isinstance(value, tuple):
        return f"[{', '.join(map(str, value))}]"
    return WHOLE if isinstance(value, str) else str(value)
