"""Layers, and models of blocks, that several places call with the same weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.exporters.keras.layer_words import LayerWords
from cnnstat.exporters.keras.lending import way
from cnnstat.exporters.keras.said import Chain
from cnnstat.exporters.keras.steps import through
from cnnstat.exporters.source.expression_text import text_of
from cnnstat.exporters.source.forward import Statement
from cnnstat.exporters.source.layout import Call, Doc, Generator, lines
from cnnstat.exporters.source.names import variable
from cnnstat.exporters.source.said import UnsaidError
from cnnstat.exporters.source.scopes import Scope
from cnnstat.exporters.source.uses import SplitError, Use

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnstat.exporters.keras.network import KerasNetwork
    from cnnstat.exporters.source.forward import Names, Val
    from cnnstat.spec.model import Entry

PAD = 4


class Sharing(LayerWords):
    """Entries that share weights."""

    network: KerasNetwork
    each = ""
    """``each``: the variable of loops over what is shared."""

    def lends_weights(self, title: str) -> bool:
        """Say whether another entry uses the weights of this one."""
        return (self.block, title) in self.network.lenders

    def through(
        self, entry: Entry, title: str, uses: list[Use], doc: Doc, sources: list[Val], stores: bool
    ) -> Chain:
        """Return the steps of an entry, through a variable where it shares its weights."""
        assert isinstance(doc, Chain)
        if not stores:
            return doc
        if entry.weights is not None and entry.weights.name != title:
            target, several = self.lent(entry, title, uses)
            if several:
                raise UnsaidError(f"weights of the repetitions of '{entry.weights.name}'")
            return through(doc, target)
        if self.lends_weights(title):
            return through(doc, self.lend(title, uses, doc, sources))
        return doc

    def lend(self, title: str, uses: list[Use], doc: Chain, sources: list[Val]) -> str:
        """Add what makes a layer, or a model of a block, that several places call; return its variable."""
        target = self.variable(f"{title}_layer")
        made = self.made(title, uses, doc, sources)
        self.lends[title] = target
        self.line(lambda names: lines(f"{target} = ", made, "", PAD))
        return target

    def lend_each(self, title: str, uses: list[Use], docs: list[Doc], sources: list[Val]) -> list[Doc]:
        """Add a list of what repetitions call, and return how they call it."""
        target = self.variable(f"{title}_layers")
        made: list[Doc] = []
        for place, doc in enumerate(docs):
            if isinstance(doc, Generator):
                own = [use for use in uses if (use.item.index or 0) >= place]
                assert isinstance(doc.item, Chain)
                item = self.made(title, own, doc.item, sources)
                made.append(Generator(item, doc.loop, star=len(docs) > 1))
            else:
                own = [Use(use.instance, use.item) for use in uses if use.item.index == place]
                assert isinstance(doc, Chain)
                made.append(self.made(title, own, doc, sources))
        self.lends[title] = target
        self.line(lambda names: lines(f"{target} = ", Call("", made, "[", "]"), "", PAD))
        return self.through_each(docs, target)

    def through_each(self, docs: list[Doc], target: str, end: str = "") -> list[Doc]:
        """Return repetitions that call what is in a list, as far as it is needed."""
        found: list[Doc] = []
        for place, doc in enumerate(docs):
            if not isinstance(doc, Generator):
                assert isinstance(doc, Chain)
                found.append(through(doc, f"{target}[{place}]"))
                continue
            assert isinstance(doc.item, Chain)
            if len(doc.item.steps) > 1:  # the others have the repetition in their names
                found.append(Generator(through(doc.item, f"{target}[i]"), doc.loop))
                continue
            part = f"[{place or ''}:{end}]" if place or end else ""
            self.each = each = self.each or self.variable("layer")
            found.append(Generator(through(doc.item, each), f"for {each} in {target}{part}"))
        return found

    def through_one(self, docs: list[Doc], target: str) -> list[Doc]:
        """Return repetitions that all call the same."""
        found: list[Doc] = []
        for doc in docs:
            chain = doc.item if isinstance(doc, Generator) else doc
            assert isinstance(chain, Chain)
            called = through(chain, target)
            if isinstance(doc, Generator):
                # What stands around has the repetition in its name.
                loop = doc.loop if len(chain.steps) > 1 else doc.loop.replace("for i in", "for _ in")
                found.append(Generator(called, loop))
            else:
                found.append(called)
        return found

    def made(self, title: str, uses: list[Use], doc: Chain, sources: list[Val]) -> Doc:
        """Return what makes a layer, or a model of a block for the shapes that it is given."""
        if not isinstance(uses[0].item.made, Scope):
            return Call(doc.head, doc.arguments)
        sizes = self.network.lenders.sizes((self.block, title))
        shapes: list[Doc] = []
        for k, each in enumerate(sizes):
            values = [self.widths_read(use)[k] for use in uses]
            widths = sources[k].widths if k < len(sources) else []
            tree = self.args.choose(values, uses, widths, "channels", fresh=False)
            shapes.append(Call("", [*map(str, each), text_of(tree)]))
        self.helpers.add("shared")
        given = shapes[0] if len(shapes) == 1 else Call("", shapes, "[", "]")
        return Call("shared", [doc.head, given, *doc.arguments])

    def variable(self, base: str) -> str:
        """Return a name for a variable that no value has."""
        found = variable(base, self.forward.reserved | set(self.args.params))
        self.forward.reserved.add(found)
        return found

    def widths_read(self, use: Use) -> tuple[int, ...]:
        """Return the channels of what is read in a place."""
        return tuple(self.network.shapes[number][0] for number in use.item.inputs)

    def line(self, text: Callable[[Names], list[str]]) -> None:
        """Add lines that put nothing out."""
        self.forward.statements.append(Statement([], [], lambda names: "", text))

    def lent(self, entry: Entry, title: str, uses: list[Use]) -> tuple[str, int]:
        """Return the layer or model whose weights an entry uses; of a list of them also how many it has.

        Raises:
            UnsaidError: that one would do something else, or cannot be read.
        """
        assert entry.weights is not None
        path = entry.weights.name
        ways = [way(scope, path) for scope in self.scopes]
        first, *rest = hops = ways[0]
        if first.member.name not in self.lends:
            raise UnsaidError(f"weights of '{path}'")
        if len({(len(each), each[0].member.name, each[0].index) for each in ways}) > 1:
            raise SplitError(title)
        for use in uses:
            last = ways[use.instance][-1]
            single = last.index is not None or len(last.member.items) == 1
            lender = last.item if single else last.member.items[use.item.index or 0]
            if not self.network.alike(lender.made, use.item.made):
                what = "block" if isinstance(use.item.made, Scope) else "layer"
                raise UnsaidError(f"weights of '{path}' in a {what} with other options")
        text, listed = self.lends[first.member.name], first.member.entry.repeat is not None
        listed = listed and first.member.entry.weights is None
        if listed and first.index is not None:
            text += f"[{first.index}]"
        elif listed and not rest:
            return text, len(first.member.items)
        for place, hop in enumerate(rest, 1):
            if hop is not hops[-1] and hop.key not in self.network.lenders:
                continue
            if hop.member.entry.repeat is not None and hop.index is None:
                raise UnsaidError(f"weights of the repetitions of '{path}'")
            found = {self.own_name(one[place].name, i) for i, one in enumerate(ways)}
            if len(found) > 1:
                raise SplitError(title)
            text += f".get_layer({found.pop()})"
        return text, 0

    def own_name(self, name: str, instance: int) -> str:
        """Return the name of a layer of Keras as it is said here."""
        if self.block is None:
            return f'"{name}"'
        above = self.scopes[instance].path.replace(".", "_")
        return f'f"{{name}}_{name[len(above) + 1 :]}"'
