"""Repetitions: one text for all, or the first and one for the rest; and loops over them."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from cnnstat.exporters.source.expression_text import text_of
from cnnstat.exporters.source.expressions import Tree, binary, constant, name, names_in, number, renamed
from cnnstat.exporters.source.forward import Val
from cnnstat.exporters.source.layout import Doc, Generator, flat
from cnnstat.exporters.source.uses import SplitError, Use
from cnnstat.exporters.source.wording import Wording, renamed_widths

if TYPE_CHECKING:
    from cnnstat.exporters.source.build import Build
    from cnnstat.exporters.source.scopes import Member
    from cnnstat.spec.model import Entry


class Repeats(Wording):
    """Texts of repetitions."""

    def first_alone(
        self, entry: Entry, whole: list[Use], sources: list[Val], is_layer: bool
    ) -> tuple[list[Doc], Build | None]:
        """Return the only one that is made where all repetitions are the same one."""
        if is_layer:
            return [self.layer(entry, whole, sources)[2]], None
        klass, doc = self.block_call(whole, sources)
        return [doc], klass

    def one(
        self, entry: Entry, uses: list[Use], sources: list[Val], is_layer: bool, *, fresh: bool
    ) -> tuple[Doc, Build | None]:
        """Return what makes all these with one text."""
        if is_layer:
            return self.layer(entry, uses, sources, fresh=fresh)[2], None
        klass, doc = self.block_call(uses, sources, fresh=fresh)
        return doc, klass

    def repetitions(
        self,
        entry: Entry,
        uses: list[Use],
        found: dict[int, Member],
        sources: list[Val],
        widths: list[Tree],
        count: Tree,
        counts: list[int],
        is_layer: bool,
    ) -> tuple[list[Doc], Build | None]:
        """Return the texts of repetitions: one for all, one for the first and one for the rest, or each."""
        inside = [Val("", [], widths + sources[0].widths), *sources[1:]]
        total = number(count)
        try:
            doc, klass = self.one(entry, uses, inside, is_layer, fresh=False)
            if total == 1:
                first, klass = self.one(entry, _alone(uses), sources, is_layer, fresh=False)
                return [first], klass
            return [self.generated(doc, count, 0)], klass
        except SplitError:
            pass
        heads = _alone([use for use in uses if use.item.index == 0])
        tails = [use for use in uses if use.item.index]
        head, klass = self.one(entry, heads, sources, is_layer, fresh=True)
        if not tails:
            return [head], klass
        try:
            tail, klass = self.one(entry, tails, inside, is_layer, fresh=False)
            if total == 2:
                tail, klass = self.one(entry, _alone(tails), inside, is_layer, fresh=False)
                return [head, tail], klass
            return [head, self.generated(tail, count, 1)], klass
        except SplitError:
            if len(set(counts)) > 1:
                raise
        docs: list[Doc] = []
        for index in range(counts[0]):
            each = _alone([use for use in uses if use.item.index == index])
            doc, klass = self.one(
                entry, each, [Val("", [], []), *sources[1:]] if index else sources, is_layer, fresh=True
            )
            docs.append(doc)
        return docs, klass

    def generated(self, doc: Doc, count: Tree, start: int) -> Doc:
        """Return a text repeated."""
        if "i" in _words(doc):
            begin = f"{start}, " if start else ""
            return Generator(doc, f"for i in range({begin}{text_of(count)})")
        left = binary(count, ast.Sub(), constant(start))
        return Generator(doc, f"for _ in range({text_of(left)})")

    def repeated_widths(self, uses: list[Use], sources: list[Val], is_layer: bool) -> list[Tree]:
        """Return what reaches a repetition behind the first."""
        tails = [use for use in uses if use.item.index] or uses
        if is_layer:
            said = self.network.said(tails[0].item.made)
            if not isinstance(said.width, int):
                return sources[0].widths
            arg = said.args[said.width]
            inside = self.candidates(arg, tails, [Val("", [], [])])
        else:
            klass = self.network.class_of(tails[0].item.made)
            marker = Val("", [], [name("_in")])
            more = [marker, *sources[1:]]
            inside = self.widths_of_marked(klass, tails, more)
        found = []
        for tree in inside:
            if "_in" not in names_in(tree):
                found.append(tree)
                continue
            for width in sources[0].widths:
                step = _step(tree)
                if step is not None:
                    found.append(binary(width, ast.Add(), binary(name("i"), ast.Mult(), step)))
        return found

    def widths_of_marked(self, klass: Build, uses: list[Use], sources: list[Val]) -> list[Tree]:
        """Return the channels of a class's output where those that reach it are called ``_in``."""
        first, *others = klass.args.params
        bindings = {first: name("_in"), **self.bindings(klass, others, uses, sources)}
        return renamed_widths(klass.widths(None), bindings)

    def after(
        self, uses: list[Use], sources: list[Val], is_layer: bool, count: Tree, widths: list[Tree]
    ) -> list[Tree]:
        """Return what the channels behind all repetitions may be."""
        found = [renamed(w, {**{n: name(n) for n in names_in(w)}, "i": count}) for w in widths]
        return [*found, *sources[0].widths]

    def unrolled(self, entry: Entry, title: str, found: dict[int, Member], sources: list[Val]) -> None:
        """Add the repetitions of an expression, one after the other."""
        counts = {len(member.items) for member in found.values()}
        if len(counts) > 1:
            raise SplitError(title)
        vals = []
        for index in range(counts.pop()):
            uses = [Use(i, member.items[index]) for i, member in found.items()]
            said, trees, _ = self.layer(entry, uses, sources)
            assert said is not None
            numbers = [use.item.output for use in uses]
            val = Val(title, numbers, self.verified(numbers, self.widths_of(said, trees, sources)))
            self.expression(val, said, trees, sources)
            vals.append(val)
            sources = [val, *sources[1:]]
        self.items[title] = lambda rest: vals if rest == "*" else [vals[int(rest)]]
        self.put(title, vals[-1])


def _alone(uses: list[Use]) -> list[Use]:
    """Return places as those of what is written out, where no loop counts."""
    return [Use(use.instance, use.item) for use in uses]


def _step(tree: Tree) -> Tree | None:
    """Return what is added to ``_in`` by one repetition; None where it is something else."""
    if isinstance(tree, ast.Name) and tree.id == "_in":
        return constant(0)
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Add):
        for side, other in ((tree.left, tree.right), (tree.right, tree.left)):
            inner = _step(side)
            if inner is not None and "_in" not in names_in(other):
                return binary(inner, ast.Add(), other)
    return None


def _words(doc: Doc) -> set[str]:
    return set(re.findall(r"[A-Za-z_]\w*", flat(doc)))
