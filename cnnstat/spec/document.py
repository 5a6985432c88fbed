"""YAML text -> a tree of values that know their positions. The only file that imports yaml.

The language is the part of YAML that means one thing to everybody: mappings, sequences and scalars.
Anchors, aliases, merge keys, tags, further documents and duplicate keys are refused, so a small file
cannot grow large in memory and no number is changed behind the author's back.
"""

from __future__ import annotations

import re
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import yaml

from cnnstat.base.errors import Problem, Problems, Source, Span, SpecError
from cnnstat.base.limits import MAX_DEPTH
from cnnstat.spec.nodes import Mapping, Node, Scalar, Sequence, plain_value
from cnnstat.spec.yaml_problems import place_of, syntax_problem

if TYPE_CHECKING:
    from collections.abc import Iterator

_PARSER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_COMMENT = re.compile("#[^\n\r\x85\u2028\u2029]*")
_LINE = re.compile("[^\n\r\x85\u2028\u2029]*")
_LONGEST = 200  # characters of an expression that an unquoted comma is looked for in


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
        raise SpecError([*builder.problems.found, syntax_problem(source, error)]) from None
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
        return Span(self.source, *place_of(self.source, start), max(1, length))

    def refuse(self, code: str, message: str, event: Any) -> None:
        self.problems.add(Problem(code, message, self.span(event)))
