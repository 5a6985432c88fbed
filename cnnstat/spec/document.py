"""YAML text -> a tree of values that know their positions. The only file that imports yaml.

The language is the part of YAML that means one thing to everybody: mappings, sequences and scalars.
Anchors, aliases, merge keys, tags, further documents and duplicate keys are refused, so a small file
cannot grow large in memory and no number is changed behind the author's back. A plain scalar is an
integer (``12``), a decimal (``0.5``, ``1e-5``), ``true``, ``false``, ``null``, or a word.
"""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import accumulate
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import yaml
from msgspec import Struct

from cnnstat.base.errors import Problem, Problems, Source, Span, SpecError
from cnnstat.base.limits import MAX_DEPTH

if TYPE_CHECKING:
    from collections.abc import Iterator

_PARSER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,29})")
_DECIMAL = re.compile(r"[-+]?((0|[1-9][0-9]{0,29})(\.[0-9]{1,30})?|\.[0-9]{1,30})([eE][-+]?[0-9]{1,2})?")
_LOWER = re.compile(r">=? *([0-9][0-9.A-Za-z]*)")
_COMMENT = re.compile("#[^\n\r\x85\u2028\u2029]*")
_LINE = re.compile("[^\n\r\x85\u2028\u2029]*")
_LONGEST = 200  # characters of an expression that an unquoted comma is looked for in
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}

Plain: TypeAlias = int | Fraction | bool | str | None


class Scalar(Struct, frozen=True):
    """One value. ``text`` is what the author wrote; ``quoted`` values are always text."""

    value: Plain
    text: str
    quoted: bool
    span: Span


class Sequence(Struct, frozen=True):
    """A list of nodes."""

    items: tuple[Node, ...]
    span: Span


class Mapping(Struct, frozen=True):
    """Keys with their values, in the author's order; ``flow``: in braces."""

    entries: tuple[tuple[Scalar, Node], ...]
    span: Span
    flow: bool

    def get(self, key: str) -> Node | None:
        """Return the value under ``key``, or None."""
        for name, value in self.entries:
            if name.text == key:
                return value
        return None


Node: TypeAlias = Scalar | Sequence | Mapping


def parse(source: Source) -> Node:
    """Read the one document in ``source``.

    Raises:
        SpecError: with every problem up to the first that makes reading on pointless.
    """
    builder = _Builder(source)
    try:
        events: Iterator[Any] = yaml.parse(source.text, Loader=_PARSER)
        root = builder.document(events)
    except yaml.MarkedYAMLError as error:
        raise SpecError([*builder.problems.found, _syntax_problem(source, error)]) from None
    except yaml.reader.ReaderError as error:
        raise SpecError([_character_problem(source, error.character)]) from None
    except UnicodeEncodeError as error:  # from Python, a text may have halves of characters
        raise SpecError([_character_problem(source, error.object[error.start])]) from None
    builder.problems.stop_if_any()
    if root is None:
        empty = "the spec is empty; it needs at least 'input:' and 'layers:'"
        raise SpecError([Problem("spec/empty", empty, Span(source, 1, 1))])
    return root


def top_keys(text: str) -> Iterator[str]:
    """Yield the keys at the top level of a text, which need be no spec, and of all its documents.

    Raises:
        ValueError: it cannot be parsed, from here on.
    """
    depth = count = 0
    in_mapping = False
    try:
        for event in yaml.parse(text, Loader=_PARSER):
            if isinstance(event, yaml.NodeEvent):
                if depth == 0:
                    in_mapping, count = isinstance(event, yaml.MappingStartEvent), 0
                elif depth == 1:
                    count += 1
                    if in_mapping and count % 2 and isinstance(event, yaml.ScalarEvent):
                        yield event.value
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from None


def ends(source: Source) -> dict[int, int]:
    """Return where in a text its values and its lists and mappings in brackets end, by where they begin.

    A text of several lines ends behind its last line. The text has been read by `parse`.
    """
    found: dict[int, int] = {}
    opened: list[Any] = []
    events: Iterator[Any] = yaml.parse(source.text, Loader=_PARSER)
    for event in events:
        if isinstance(event, yaml.ScalarEvent):
            start, end = _marks(event)
            # Behind a text of several lines, the empty lines are not part of it.
            found[start] = start + len(source.text[start:end].rstrip()) if event.style in ("|", ">") else end
        elif isinstance(event, yaml.CollectionStartEvent):
            opened.append(event)
        elif isinstance(event, yaml.CollectionEndEvent) and (first := opened.pop()).flow_style:
            found[_marks(first)[0]] = _marks(event)[1]
    return found


