"""What some calls of a block have and others not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnstat.exporters.pytorch.constructor import Constructor
from cnnstat.exporters.source.expression_text import text_of
from cnnstat.exporters.source.forward import Val
from cnnstat.exporters.source.layout import Call, Choice, Doc
from cnnstat.exporters.source.scopes import Item, Scope
from cnnstat.exporters.source.uses import SplitError, Use
from cnnstat.graph.nodes import LayerNode

if TYPE_CHECKING:
    from cnnstat.exporters.source.expressions import Tree
    from cnnstat.exporters.source.said import Said
    from cnnstat.exporters.source.scopes import Member
    from cnnstat.spec.model import Entry


class Conditions(Constructor):
    """Texts of what is not always there."""

    def sometimes(self, title: str, choices: list[tuple[Entry, dict[int, Member]]]) -> None:
        """Add an entry, or alternatives of one name, that some calls have and others not."""
        entry, _ = choices[0]
        sources = self.sources(entry)
        everyone = [Use(i, _standing(scope)) for i, scope in enumerate(self.scopes)]
        if any(e.weights is not None for e, _ in choices) or len(sources) < 1:
            raise SplitError(title)
        numbers = list(sources[0].numbers)
        for _, present in choices:
            for i, member in present.items():
                numbers[i] = member.output
        covered = sum(len(present) for _, present in choices) == len(self.scopes)
        parts: list[tuple[Doc, str]] = []
        widths: list[Tree] = []
        stores = False
        for each, present in choices:
            if each.when is None or [s.name for s in each.inputs or ()] != [
                s.name for s in entry.inputs or ()
            ]:
                raise SplitError(title)
            condition = self.args.condition(
                [i in present for i in range(len(self.scopes))], everyone, each.when.value
            )
            uses = [Use(i, member.items[0]) for i, member in present.items()]
            if each.repeat is not None:
                uses = [Use(i, item, counted=True) for i, member in present.items() for item in member.items]
            self.network.check_plain(uses, self.scopes, title)
            if isinstance(uses[0].item.made, LayerNode):
                said, trees, doc = self.layer(each, uses, sources)
                if said is not None and said.made is None:
                    if len(choices) > 1 or each.repeat is not None:
                        raise SplitError(title)
                    self.sometimes_expression(title, said, trees, sources, condition, numbers)
                    return
                widths += self.widths_of(said, trees, sources)
            elif each.repeat is None:
                klass, doc = self.block_call(uses, sources)
                if klass.taps:
                    raise SplitError(title)
                widths += self.widths_of_call(klass, uses, sources, None)
            if each.repeat is not None:
                whole = [Use(i, member.items[0]) for i, member in present.items()]
                counts = [len(member.items) for member in present.values()]
                count = self.args.choose(counts, whole, self.args.written(each.repeat.value), "repeat")
                is_layer = isinstance(uses[0].item.made, LayerNode)
                inner = self.repeated_widths(uses, sources, is_layer)
                docs, _ = self.repetitions(each, uses, present, sources, inner, count, counts, is_layer)
                doc = Call("nn.Sequential", docs)
                widths += self.after(uses, sources, is_layer, count, inner)
            stores = stores or any(self.network.stores(use.item.made) for use in uses)
            if each.frozen is not None:
                raise SplitError(title)
            parts.append((doc, text_of(condition)))
        val = Val(title, numbers, self.verified(numbers, [*widths, *sources[0].widths]))
        if len(sources) == 1:
            end: Doc = parts.pop()[0] if covered and len(parts) > 1 else Call("nn.Identity", [])
            for doc, test in reversed(parts):
                end = Choice(doc, test, end)
            self.assign(title, end, stores)
            self.call(val, [], self.attribute(title, stores), sources)
        else:
            if len(parts) > 1:
                raise SplitError(title)
            flag = self.flag(title, condition)
            self.made.append(f"        if {parts[0][1]}:")
            self.assign(title, parts[0][0], stores, indent=12)
            target = self.attribute(title, stores)
            self.forward.add(
                [val],
                sources,
                lambda names: Choice(Call(target, [names(s) for s in sources]), flag, names(sources[0])),
            )
        self.put(title, val)

    def sometimes_expression(
        self,
        title: str,
        said: Said,
        trees: dict[str, Tree],
        sources: list[Val],
        condition: Tree,
        numbers: list[int],
    ) -> None:
        """Add an expression that some calls have."""
        widths = [*self.widths_of(said, trees, sources), *sources[0].widths]
        val = Val(title, numbers, self.verified(numbers, widths))
        flag = self.flag(title, condition)
        self.forward.add(
            [val],
            sources,
            lambda names: Choice(
                self.formula(said, trees, [names(s) for s in sources]), flag, names(sources[0])
            ),
        )
        self.put(title, val)


def _standing(scope: Scope) -> Any:
    """Return something that has no index, to stand for a call as a whole."""
    return Item((), (), scope.params, None, scope, scope.output, {}, 0, 0)
