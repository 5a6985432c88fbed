"""The arguments of a class, and what is written for an argument where something is made.

A block becomes one class wherever all calls of it can be said by one; what differs is an argument. What is
written for an argument is tried in this order: what the spec says, what follows from the channels that reach
a layer, the number itself, an argument that has the same value in every call, and at last one of its own.
Each text is computed for every call and must give the number that the network has there.
"""

from __future__ import annotations

import ast
from collections import ChainMap
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cnnstat.exporters.source.candidates import forms, guesses
from cnnstat.exporters.source.expression_text import text_of
from cnnstat.exporters.source.expression_values import (
    NoValueError,
    python_value,
    same,
    value_of,
    with_whole_quotients,
)
from cnnstat.exporters.source.expressions import (
    Tree,
    constant,
    functions_in,
    name,
    names_in,
    renamed,
)
from cnnstat.exporters.source.names import identifier
from cnnstat.exporters.source.said import NO_DEFAULT
from cnnstat.exporters.source.uses import SplitError, Use
from cnnstat.spec.channels import Channels
from cnnstat.spec.expression import Expression
from cnnstat.spec.model import Expressions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cnnstat.exporters.source.scopes import Scope
    from cnnstat.spec.model import Operand


@dataclass
class Param:
    """An argument of a class: its value in each call, and its default.

    ``spec`` is the name that it has in the spec, and ``module`` says that its value is a class.
    """

    name: str
    values: list[Any]
    default: Any = NO_DEFAULT
    spec: str | None = None
    module: bool = False
    network: bool = False
    local: str = ""
    """``local``: the text of what is a variable of the constructor, not an argument."""