def _marks(event: Any) -> tuple[int, int]:
    return event.start_mark.index, event.end_mark.index


def comments(source: Source) -> Iterator[Span]:
    """Yield where the comments of a text stand that can be parsed, each to the end of its line.

    A ``#`` within a value is none: values are where the parser says they are.
    """
    end = 0
    for event in yaml.parse(source.text, Loader=_PARSER):
        if isinstance(event, yaml.ScalarEvent):
            start, after = _value_ends(source, event)
            yield from _comments_between(source, end, start)
            end = after
    yield from _comments_between(source, end, len(source.text))


def _value_ends(source: Source, event: Any) -> tuple[int, int]:
    start, end = event.start_mark.index, event.end_mark.index
    # Behind the sign of a text of several lines, a comment may stand.
    sign = _LINE.match(source.text, start, end) if event.style in ("|", ">") else None
    return sign.end() if sign else start, end


def _comments_between(source: Source, start: int, end: int) -> Iterator[Span]:
    for found in _COMMENT.finditer(source.text, start, end):
        yield Span(source, *source.place(found.start()), len(found[0]))


def _syntax_problem(source: Source, error: yaml.MarkedYAMLError) -> Problem:
    line, column = _place(source, error.problem_mark or error.context_mark)
    written = source.line(line)
    if found := _bare_bound(written, column - 1):
        start, bound = found
        message = f"not valid YAML: a bare '>' begins a folded text; {_quoted(bound)}"
        return Problem("yaml/syntax", message, Span(source, line, start + 1, len(bound)))
    context = f"{error.context}: " if error.context else ""
    message = f"not valid YAML: {context}{error.problem or 'cannot be read'}"
    if written[column - 1 : column] == "\t":
        message = "not valid YAML: lines are indented with spaces, and this is a tab"
    elif error.context_mark and error.context in _OPEN:
        opened = _place(source, error.context_mark)
        where = f"line {opened[0]}" if opened[0] < line else f"column {opened[1]}"
        message += f"; the '{_OPEN[error.context]}' that was opened in {where} is not closed"
    return Problem("yaml/syntax", message, Span(source, line, column))


_OPEN = {"while parsing a flow mapping": "{", "while parsing a flow sequence": "["}


def _place(source: Source, mark: Any) -> tuple[int, int]:
    """Return line and column of a mark, which may stand in a line behind the last: then the text's end."""
    if mark is None:
        return 1, 1
    line, column = mark.line + 1, mark.column + 1
    if line == source.line_count and not source.line(line) and line > 1:
        line -= 1  # nothing to see there
    elif line <= source.line_count:
        return line, column
    line = min(line, source.line_count)
    return line, len(source.line(line)) + 1


def _bare_bound(line: str, index: int) -> tuple[int, str] | None:
    """Return where in a line a lower bound stands without quotes, and the bound.

    Reading fails at its sign, or on the way to its number.
    """
    start = line.rfind(">", 0, index + 1)
    found = _LOWER.match(line, start) if start >= 0 else None
    return (start, found[0]) if found and index <= found.start(1) else None


def _quoted(bound: str) -> str:
    """Return how a lower bound is written so that YAML takes it as a text."""
    number = bound.lstrip(">= ")
    return f'quote it: ">= {number}", or write at least {number}'


def _character_problem(source: Source, character: object) -> Problem:
    offset = next((i for i, c in enumerate(source.text) if yaml.reader.Reader.NON_PRINTABLE.match(c)), 0)
    before = source.text[:offset]
    line, column = before.count("\n") + 1, offset - before.rfind("\n")
    message = f"the character {character!a} is not allowed in YAML; remove it"
    return Problem("yaml/character", message, Span(source, line, column))


