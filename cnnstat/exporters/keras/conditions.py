"""What some calls of a block have and others lack: branches of a condition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnstat.exporters.keras.repetitions import Repetitions
from cnnstat.exporters.keras.sharing import PAD
from cnnstat.exporters.keras.steps import steps_lines
from cnnstat.exporters.source.expression_text import text_of
from cnnstat.exporters.source.forward import Statement, Val
from cnnstat.exporters.source.layout import Doc, Generator
from cnnstat.exporters.source.scopes import Item, Scope
from cnnstat.exporters.source.uses import SplitError, Use
from cnnstat.graph.nodes import LayerNode

if TYPE_CHECKING:
    from cnnstat.exporters.source.expressions import Tree
    from cnnstat.exporters.source.forward import Names
    from cnnstat.exporters.source.scopes import Member
    from cnnstat.spec.model import Entry


class Conditions(Repetitions):
    """Entries that stand under a condition."""

    def sometimes(self, title: str, choices: list[tuple[Entry, dict[int, Member]]]) -> None:
        """Add an entry, or alternatives of one name, that some calls have and others not."""
        entry, _ = choices[0]
        sources = self.sources(entry)
        everyone = [Use(i, _standing(scope)) for i, scope in enumerate(self.scopes)]
        numbers = list(sources[0].numbers)
        parts: list[tuple[list[Doc], str]] = []
        widths: list[Tree] = []
        for each, present in choices:
            if each.when is None or each.weights is not None or self.lends_weights(title):
                raise SplitError(title)
            if [s.name for s in each.inputs or ()] != [s.name for s in entry.inputs or ()]:
                raise SplitError(title)
            numbers = [present[i].output if i in present else number for i, number in enumerate(numbers)]
            condition = self.args.condition(
                [i in present for i in range(len(self.scopes))], everyone, each.when.value
            )
            docs, more = self.chosen(each, title, present, sources)
            widths += more
            parts.append((docs, text_of(condition)))
        covered = sum(len(present) for _, present in choices) == len(self.scopes) and len(parts) > 1
        val = Val(title, numbers, self.verified(numbers, [*widths, *sources[0].widths]))
        self.forward.statements.append(
            Statement(
                [val],
                sources,
                lambda names: "",
                lambda names: chosen_lines(parts, covered, val, sources, names),
                chained=True,
            )
        )
        self.put(title, val)

    def chosen(
        self, entry: Entry, title: str, present: dict[int, Member], sources: list[Val]
    ) -> tuple[list[Doc], list[Tree]]:
        """Return the texts of what some calls have, and what its channels may be said by."""
        whole = [Use(i, member.items[0]) for i, member in present.items()]
        is_layer = isinstance(whole[0].item.made, LayerNode)
        self.network.check_plain(whole, self.scopes, title)
        if entry.repeat is not None:
            uses = [Use(i, item, counted=True) for i, member in present.items() for item in member.items]
            counts = [len(member.items) for member in present.values()]
            count = self.args.choose(counts, whole, self.args.written(entry.repeat.value), "repeat")
            inner = self.repeated_widths(uses, sources, is_layer)
            docs, _ = self.repetitions(entry, uses, present, sources, inner, count, counts, is_layer)
            return docs, self.after(uses, sources, is_layer, count, inner)
        if is_layer:
            said, trees, doc = self.layer(entry, whole, sources)
            return [doc], self.widths_of(said, trees, sources)
        klass, doc = self.block_call(whole, sources)
        if klass.taps:
            raise SplitError(title)
        return [doc], self.widths_of_call(klass, whole, sources, None)


def chosen_lines(
    parts: list[tuple[list[Doc], str]], covered: bool, val: Val, sources: list[Val], names: Names
) -> list[str]:
    """Return the branches of a condition; without any of them a value stays what it was."""
    target, given = names(val), [names(source) for source in sources]
    found: list[str] = []
    pad = " " * PAD
    if target != given[0] and not covered:
        found.append(f"{pad}{target} = {given[0]}")
    for place, (docs, test) in enumerate(parts):
        last = covered and place == len(parts) - 1
        found.append(f"{pad}else:" if last else f"{pad}{'elif' if place else 'if'} {test}:")
        current = given
        for doc in docs:
            if isinstance(doc, Generator):
                if current[0] != target:
                    found.append(f"{pad}{pad}{target} = {current[0]}")
                found.append(f"{pad}{pad}{doc.loop}:")
                found += steps_lines(doc.item, target, [target, *given[1:]], 3 * PAD)
            else:
                found += steps_lines(doc, target, current, 2 * PAD)
            current = [target, *given[1:]]
    return found


def _standing(scope: Scope) -> Any:
    """Return something that has no index, to stand for a call as a whole."""
    return Item((), (), scope.params, None, scope, scope.output, {}, 0, 0)
