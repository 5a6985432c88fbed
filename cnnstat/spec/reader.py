"""A document -> a Family: which keys stand where, and what kind of value each takes.

Options of layers are read later, by the layer's own declaration (`cnnstat.layers.reader`): here they
are only known to be scalars, lists or expressions.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from cnnstat.base.axes import RANKS
from cnnstat.base.errors import Fault, Problem, Problems, Source, Span, SpecError
from cnnstat.base.limits import MAX_SIZE, MAX_TEXT, is_size
from cnnstat.base.text import suggestion
from cnnstat.spec import expression
from cnnstat.spec.document import Mapping, Node, Scalar, Sequence, parse, shown
from cnnstat.spec.expect_reader import read_expectations
from cnnstat.spec.model import (
    Block,
    Entry,
    Expressions,
    Family,
    Operand,
    Option,
    Reference,
    Variant,
    unknown_param,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping as Dict

    from cnnstat.spec.expression import Value

_NETWORK_KEYS = ("name", "source", "input", "params", "variants", "blocks", "layers", "outputs", "expect")
_VARIANT_KEYS = ("name", "source", "params", "expect")
_BLOCK_KEYS = ("params", "inputs", "outputs", "layers")
ENTRY_KEYS = ("type", "name", "from", "weights", "when", "repeat", "first", "frozen", "unused", "expect")
"""The keys of an entry that are not options of its layer type."""

_CONDITIONS = ("when", "frozen")
_START = 1_000  # characters of a text that is too long, to show how it begins
_RESERVED_PARAMS = (*ENTRY_KEYS, "in", "index")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,63}")
_LETTERS = "1 to 64 of A-Z, a-z, 0-9, _"
_PART = r"(?:[A-Za-z0-9_][A-Za-z0-9_-]*|\*)"
_REFERENCE = re.compile(rf"(?=.{{1,256}}\Z)[A-Za-z0-9_][A-Za-z0-9_-]*(?:\.{_PART})*")
_VARIANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_PARAM = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,31}")


def read_family(source: Source) -> Family:
    """Read a whole spec.

    Raises:
        SpecError: with every problem of the phase (YAML, then structure) that failed.
    """
    if len(source.text) > MAX_TEXT:
        too_long = f"a spec has at most {MAX_TEXT:,} characters, this one has {len(source.text):,}"
        # To find a line of it would take as long as to read it.
        start = Source(source.name, source.text[:_START])
        raise SpecError([Problem("spec/too-long", too_long, Span(start, 1, 1))])
    root = parse(source)
    reader = _Reader()
    family = reader.family(root, source)
    reader.problems.stop_if_any()
    assert family is not None  # where there is none, there is a problem
    return family


class _Reader:
    """Reads nodes into the model; what does not fit becomes a problem and reading goes on."""

    def __init__(self) -> None:
        self.problems = Problems()
        self.source = ""

    def family(self, root: Node, origin: Source) -> Family | None:
        if not isinstance(root, Mapping):
            self.problem("spec/type", "a spec is a mapping with the keys 'input:' and 'layers:'", root.span)
            return None
        self.known_keys(root, _NETWORK_KEYS, "a network")
        self.required_keys(root, ("input", "layers"), "a network")
        name = self.text(root.get("name")) or origin.name
        source = self.text(root.get("source"))
        self.source = source or name  # what an expectation cites where it cites nothing
        input_node, params_node = root.get("input"), root.get("params")
        params = self.params(params_node)
        return Family(
            name=name,
            source=source,
            inputs=self.inputs(input_node),
            params=params,
            param_spans=_key_spans(params_node),
            variants=self.variants(root.get("variants"), params),
            blocks=self.blocks(root.get("blocks")),
            layers=self.entries(root.get("layers")),
            outputs=self.references(root.get("outputs")),
            expect=read_expectations(root.get("expect"), self.source, self.problems, total=True),
            input_span=input_node.span if input_node else root.span,
            params_span=params_node.span if params_node else root.span,
            span=root.span,
        )

    # -- parts of a network ------------------------------------------------------------------------

    def inputs(self, node: Node | None) -> dict[str, tuple[Operand, ...]]:
        """Read the shape of the only input, or a mapping of names to shapes."""
        if not isinstance(node, Mapping):
            return {"input": self.shape(node)}
        for key, _ in node.entries:
            self.name(key, "an input")
        if not node.entries:
            self.problem("spec/input", "'input:' is a shape, or a mapping of names to shapes", node.span)
        return {key.text: self.shape(value) for key, value in node.entries}

    def shape(self, node: Node | None) -> tuple[Operand, ...]:
        if node is None:
            return ()
        items = node.items if isinstance(node, Sequence) else ()
        sizes = [self.operand(item) for item in items if isinstance(item, Scalar)]
        good = [size for size in sizes if is_size(size) or isinstance(size, expression.Expression)]
        if not isinstance(node, Sequence) or len(good) != len(node.items) or not 1 <= len(good) <= len(RANKS):
            *most, last = (f"[{rank.letters}]" for rank in reversed(RANKS))
            wanted = f"{', '.join(most)} or {last} with sizes from 1 to {MAX_SIZE:,}"
            self.problem("spec/input", f"the input is {wanted}, got {shown(node)}", node.span)
        return tuple(good)

    def params(self, node: Node | None) -> dict[str, Value]:
        params: dict[str, Value] = {}
        for key, value in self.entries_of(node, "params"):
            if not _PARAM.fullmatch(key.text) or key.text in _RESERVED_PARAMS:
                reserved = f"{', '.join(_RESERVED_PARAMS)} are taken"
                self.problem(
                    "spec/param",
                    f"'{key.text}' cannot name a parameter; use letters, digits and _ ({reserved})",
                    key.span,
                )
                continue
            operand = self.operand(value)
            if isinstance(operand, expression.Expression | Expressions):
                self.problem(
                    "spec/param",
                    "a parameter's default is a plain value, not an expression",
                    value.span,
                )
                continue
            params[key.text] = operand
        return params

    def variants(self, node: Node | None, params: Dict[str, Value]) -> dict[str, Variant]:
        variants = {}
        for key, body in self.entries_of(node, "variants"):
            if not _VARIANT.fullmatch(key.text):
                wanted = f"has {_LETTERS}, - and ., and begins with a letter or digit"
                message = f"a variant's name {wanted}, got {shown(key)}"
                self.problem("spec/name", message, key.span)
            if isinstance(body, Mapping):
                variants[key.text] = self.variant(key, body, params)
            else:
                message = f"the variant '{key.text}' is a mapping, such as {{params: ...}}, got {shown(body)}"
                self.problem("spec/type", message, body.span)
        return variants

    def variant(self, key: Scalar, body: Mapping, known: Dict[str, Value]) -> Variant:
        self.known_keys(body, _VARIANT_KEYS, f"the variant '{key.text}'")
        params = body.get("params")
        for param, _ in params.entries if isinstance(params, Mapping) else ():
            if param.text not in known:
                self.problem("param/unknown", unknown_param(param.text, known), param.span)
        name = self.text(body.get("name")) or key.text
        source = self.text(body.get("source"))
        expect = read_expectations(body.get("expect"), source or self.source, self.problems, total=True)
        return Variant(name, source, self.params(params), _key_spans(params), expect, key.span)

    def blocks(self, node: Node | None) -> dict[str, Block]:
        blocks = {}
        for key, body in self.entries_of(node, "blocks"):
            self.name(key, "a block")
            if isinstance(body, Mapping):
                blocks[key.text] = self.block(key, body)
            else:
                self.problem("spec/type", f"the block '{key.text}' is a mapping with 'layers:'", body.span)
        return blocks

    def block(self, key: Scalar, body: Mapping) -> Block:
        what = f"the block '{key.text}'"
        self.known_keys(body, _BLOCK_KEYS, what)
        self.required_keys(body, ("layers",), what, key.span)
        inputs = tuple(item.name for item in self.references(body.get("inputs"))) or ("input",)
        return Block(
            key.text,
            self.params(body.get("params")),
            _key_spans(body.get("params")),
            inputs,
            self.outputs(body.get("outputs")),
            self.entries(body.get("layers")),
            key.span,
        )

    def outputs(self, node: Node | None) -> dict[str, Reference]:
        """Read what a block puts out: layers inside it, or a mapping that gives them other names."""
        if not isinstance(node, Mapping):
            return {reference.name: reference for reference in self.references(node)}
        found = {}
        for key, value in node.entries:
            self.name(key, "an output")
            if len(references := self.references(value)) == 1:
                found[key.text] = references[0]
            else:
                self.problem("spec/name", f"expected a layer's name, got {shown(value)}", value.span)
        return found

    def entries(self, node: Node | None) -> tuple[Entry, ...]:
        if node is None:
            return ()
        if not isinstance(node, Sequence) or not node.items:
            self.problem(
                "spec/type",
                f"'layers:' is a list with one line per layer, got {shown(node)}",
                node.span,
            )
            return ()
        entries = [self.entry(item) for item in node.items]
        return tuple(entry for entry in entries if entry is not None)

    def entry(self, node: Node) -> Entry | None:
        if not isinstance(node, Mapping):
            message = f"a layer is written {{type: conv, filters: 6, kernel: 5}}, got {shown(node)}"
            self.problem("spec/type", message, node.span)
            return None
        kind = node.get("type")
        if kind is None or not isinstance(operand := self.operand(kind), str | expression.Expression):
            message = "a layer needs a 'type:'" if kind is None else f"'type:' is a word, got {shown(kind)}"
            self.problem("spec/missing" if kind is None else "spec/type", message, (kind or node).span)
            return None
        name = node.get("name")
        return Entry(
            type=Option(
                "type", operand, next(k.span for k, _ in node.entries if k.text == "type"), kind.span
            ),
            name=self.name(name, "a layer") if name is not None else None,
            inputs=self.references(node.get("from")) or None,
            weights=self.weights(node.get("weights")),
            unused=self.unused(node.get("unused")),
            when=self.option(node, "when"),
            repeat=self.option(node, "repeat"),
            frozen=self.option(node, "frozen"),
            first=self.first(node),
            options=tuple(self.as_option(k, v) for k, v in node.entries if k.text not in ENTRY_KEYS),
            expect=read_expectations(node.get("expect"), self.source, self.problems, total=False),
            span=kind.span,
            flow=node.flow,
        )

    def weights(self, node: Node | None) -> Reference | None:
        found = self.references(node)
        if len(found) > 1:
            assert node is not None
            message = "'weights:' names one layer or block whose parameters are used"
            self.problem("spec/type", message, node.span)
        return found[0] if found else None

    def unused(self, node: Node | None) -> bool:
        value = node.value if isinstance(node, Scalar) else None
        if node is not None and not isinstance(value, bool):
            self.problem("spec/type", f"'unused:' is true or false, got {shown(node)}", node.span)
        return value is True

    def first(self, node: Mapping) -> tuple[Option, ...]:
        first = node.get("first")
        if first is not None and node.get("repeat") is None:
            self.problem("spec/first", "'first:' goes with 'repeat:'", first.span)
        entries = self.entries_of(first, "first")
        for key, _ in entries:
            if key.text in ENTRY_KEYS:
                way = f"'{key.text}:' stands beside it" + (
                    " as '$index == 0'" if key.text in _CONDITIONS else ""
                )
                self.problem("spec/first", f"'first:' holds options of the type; {way}", key.span)
        return tuple(self.as_option(k, v) for k, v in entries if k.text not in ENTRY_KEYS)

    # -- values ------------------------------------------------------------------------------------

    def option(self, node: Mapping, key: str) -> Option | None:
        for name, value in node.entries:
            if name.text == key:
                return self.as_option(name, value)
        return None

    def as_option(self, key: Scalar, value: Node) -> Option:
        return Option(key.text, self.operand(value), key.span, value.span)

    def operand(self, node: Node) -> Operand:
        if isinstance(node, Sequence):
            items = tuple([self.operand(item) for item in node.items])
            if any(isinstance(item, expression.Expression | Expressions) for item in items):
                return Expressions(items, _length(items))
            return cast("Value", items)
        if isinstance(node, Mapping):
            self.problem("spec/type", "expected a value or a list, got a mapping", node.span)
            return None
        if "$" in node.text:
            try:
                return expression.parse(node.text)
            except Fault as fault:
                self.problems.add(fault.at(node.span))
                return None
        return node.value

    def references(self, node: Node | None) -> tuple[Reference, ...]:
        if node is None:
            return ()
        items = node.items if isinstance(node, Sequence) else (node,)
        for item in items:
            if not isinstance(item, Scalar) or not _REFERENCE.fullmatch(item.text):
                self.problem("spec/name", f"expected a layer's name, got {shown(item)}", item.span)
        return tuple(Reference(item.text, item.span) for item in items if isinstance(item, Scalar))

    def name(self, node: Node, what: str) -> str | None:
        if isinstance(node, Scalar) and _NAME.fullmatch(node.text) and node.text != "input":
            return node.text
        taken = " ('input' is taken)" if isinstance(node, Scalar) and node.text == "input" else ""
        self.problem(
            "spec/name",
            f"{what}'s name has {_LETTERS} and - ('-' not in front), got {shown(node)}{taken}",
            node.span,
        )
        return None

    def text(self, node: Node | None) -> str:
        if node is None:
            return ""
        if isinstance(node, Scalar):
            return node.text
        self.problem("spec/type", f"expected text, got {shown(node)}", node.span)
        return ""

    # -- mappings ----------------------------------------------------------------------------------

    def entries_of(self, node: Node | None, what: str) -> tuple[tuple[Scalar, Node], ...]:
        if node is None:
            return ()
        if not isinstance(node, Mapping):
            self.problem(
                "spec/type",
                f"'{what}:' is a mapping of names to values, got {shown(node)}",
                node.span,
            )
            return ()
        return node.entries

    def known_keys(self, node: Mapping, known: Iterable[str], what: str) -> None:
        known = tuple(known)
        for key, _ in node.entries:
            if key.text not in known:
                hint = suggestion(key.text, known) or f"; known: {', '.join(known)}"
                self.problem("spec/unknown-key", f"{what} has no key '{key.text}'{hint}", key.span)

    def required_keys(self, node: Mapping, keys: Iterable[str], what: str, span: Span | None = None) -> None:
        for key in keys:
            if node.get(key) is None:
                self.problem("spec/missing", f"{what} needs '{key}:'", span or node.span)

    def problem(self, code: str, message: str, span: Span) -> None:
        self.problems.add(Problem(code, message, span))


def _key_spans(node: Node | None) -> dict[str, Span]:
    """Return where each key of a mapping stands; of what is no mapping, nothing."""
    return {key.text: key.span for key, _ in node.entries} if isinstance(node, Mapping) else {}


def _length(items: tuple[Operand, ...]) -> int:
    """Return how many values a list has, those of lists within it too."""
    within = (item for item in items if isinstance(item, tuple | Expressions))
    return len(items) + sum(_length(item) if isinstance(item, tuple) else item.length for item in within)