class _Builder:
    """Turns parse events into nodes and gathers what the language refuses."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems = Problems()

    def document(self, events: Iterator[Any]) -> Node | None:
        root: Node | None = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent) and root is not None:
                self.refuse("yaml/documents", "a spec is one YAML document; remove this one", event)
                return root
            if isinstance(event, yaml.NodeEvent):
                root = self.node(event, events, 0)
        return root

    def node(self, event: Any, events: Iterator[Any], depth: int) -> Node:
        if depth > MAX_DEPTH:
            self.refuse("yaml/depth", f"nested more than {MAX_DEPTH} levels deep", event)
            raise SpecError(self.problems.found)
        self.check_plainness(event)
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(event, events, depth)
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(event, events, depth)
        return Scalar(None, "", False, self.span(event))  # an alias, already refused

    def check_plainness(self, event: Any) -> None:
        if isinstance(event, yaml.AliasEvent):
            message = f"aliases (*{event.anchor}) are not part of the language; use a block with params"
            self.refuse("yaml/alias", message, event)
        elif event.anchor is not None:
            message = f"anchors (&{event.anchor}) are not part of the language; use a block with params"
            self.refuse("yaml/anchor", message, event)
        if getattr(event, "tag", None) is not None:
            self.refuse("yaml/tag", f"tags ({event.tag}) are not part of the language; remove it", event)

    def scalar(self, event: Any) -> Scalar:
        quoted = not event.implicit[0]
        if not quoted and event.value.count("(") > event.value.count(")"):
            self.check_comma(event)
        value = event.value if quoted else plain_value(event.value)
        return Scalar(value, event.value, quoted, self.span(event))

    def check_comma(self, event: Any) -> None:
        """Refuse a value that ends at a comma within its parentheses."""
        start, value = event.start_mark.index, event.value
        line = self.source.text[start : start + _LONGEST].partition("\n")[0]
        if not line.startswith(value) or not line[len(value) :].lstrip().startswith(","):
            return
        opened = value.index("(")
        depths = accumulate({"(": 1, ")": -1}.get(c, 0) for c in line[opened:])
        closed = next((i for i, depth in enumerate(depths, opened) if depth == 0), None)
        if closed is not None:
            self.refuse("yaml/comma", f'the comma ends the value; quote it: "{line[: closed + 1]}"', event)

    def sequence(self, start: Any, events: Iterator[Any], depth: int) -> Sequence:
        items = []
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            items.append(self.node(event, events, depth + 1))
        return Sequence(tuple(items), self.span(start))

    def mapping(self, start: Any, events: Iterator[Any], depth: int) -> Mapping:
        entries: dict[str, tuple[Scalar, Node]] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self.node(event, events, depth + 1)
            value = self.node(next(events), events, depth + 1)
            if isinstance(key, Scalar):
                self.add_entry(entries, key, value)
            else:
                self.problems.add(Problem("yaml/key", "a key must be a word", key.span))
        return Mapping(tuple(entries.values()), self.span(start), bool(start.flow_style))

    def add_entry(self, entries: dict[str, tuple[Scalar, Node]], key: Scalar, value: Node) -> None:
        if key.text == "<<" and not key.quoted:
            message = "merge keys (<<) are not part of the language; use a block with params"
            self.problems.add(Problem("yaml/merge", message, key.span))
        elif key.text in entries:
            first = entries[key.text][0].span.line
            message = f"'{key.text}' is given twice; the first is on line {first}"
            self.problems.add(Problem("yaml/duplicate-key", message, key.span))
        else:
            entries[key.text] = (key, value)

    def span(self, event: Any) -> Span:
        start, end = event.start_mark, event.end_mark
        length = end.column - start.column if end.line == start.line else 1
        return Span(self.source, *_place(self.source, start), max(1, length))

    def refuse(self, code: str, message: str, event: Any) -> None:
        self.problems.add(Problem(code, message, self.span(event)))


def plain_value(text: str) -> Plain:
    """Return what a plain scalar means; a look-alike such as ``010``, ``3:2`` or ``yes`` is a word."""
    if text in _WORDS:
        return _WORDS[text]
    if not text[0].isascii() or text[0].isalpha():
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return Fraction(text)
    return text


def value_of(node: Node) -> object:
    """Return the bare value of a node: a scalar's value, or a tuple of them.

    A mapping has no bare value and comes back as itself.
    """
    if isinstance(node, Sequence):
        return tuple(value_of(item) for item in node.items)
    return node.value if isinstance(node, Scalar) else cast("object", node)


def shown(node: Node) -> str:
    """Return a node as a message shows it."""
    if isinstance(node, Mapping):
        return "a mapping"
    if isinstance(node, Sequence):
        return (
            "["
            + ", ".join(shown(item) for item in node.items[:6])
            + (", ..." if len(node.items) > 6 else "")
            + "]"
        )
    if node.text == "" and not node.quoted:
        return "nothing"
    text = node.text if len(node.text) <= 60 else node.text[:57] + "..."
    return f"'{text}'" if isinstance(node.value, str) else text
