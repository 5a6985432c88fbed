"""What a class of the source is made of as it grows: values by name, statements, and the constructor."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

from cnnstat.exporters.pytorch.classes import Arguments, SplitError, Use, same
from cnnstat.exporters.pytorch.expressions import (
    NoValueError,
    Tree,
    name,
    names_in,
    renamed,
    text_of,
    value_of,
)
from cnnstat.exporters.pytorch.forward import Forward, Val
from cnnstat.exporters.pytorch.layout import Call, Doc, lines
from cnnstat.exporters.pytorch.names import MODULE_NAMES, clashes, is_plain, variable

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnstat.exporters.pytorch.network import Network
    from cnnstat.exporters.pytorch.scopes import Scope
    from cnnstat.spec.model import Entry


class Parts:
    """What one class has so far.

    ``args`` are its arguments, ``env`` is what names stand for, ``made`` are the lines of the constructor,
    and ``forward`` has the statements.
    """

    def __init__(self, network: Network, title: str, scopes: list[Scope], used: tuple[str, ...] = ()) -> None:
        self.network, self.title, self.scopes = network, title, scopes
        self.block = scopes[0].block
        own = network.blocks[self.block].params if self.block else {}
        self.args = Arguments(scopes, own, network.kept, network.folded, network.shapes)
        self.args.closed = any(network.inside(scope, self.block) for scope in scopes)
        self.args.used += [each for each in used if each in self.args.params]
        self.taps: list[str] = list(dict.fromkeys(tap for scope in scopes for tap in network.taps[id(scope)]))
        self.helpers: set[str] = set()
        self.made: list[str] = []
        self.stored: dict[str, str] = {}
        self.flags: dict[str, str] = {}
        self.attributes: set[str] = {each for scope in scopes for each in scope.names.values()}
        inputs = [
            Val(each, [scope.inputs[k] for scope in scopes], [w for w in (self.args.channels(k),) if w])
            for k, each in enumerate(scopes[0].input_names)
        ]
        self.forward = Forward(inputs, network.shapes)
        self.env: dict[str, Val] = dict(zip(scopes[0].input_names, inputs, strict=True))
        self.items: dict[str, Callable[[str], list[Val]]] = {}
        self.containers: dict[str, str] = {}
        self.modules: dict[str, str] = {}
        self.lends: dict[str, str] = {}
        self.docs: dict[str, tuple[list[Use], Any]] = {}
        self.above = inputs[0]
        self.outputs: list[Val] = []

    def sources(self, entry: Entry) -> list[Val]:
        """Return what an entry reads."""
        if entry.inputs is None:
            return [self.above]
        return [val for reference in entry.inputs for val in self.found(reference.name)]

    def found(self, reference: str) -> list[Val]:
        """Return what a name or a path stands for."""
        if reference in self.env:
            return [self.env[reference]]
        first, _, rest = reference.partition(".")
        if first not in self.items:
            raise SplitError(reference)
        return self.items[first](rest)

    def put(self, title: str, val: Val) -> None:
        """Let a name stand for a value, which is now the one above.

        Channels that take a long expression become a variable of the constructor.
        """
        if val.widths and not self.block and _length(val.widths[0]) > 1:
            self.made.append(f"        ={title}")
            tree = val.widths[0]
            local = self.args.local(f"{title}_channels", tree)
            self.made[-1] = f"={text_of(local)}={text_of(tree)}"
            val.widths = [local]
        self.env[title] = self.above = val

    def call(self, val: Val, more: list[Val], target: str, sources: list[Val]) -> None:
        """Add the call of a module."""
        self.forward.add([val, *more], sources, lambda names: Call(target, [names(each) for each in sources]))

    def on_self(self, tree: Tree) -> Tree:
        """Return an expression of what the module keeps of its arguments."""
        for each in names_in(tree):
            if each not in self.stored:
                attribute = each if each not in self.attributes | MODULE_NAMES else f"{each}_"
                self.stored[each] = attribute
        return renamed(tree, {each: name(attribute) for each, attribute in self.stored.items()})

    def flag(self, title: str, condition: Tree) -> str:
        """Return what says in `forward` whether something is there."""
        if isinstance(condition, ast.Name):
            return text_of(self.on_self(condition), "self.")
        key = text_of(condition)
        if key not in self.flags:
            base = f"has_{variable(title, self.attributes)}"
            self.flags[key] = base
        return f"self.{self.flags[key]}"

    def made_lines(self) -> list[str]:
        """Return the lines that make the modules; variables that nothing reads are left out."""
        found: list[str] = []
        read = " ".join(line for line in self.made if line[0] != "=")
        for line in reversed(self.made):
            if line[0] != "=":
                found.append(line)
                continue
            _, variable_, text = line.split("=")
            if re.search(rf"\b{variable_}\b", read):
                found.append(f"        {variable_} = {text}")
                read += f" {text}"
        return found[::-1]

    def assign(self, title: str, doc: Doc, stores: bool, indent: int = 8) -> None:
        """Add what makes a module, under the name that its numbers have."""
        if is_plain(title) or not stores:
            self.made += lines(f"{self.attribute(title, stores)} = ", doc, "", indent)
        elif clashes(title):
            self.made += lines(f'self._modules["{title}"] = ', doc, "", indent)
        else:
            self.made += lines("", Call("self.add_module", [f'"{title}"', doc]), "", indent)

    def attribute(self, title: str, stores: bool) -> str:
        """Return how a module is read."""
        if is_plain(title):
            return f"self.{title}"
        if not stores:
            if title not in self.modules:
                self.modules[title] = variable(title, self.attributes | MODULE_NAMES)
            return f"self.{self.modules[title]}"
        if clashes(title):
            return f'dict(self.named_children())["{title}"]'
        return f'self.get_submodule("{title}")'

    def operands(self, option: str, uses: list[Use]) -> list[Any]:
        """Return all that is written for an option in these places."""
        found = {id(o): o.value for use in uses for o in use.item.options if o.name == option}
        return list(found.values())

    def verified(self, numbers: list[int], candidates: list[Tree]) -> list[Tree]:
        """Return those candidates that are the channels of these nodes, one for each call of the class."""
        wanted = [self.network.shapes[number][0] for number in numbers]
        rows = [
            {each.name: each.values[i] for each in self.args.params.values()} for i in range(len(self.scopes))
        ]
        found: dict[str, Tree] = {}
        for tree in candidates:
            try:
                if all(same(value_of(tree, row), value) for row, value in zip(rows, wanted, strict=True)):
                    found.setdefault(text_of(tree), tree)
            except NoValueError:
                continue
        return list(found.values())[:3]

    def widths(self, tap: str | None) -> list[Tree]:
        """Return what the channels of an output are, as an expression of the arguments."""
        if not self.outputs:
            return []
        return self.outputs[0 if tap is None else 1 + self.taps.index(tap)].widths

    @property
    def stores(self) -> bool:
        """Say whether it stores numbers."""
        return any(self.network.stores(scope) for scope in self.scopes)


def _length(tree: Tree) -> int:
    """Return how many operations an expression has."""
    return sum(isinstance(node, ast.BinOp | ast.Call | ast.IfExp) for node in ast.walk(tree))
