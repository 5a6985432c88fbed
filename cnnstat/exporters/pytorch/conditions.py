"""What some calls of a block have and others not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.exporters.source.branches import branch, condition_of, uses_of
from cnnstat.exporters.source.expression_text import text_of
from cnnstat.exporters.source.forward import Val
from cnnstat.exporters.source.layout import Call, Choice, Doc
from cnnstat.exporters.source.uses import SplitError, Use
from cnnstat.graph.nodes import LayerNode

if TYPE_CHECKING:
    from cnnstat.exporters.pytorch.build import Class
    from cnnstat.exporters.source.expressions import Tree
    from cnnstat.exporters.source.scopes import Member
    from cnnstat.spec.model import Entry


def sometimes(klass: Class, title: str, choices: list[tuple[Entry, dict[int, Member]]]) -> None:
    """Add an entry, or alternatives of one name, that some calls have and others not."""
    entry, _ = choices[0]
    sources = klass.sources(entry)
    if not sources or any(each.weights is not None for each, _ in choices):
        raise SplitError(title)
    numbers = list(sources[0].numbers)
    parts: list[tuple[Doc, Tree]] = []
    widths: list[Tree] = []
    stores = False
    for each, present in choices:
        for i, member in present.items():
            numbers[i] = member.output
        condition = condition_of(klass, title, entry, each, present)
        uses = uses_of(present)
        made = uses[0].item.made
        if isinstance(made, LayerNode) and klass.network.said(made).made is None:
            if len(choices) > 1 or each.repeat is not None:
                raise SplitError(title)
            _expression(klass, title, each, uses, sources, condition, numbers)
            return
        docs, more = branch(klass, title, each, present, sources)
        if each.frozen is not None:
            raise SplitError(title)
        widths += more
        stores = stores or any(klass.network.stores(use.item.made) for use in uses)
        parts.append((docs[0] if each.repeat is None else Call("nn.Sequential", docs), condition))
    val = Val(title, numbers, klass.verified(numbers, [*widths, *sources[0].widths]))
    if len(sources) == 1:
        covered = len(parts) > 1 and sum(len(present) for _, present in choices) == len(klass.scopes)
        end: Doc = parts.pop()[0] if covered else Call("nn.Identity", [])
        for doc, test in reversed(parts):
            end = Choice(doc, text_of(test), end)
        klass.assign(title, end, stores)
        klass.call(val, [], klass.attribute(title, stores), sources)
    elif len(parts) == 1:
        _called(klass, title, val, *parts[0], sources, stores)
    else:
        raise SplitError(title)
    klass.put(title, val)


def _called(
    klass: Class, title: str, val: Val, doc: Doc, condition: Tree, sources: list[Val], stores: bool
) -> None:
    """Add a module of several inputs that some calls have; in the others the first input goes on."""
    flag = klass.flag(title, condition)
    klass.made.append(f"        if {text_of(condition)}:")
    klass.assign(title, doc, stores, indent=12)
    target = klass.attribute(title, stores)
    klass.forward.add(
        [val],
        sources,
        lambda names: Choice(Call(target, [names(s) for s in sources]), flag, names(sources[0])),
    )


def _expression(
    klass: Class,
    title: str,
    entry: Entry,
    uses: list[Use],
    sources: list[Val],
    condition: Tree,
    numbers: list[int],
) -> None:
    """Add an expression that some calls have."""
    said, trees, _ = klass.layer(entry, uses, sources)
    assert said is not None
    widths = [*klass.widths_of(said, trees, sources), *sources[0].widths]
    val = Val(title, numbers, klass.verified(numbers, widths))
    flag = klass.flag(title, condition)
    klass.forward.add(
        [val],
        sources,
        lambda names: Choice(
            klass.formula(said, trees, [names(s) for s in sources]), flag, names(sources[0])
        ),
    )
    klass.put(title, val)
