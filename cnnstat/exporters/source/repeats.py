"""Repetitions: one text for all, or the first and one for the rest; and loops over them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from cnnstat.exporters.source.expressions import Tree, binary, constant, name, names_in, number, renamed
from cnnstat.exporters.source.forward import Val
from cnnstat.exporters.source.uses import SplitError, Use
from cnnstat.exporters.source.wording import renamed_widths

if TYPE_CHECKING:
    from cnnstat.exporters.source.build import Build
    from cnnstat.exporters.source.layout import Doc
    from cnnstat.exporters.source.scopes import Member
    from cnnstat.spec.model import Entry


def one_text(
    build: Build, entry: Entry, uses: list[Use], sources: list[Val], is_layer: bool, *, fresh: bool
) -> tuple[Doc, Build | None]:
    """Return what makes all these with one text."""
    if is_layer:
        return build.layer(entry, uses, sources, fresh=fresh)[2], None
    klass, doc = build.block_call(uses, sources, fresh=fresh)
    return doc, klass


def repetitions(
    build: Build,
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
        doc, klass = one_text(build, entry, uses, inside, is_layer, fresh=False)
        if total == 1:
            first, klass = one_text(build, entry, _alone(uses), sources, is_layer, fresh=False)
            return [first], klass
        return [build.generated(doc, count, 0)], klass
    except SplitError:
        pass
    heads = _alone([use for use in uses if use.item.index == 0])
    tails = [use for use in uses if use.item.index]
    head, klass = one_text(build, entry, heads, sources, is_layer, fresh=True)
    if not tails:
        return [head], klass
    try:
        tail, klass = one_text(build, entry, tails, inside, is_layer, fresh=False)
        if total == 2:
            tail, klass = one_text(build, entry, _alone(tails), inside, is_layer, fresh=False)
            return [head, tail], klass
        return [head, build.generated(tail, count, 1)], klass
    except SplitError:
        if len(set(counts)) > 1:
            raise
    docs: list[Doc] = []
    for index in range(counts[0]):
        each = _alone([use for use in uses if use.item.index == index])
        doc, klass = one_text(
            build, entry, each, [Val("", [], []), *sources[1:]] if index else sources, is_layer, fresh=True
        )
        docs.append(doc)
    return docs, klass


def repeated_widths(build: Build, uses: list[Use], sources: list[Val], is_layer: bool) -> list[Tree]:
    """Return what reaches a repetition behind the first."""
    tails = [use for use in uses if use.item.index] or uses
    if is_layer:
        said = build.network.said(tails[0].item.made)
        if not isinstance(said.width, int):
            return sources[0].widths
        arg = said.args[said.width]
        inside = build.candidates(arg, tails, [Val("", [], [])])
    else:
        klass = build.network.class_of(tails[0].item.made)
        marker = Val("", [], [name("_in")])
        more = [marker, *sources[1:]]
        inside = _widths_of_marked(build, klass, tails, more)
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


def _widths_of_marked(build: Build, klass: Build, uses: list[Use], sources: list[Val]) -> list[Tree]:
    """Return the channels of a class's output where those that reach it are called ``_in``."""
    first, *others = klass.args.params
    bindings = {first: name("_in"), **build.bindings(klass, others, uses, sources)}
    return renamed_widths(klass.widths(None), bindings)


def widths_after(
    build: Build, uses: list[Use], sources: list[Val], is_layer: bool, count: Tree, widths: list[Tree]
) -> list[Tree]:
    """Return what the channels behind all repetitions may be."""
    found = [renamed(w, {**{n: name(n) for n in names_in(w)}, "i": count}) for w in widths]
    return [*found, *sources[0].widths]


def unrolled(build: Build, entry: Entry, title: str, found: dict[int, Member], sources: list[Val]) -> None:
    """Add the repetitions of an expression, one after the other."""
    counts = {len(member.items) for member in found.values()}
    if len(counts) > 1:
        raise SplitError(title)
    vals = []
    for index in range(counts.pop()):
        uses = [Use(i, member.items[index]) for i, member in found.items()]
        said, trees, _ = build.layer(entry, uses, sources)
        assert said is not None
        numbers = [use.item.output for use in uses]
        val = Val(title, numbers, build.verified(numbers, build.widths_of(said, trees, sources)))
        build.expression(val, said, trees, sources)
        vals.append(val)
        sources = [val, *sources[1:]]
    build.items[title] = lambda rest: vals if rest == "*" else [vals[int(rest)]]
    build.put(title, vals[-1])


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
