"""One class of the source: what its constructor makes, and how it puts a batch through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.exporters.pytorch import conditions
from cnnstat.exporters.pytorch.constructor import Constructor
from cnnstat.exporters.pytorch.lending import lent, repetitions_of
from cnnstat.exporters.source.expression_text import text_of
from cnnstat.exporters.source.forward import Val
from cnnstat.exporters.source.layout import Call, Generator
from cnnstat.exporters.source.repeats import (
    one_text,
    repeated_widths,
    repetitions,
    unrolled,
    widths_after,
)
from cnnstat.exporters.source.said import Passed
from cnnstat.exporters.source.uses import SplitError, Use
from cnnstat.graph.nodes import LayerNode
from cnnstat.spec.model import resolve

if TYPE_CHECKING:
    from cnnstat.exporters.source.build import Build
    from cnnstat.exporters.source.scopes import Member
    from cnnstat.spec.model import Entry


class Class(Constructor):
    """One class, made of all calls of a block that it can say; or of the network itself."""

    def always(self, entry: Entry, title: str, found: dict[int, Member]) -> None:
        """Add an entry that is present in every call."""
        sources = self.sources(entry)
        numbers = [found[i].output for i in range(len(self.scopes))]
        if entry.repeat is not None:
            self.repeated(entry, title, found, sources, numbers)
            return
        uses = [Use(i, member.items[0]) for i, member in found.items()]
        if isinstance(uses[0].item.made, LayerNode):
            said, trees, doc = self.layer(entry, uses, sources)
            val = Val(title, numbers, self.verified(numbers, self.widths_of(said, trees, sources)))
            if said is not None and isinstance(said.word, Passed):
                self.put(title, sources[0])
                return
            if said is not None and said.made is None:
                self.expression(val, said, trees, sources)
            else:
                stores = said is not None and said.stores
                if stores and entry.weights is not None:
                    target = self.lends[title] = lent(self, entry, said)
                else:
                    self.assign(title, doc, stores)
                    self.freeze(entry, title, uses, stores)
                    target = self.attribute(title, stores)
                self.docs[title] = (uses, said)
                self.call(val, [], target, sources)
            self.put(title, val)
            return
        klass, doc = self.block_call(uses, sources)
        stores = klass.stores
        if entry.weights is not None and stores:
            target = self.lends[title] = lent(self, entry, None, uses)
        else:
            self.assign(title, doc, stores)
            self.freeze(entry, title, uses, stores)
            target = self.attribute(title, stores)
        val, taps = self.results(title, klass, uses, sources, numbers)
        self.docs[title] = (uses, klass)
        self.call(val, list(taps.values()), target, sources)
        self.items[title] = lambda rest: [{"": val, **taps}[self.canonical(klass, rest)]]
        self.put(title, val)

    def sometimes(self, title: str, choices: list[tuple[Entry, dict[int, Member]]]) -> None:
        """Add an entry, or alternatives of one name, that some calls have and others not."""
        conditions.sometimes(self, title, choices)

    def repeated(
        self, entry: Entry, title: str, found: dict[int, Member], sources: list[Val], numbers: list[int]
    ) -> None:
        """Add the repetitions of a layer or a block."""
        uses = [Use(i, item, counted=True) for i, member in found.items() for item in member.items]
        is_layer = isinstance(uses[0].item.made, LayerNode)
        if is_layer and self.network.said(uses[0].item.made).made is None:
            unrolled(self, entry, title, found, sources)
            return
        tied = entry.weights is not None and entry.weights.name == title
        counts = [len(member.items) for member in found.values()]
        operand = entry.repeat.value if entry.repeat else None
        whole = [Use(i, member.items[0]) for i, member in found.items()]
        count = self.args.choose(counts, whole, self.args.written(operand), "repeat")
        widths = repeated_widths(self, uses, sources, is_layer)
        klass: Build | None = None
        if tied:
            alone, klass = one_text(self, entry, whole, sources, is_layer, fresh=True)
            docs = [alone]
        else:
            docs, klass = repetitions(self, entry, uses, found, sources, widths, count, counts, is_layer)
        stores = any(self.network.stores(use.item.made) for use in uses)
        plain = (
            not tied
            and (klass is None or (not klass.taps and len(klass.scopes[0].input_names) == 1))
            and not self.network.taps.items_read(self.scopes, title)
        )
        container = self.containers[title] = "nn.Sequential" if plain else "nn.ModuleList"
        if plain:
            doc = Call(container, docs)
        elif len(docs) == 1 and isinstance(docs[0], Generator):
            doc = Call(container, [Generator(docs[0].item, docs[0].loop, star=False)])
        else:
            doc = Call(container, [Call("", docs, "[", "]")])
        single = f"{self.attribute(title, stores)}[0]" if tied else ""
        if stores and entry.weights is not None and not tied:
            target = self.lends[title] = lent(self, entry, None, uses)
            lender = self.containers.get(entry.weights.name, container)
            self.containers[title] = lender
            lenders = repetitions_of(self.network, self.scopes[0], entry.weights.name)
            if lenders == 0:
                single, plain = target, False
            elif lender == "nn.ModuleList":
                plain = False
            elif any(lenders != each for each in counts):
                target = f"{target}[:{text_of(count)}]"
        else:
            self.assign(title, doc, stores)
            self.freeze(entry, title, uses, stores, found)
            target = self.attribute(title, stores)
        final = self.verified(numbers, widths_after(self, uses, sources, is_layer, count, widths))
        self.docs[title] = (uses, klass)
        if plain:
            val = Val(title, numbers, final)
            self.call(val, [], target, sources)
            self.put(title, val)
            return
        self.loop(title, found, klass, target, sources, final, count, single)

    def freeze(
        self,
        entry: Entry,
        title: str,
        uses: list[Use],
        stores: bool,
        found: dict[int, Member] | None = None,
    ) -> None:
        """Add what takes parameters out of training."""
        if entry.frozen is None or not stores:
            return
        target = self.attribute(title, stores)
        truths = [bool(resolve(entry.frozen.value, use.item.params)) for use in uses]
        if all(truths):
            self.made.append(f"        {target}.requires_grad_(False)")
            return
        if not any(truths):
            return
        if found is None:
            condition = self.args.condition(truths, uses, entry.frozen.value)
            self.made += [f"        if {text_of(condition)}:", f"            {target}.requires_grad_(False)"]
            return
        per = [
            {u.item.index for u, t in zip(uses, truths, strict=True) if t and u.instance == i} for i in found
        ]
        if any(each != per[0] for each in per):
            raise SplitError(title)
        for index in sorted(per[0], key=lambda i: i or 0):
            self.made.append(f"        {target}[{index}].requires_grad_(False)")
