"""The constructor of a class of PyTorch: what it makes and keeps, and how that is read."""

from __future__ import annotations

import ast
import keyword
import re
from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.base.module_names import MODULE_NAMES, attribute
from cnnstat.exporters.source.build import Build
from cnnstat.exporters.source.expression_text import text_of
from cnnstat.exporters.source.expressions import Tree, name, names_in, renamed
from cnnstat.exporters.source.layout import Call, Doc, Joined, Operation, lines
from cnnstat.exporters.source.loops import Loop
from cnnstat.exporters.source.names import variable
from cnnstat.exporters.source.said import Formula, Together

if TYPE_CHECKING:
    from cnnstat.exporters.source.forward import Val
    from cnnstat.exporters.source.network import Network
    from cnnstat.exporters.source.said import Said
    from cnnstat.exporters.source.scopes import Member, Scope


class Local(Struct, frozen=True):
    """A variable of the constructor, and the expression that it stands for."""

    name: str
    text: str


class Constructor(Build):
    """What one class makes: ``made`` are the lines of the constructor, and its variables."""

    def __init__(self, network: Network, title: str, scopes: list[Scope], used: tuple[str, ...] = ()) -> None:
        super().__init__(network, title, scopes, used)
        self.made: list[str | Local] = []
        self.stored: dict[str, str] = {}
        self.flags: dict[str, str] = {}
        self.attributes: set[str] = {attribute(each) for scope in scopes for each in scope.names.values()}
        self.containers: dict[str, str] = {}
        self.modules: dict[str, str] = {}

    def put(self, title: str, val: Val) -> None:
        """Let a name stand for a value, which is now the one above.

        Channels that take a long expression become a variable of the constructor.
        """
        if val.widths and not self.block and _length(val.widths[0]) > 1:
            tree = val.widths[0]
            local = self.args.local(f"{title}_channels", tree)
            self.made.append(Local(text_of(local), text_of(tree)))
            val.widths = [local]
        self.env[title] = self.above = val

    def call(self, val: Val, more: list[Val], target: str, sources: list[Val]) -> None:
        """Add the call of a module."""
        self.forward.add([val, *more], sources, lambda names: Call(target, [names(each) for each in sources]))

    def on_self(self, tree: Tree) -> Tree:
        """Return an expression of what the module keeps of its arguments."""
        for each in names_in(tree):
            if each not in self.stored:
                kept = each
                while kept in self.attributes | MODULE_NAMES:
                    kept += "_"
                self.stored[each] = kept
        return renamed(tree, {each: name(kept) for each, kept in self.stored.items()})

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
        read = " ".join(line for line in self.made if isinstance(line, str))
        for line in reversed(self.made):
            if isinstance(line, str):
                found.append(line)
            elif re.search(rf"\b{line.name}\b", read):
                found.append(f"        {line.name} = {line.text}")
                read += f" {line.text}"
        return found[::-1]

    def assign(self, title: str, doc: Doc, stores: bool, indent: int = 8) -> None:
        """Add what makes a module, under the name that its numbers have."""
        if _is_plain(title) or not stores:
            self.made += lines(f"{self.attribute(title, stores)} = ", doc, "", indent)
        elif title[0] == "_":
            self.made += lines(f'self._modules["{title}"] = ', doc, "", indent)
        else:
            self.made += lines("", Call("self.add_module", [f'"{title}"', doc]), "", indent)

    def attribute(self, title: str, stores: bool) -> str:
        """Return how a module is read."""
        if _is_plain(title):
            return f"self.{attribute(title)}"
        if not stores:
            if title not in self.modules:
                self.modules[title] = variable(title, self.attributes | MODULE_NAMES)
            return f"self.{self.modules[title]}"
        if title[0] == "_":
            return f'dict(self.named_children())["{title}"]'
        return f'self.get_submodule("{title}")'

    def formula(self, said: Said, trees: dict[str, Tree], names: list[str]) -> Doc:
        """Return an expression of inputs with these names."""
        match said.word:
            case Together() as together:
                return _all_as_one(together, names)
            case Formula() as formula:
                words = {
                    each.key: text_of(self.on_self(trees[each.key]), "self.", each.least)
                    for each in said.args
                    if each.key is not None
                }
                return formula.filled(names, words)
        return names[0]

    def loop(
        self,
        title: str,
        found: dict[int, Member],
        klass: Build | None,
        target: str,
        sources: list[Val],
        widths: list[Tree],
        count: Tree,
        single: str,
    ) -> None:
        """Add a loop over the repetitions, with lists of what is read of each of them.

        ``single`` is the module that all repetitions are, empty where each is one of its own.
        """
        read = self.network.taps.items_read(self.scopes, title)
        loop = Loop(self.network, title, [*found.values()], klass, sources, read, widths, self.verified)

        def head() -> str:
            if single:
                return f"for _ in range({text_of(self.on_self(count), 'self.')})"
            return f"for module in {target}"

        self.forward.statements.append(loop.statement(head, single or "module"))
        self.items[title] = loop.item
        self.put(title, loop.main)


def _all_as_one(together: Together, names: list[str]) -> Doc:
    """Return the text of what makes one of all inputs; a name with a star stands for any number of them."""
    listed = Call("", list(names), "[", "]")
    several = any(each[0] == "*" for each in names)
    match together.how:
        case "joined":
            return Call("torch.cat", [listed, f"dim={together.axis}"])
        case "largest" if len(names) == 2:
            return Call("torch.maximum", list(names))
        case "sum" if not several:
            return Operation("+", names)
        case "product" if not several:
            return Operation("*", names)
    word = {"sum": "sum", "product": "prod", "largest": "amax"}[together.how]
    return Joined("", Call("torch.stack", [listed]), f".{word}(0)")


def _is_plain(title: str) -> bool:
    """Say whether a layer of this name is an attribute that can be written so."""
    return title.isidentifier() and not keyword.iskeyword(title) and title[0] != "_"


def _length(tree: Tree) -> int:
    """Return how many operations an expression has."""
    return sum(isinstance(node, ast.BinOp | ast.Call | ast.IfExp) for node in ast.walk(tree))