@dataclass
class Arguments:
    """The arguments of one class, as far as they are used.

    ``folded`` are the parameters of the network that are numbers in the text, ``kept`` are arguments.
    ``reserved`` are names of classes and functions, which no argument may have.
    """

    scopes: list[Scope]
    own: dict[str, Any]
    kept: dict[str, Any]
    folded: Mapping[str, Any]
    shapes: tuple[tuple[int, ...], ...]
    reserved: frozenset[str] = frozenset()
    params: dict[str, Param] = field(default_factory=dict)
    functions: set[str] = field(default_factory=set)
    known: dict[str, Tree] = field(default_factory=dict)
    used: list[str] = field(default_factory=list)
    closed: bool = False
    """``closed``: the class calls itself, so that it has no more arguments than the spec names."""

    def __post_init__(self) -> None:
        scopes = self.scopes
        taken = {"i", *self.reserved}
        if scopes[0].block is not None:
            several = len(scopes[0].inputs) > 1
            for k, each in enumerate(scopes[0].input_names):
                values = [self.shapes[scope.inputs[k]][0] for scope in scopes]
                self._add(f"{identifier(each)}_channels" if several else "in_channels", values, taken)
        for spec, default in self.own.items():
            values = [python_value(scope.params[spec]) for scope in scopes]
            if any(isinstance(value, Channels) for value in values):
                continue  # channels have no number there; what follows from them has one, under this name
            unsaid = default is None or isinstance(default, Channels)
            own = NO_DEFAULT if unsaid else python_value(default)
            if own is not NO_DEFAULT and all(same(value, own) for value in values):
                self.known[spec] = constant(own)
                continue
            self._add(spec, values, taken, default=own, spec=spec)
        for spec, value in self.kept.items():
            if spec not in self.own:
                default = value if scopes[0].block is None else NO_DEFAULT
                self._add(spec, [value] * len(scopes), taken, default=default, spec=spec, network=True)
        for spec, value in self.folded.items():
            if spec not in self.own:
                self.known[spec] = constant(python_value(value))

    def _add(self, base: str, values: list[Any], taken: set[str], **more: Any) -> str:
        text = identifier(base, taken)
        taken.add(text)
        self.params[text] = Param(text, values, **more)
        if more.get("spec"):
            self.known[more["spec"]] = name(text)
        return text

    def channels(self, k: int) -> Tree | None:
        """Return the argument that is the channels of an input."""
        if self.scopes[0].block is None:
            return constant(self.shapes[self.scopes[0].inputs[k]][0])
        return name(list(self.params)[k])

    def row(self, use: Use) -> Mapping[str, Any]:
        """Return the values of all names where something is made."""
        values = {
            each.name: each.values[use.instance]
            for each in self.params.values()
            if not isinstance(each.values[use.instance], Channels)
        }
        return values if not use.counted else values | {"i": use.item.index}

    def written(self, operand: Operand, more: Mapping[str, Tree] | None = None) -> list[Tree]:
        """Return what a spec says as an expression of the arguments; nothing where it cannot be said."""
        known = ChainMap({"index": name("i")}, self.known)
        try:
            return [self._tree(operand, ChainMap(dict(more or {}), known))]
        except (NoValueError, ArithmeticError, ValueError):
            return []

    def _tree(self, operand: Operand, known: Mapping[str, Tree]) -> Tree:
        if isinstance(operand, Expression):
            return renamed(operand.tree, known)
        if isinstance(operand, Expressions):
            items = [self._tree(item, known) for item in operand.items]
            return ast.Tuple(items)
        if isinstance(operand, Channels):
            raise NoValueError(operand.text)
        return constant(operand)

    def pick(self, values: list[Any], uses: list[Use], candidates: Iterable[Tree]) -> Tree | None:
        """Return the first expression that gives these values where they are needed."""
        rows = [self.row(use) for use in uses]
        for candidate in candidates:
            for tree in forms(candidate):
                whole = with_whole_quotients(tree, rows)
                try:
                    if all(same(value_of(whole, r), v) for r, v in zip(rows, values, strict=True)):
                        return whole
                except NoValueError:
                    continue
        return None

    def choose(
        self,
        values: list[Any],
        uses: list[Use],
        candidates: Iterable[Tree],
        hint: str,
        *,
        fresh: bool = True,
    ) -> Tree:
        """Return an expression that gives these values where they are needed; its names are used from now on.

        Raises:
            SplitError: there is none, not even an argument of its own.
        """
        tree = self.pick(values, uses, candidates)
        if tree is None and all(same(value, values[0]) for value in values):
            tree = constant(values[0])
        if tree is None:
            tree = self.pick(values, uses, guesses(values, list(self.params.values())))
        if tree is None:
            if not fresh or self.closed:
                raise SplitError(hint)
            tree = name(self._fresh(values, uses, hint))
        return self.use(tree)

    def use(self, tree: Tree) -> Tree:
        """Mark the names of an expression as used."""
        for each in sorted(names_in(tree)):
            if each in self.params and each not in self.used:
                self.used.append(each)
        self.functions |= functions_in(tree)
        return tree

    def _fresh(self, values: list[Any], uses: list[Use], hint: str) -> str:
        found: dict[int, Any] = {}
        for value, use in zip(values, uses, strict=True):
            if not same(found.setdefault(use.instance, value), value):
                raise SplitError(hint)
        if len(found) < len(self.scopes):
            raise SplitError(hint)
        return self._add(
            hint, [found[i] for i in range(len(self.scopes))], {*self.params, *self.reserved, "i"}
        )

    def local(self, base: str, tree: Tree) -> Tree:
        """Return a variable of the constructor that holds what an expression comes to in each call."""
        values = [
            value_of(tree, {each.name: each.values[i] for each in self.params.values()})
            for i in range(len(self.scopes))
        ]
        return name(self._add(base, values, {*self.params, *self.reserved, "i"}, local=text_of(tree)))

    def condition(self, present: list[bool], uses: list[Use], operand: Operand) -> Tree:
        """Return what says whether an entry is there.

        Raises:
            SplitError: nothing says so.
        """
        tree = self.pick(present, uses, self.written(operand))
        if tree is None or isinstance(tree, ast.Constant):
            raise SplitError("when")
        return self.use(tree)

    def ordered(self) -> list[Param]:
        """Return the arguments that are used: those that every call gives first."""
        used = [each for each in self.params.values() if each.name in self.used and not each.local]
        return sorted(used, key=lambda each: each.default is not NO_DEFAULT)
