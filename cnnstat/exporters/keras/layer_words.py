"""What layers and calls of blocks are called, and the steps that each of them is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnstat.exporters.keras.said import Chain, KerasSaid
from cnnstat.exporters.keras.steps import applied
from cnnstat.exporters.source.build import Build
from cnnstat.exporters.source.expression_text import SUMMAND, text_of
from cnnstat.exporters.source.layout import Call, Doc, Generator, Joined
from cnnstat.exporters.source.said import Formula
from cnnstat.exporters.source.uses import SplitError, Use

if TYPE_CHECKING:
    from cnnstat.exporters.keras.said import Step
    from cnnstat.exporters.source.expressions import Tree
    from cnnstat.exporters.source.forward import Val
    from cnnstat.exporters.source.said import Said, Word
    from cnnstat.spec.model import Entry


class LayerWords(Build):
    """Layers and calls in Keras's words."""

    def said_name(self, uses: list[Use], stores: bool) -> str:
        """Return the text that is the name of a layer, or of a block's call, in all these places.

        Raises:
            SplitError: they have several names, and weights under them.
        """
        found: list[str] = []
        for use in uses:
            above = self.scopes[use.instance].path
            own = use.item.made.path[len(above) + 1 if above else 0 :]
            if use.item.index is not None:
                stem = own.rpartition(".")[0]
                own = f"{stem}_{'{i}' if use.counted else use.item.index}"
            found.append(own.replace(".", "_"))
        if len(set(found)) > 1 and stores:
            raise SplitError(found[0])
        text = found[0]
        if self.block is not None:
            return f'f"{{name}}_{text}"'
        return f'f"{text}"' if "{i}" in text else f'"{text}"'

    def layer(
        self, entry: Entry, uses: list[Use], sources: list[Val], *, fresh: bool = True
    ) -> tuple[Said | None, dict[str, Tree], Doc]:
        """Return how a layer is said in all these places: its steps in order."""
        saids = self.in_one_form([self.network.said(use.item.made) for use in uses])
        name = Joined("name=", self.said_name(uses, any(said.stores for said in saids)))
        first = saids[0]
        if any(said.word != first.word or _around(said) != _around(first) for said in saids):
            if any(_around(said) != ((), ()) or said.listed for said in saids):
                raise SplitError("type")
            head = self.chosen_type(entry, uses, [*saids])
            return None, {}, Chain(head, [name], steps=[applied(Call(head, [name]), first)])
        steps: list[Step] = []
        for part, suffix in zip(range(len(first.before)), ("_pad", "_pad2"), strict=False):
            steps.append(self.part([said.before[part] for said in saids], uses, sources, fresh, name, suffix))
        trees, words = self.arguments(saids, uses, sources, fresh=fresh)
        self.helpers |= set(first.helpers)
        main = len(steps)
        made = Call(first.made or "", [*words, name])
        steps.append(applied(made, first) if first.made else lambda names: self.formula(first, trees, names))
        for part in range(len(first.after)):
            steps.append(self.part([said.after[part] for said in saids], uses, sources, fresh, name, "_crop"))
        return first, trees, Chain(made.head, made.arguments, steps=steps, main=main)

    def part(
        self, saids: list[Said], uses: list[Use], sources: list[Val], fresh: bool, name: Joined, suffix: str
    ) -> Step:
        """Return a step that stands before or behind a layer."""
        first = saids[0]
        trees, words = self.arguments(saids, uses, sources, fresh=fresh)
        self.helpers |= set(first.helpers)
        if first.made is None:
            return lambda names: self.formula(first, trees, names)
        assert isinstance(name.inner, str)
        own = Joined("name=", f'{name.inner[:-1]}{suffix}"')
        return applied(Call(first.made, [*words, own]), first)

    def in_one_form(self, saids: list[Any]) -> list[KerasSaid]:
        """Return layers in a form that all of them have."""
        if not all(said.forms for said in saids):
            return saids
        for name, _ in saids[0].forms:
            if all(name in dict(said.forms) for said in saids):
                return [dict(said.forms)[name] for said in saids]
        return saids

    def block_call(self, uses: list[Use], sources: list[Val], *, fresh: bool = True) -> tuple[Build, Doc]:
        """Return the function of a call in all these places, and the call."""
        klass, doc = super().block_call(uses, sources, fresh=fresh)
        assert isinstance(doc, Call)
        words = [*doc.arguments, Joined("name=", self.said_name(uses, klass.stores))]
        return klass, Chain(doc.head, words, steps=[lambda names: Call(doc.head, [*names, *words])], main=0)

    def expression(self, val: Val, said: Said, trees: dict[str, Tree], sources: list[Val]) -> None:
        """Add a layer of which there are several, one after the other."""
        raise SplitError(val.name)

    def formula(self, said: Said, trees: dict[str, Tree], names: list[str]) -> Doc:
        """Return an expression of inputs with these names."""
        if not isinstance(said.word, Formula):
            return names[0]
        words = {
            each.key: text_of(trees[each.key], least=max(each.least, SUMMAND))
            for each in said.args
            if each.key is not None
        }
        return said.word.filled(names, words)

    def generated(self, doc: Doc, count: Tree, start: int) -> Doc:
        """Return a text repeated; the number of each stands in its name."""
        begin = f"{start}, " if start else ""
        return Generator(doc, f"for i in range({begin}{text_of(count)})")


def _around(said: KerasSaid) -> tuple[tuple[Word, ...], tuple[Word, ...]]:
    return tuple(each.word for each in said.before), tuple(each.word for each in said.after)
