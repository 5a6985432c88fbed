"""One function of the source: what a block, or the network itself, makes of what it is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.exporters.keras.body import Body
from cnnstat.exporters.keras.conditions import sometimes
from cnnstat.exporters.keras.repetitions import repeated
from cnnstat.exporters.keras.sharing import Sharing
from cnnstat.exporters.source.forward import Val
from cnnstat.exporters.source.said import Passed
from cnnstat.exporters.source.uses import Use
from cnnstat.graph.nodes import LayerNode

if TYPE_CHECKING:
    from cnnstat.exporters.keras.said import Chain, Step
    from cnnstat.exporters.source.network import Network
    from cnnstat.exporters.source.scopes import Member, Scope
    from cnnstat.spec.model import Entry

WORDS = (
    "math",
    "keras",
    "layers",
    "ops",
    "np",
    "name",
    "inputs",
    "model",
    "shared",
    "load",
    "save",
    "KerasTensor",
)
"""Names that the source has another use for."""


class Function(Sharing):
    """One function, made of all calls of a block that it can say; or of the network itself."""

    def __init__(self, network: Network, title: str, scopes: list[Scope], used: tuple[str, ...] = ()) -> None:
        super().__init__(network, title, scopes, used)
        # Channels are those of what a function is given: it needs no argument for them.
        for param, _ in zip(self.args.params.values(), scopes[0].input_names, strict=False):
            if self.block is not None:
                param.local = "channels"
        self.forward = self.body = Body(self.forward.inputs, network.shapes)
        self.forward.reserved = {*network.taken, *WORDS, title}

    def always(self, entry: Entry, title: str, found: dict[int, Member]) -> None:
        """Add an entry that is present in every call."""
        sources = self.sources(entry)
        numbers = [found[i].output for i in range(len(self.scopes))]
        if entry.repeat is not None:
            repeated(self, entry, title, found, sources, numbers)
            return
        uses = [Use(i, member.items[0]) for i, member in found.items()]
        if isinstance(uses[0].item.made, LayerNode):
            said, trees, doc = self.layer(entry, uses, sources)
            if said is not None and isinstance(said.word, Passed):
                self.put(title, sources[0])
                return
            val = Val(title, numbers, self.verified(numbers, self.widths_of(said, trees, sources)))
            stores = said is not None and said.stores
            self.docs[title] = (uses, self.network.said(uses[0].item.made))
            self.apply(val, [], self.through(entry, title, uses, doc, sources, stores), sources)
            self.put(title, val)
            return
        klass, doc = self.block_call(uses, sources)
        assert isinstance(klass, Function)
        val, taps = self.results(title, klass, uses, sources, numbers)
        self.docs[title] = (uses, klass)
        self.apply(
            val, list(taps.values()), self.through(entry, title, uses, doc, sources, klass.stores), sources
        )
        self.items[title] = lambda rest: [{"": val, **taps}[self.canonical(klass, rest)]]
        self.put(title, val)

    def sometimes(self, title: str, choices: list[tuple[Entry, dict[int, Member]]]) -> None:
        """Add an entry, or alternatives of one name, that some calls have and others not."""
        sometimes(self, title, choices)

    def apply(self, val: Val, more: list[Val], chain: Chain, sources: list[Val]) -> None:
        """Add the steps of a layer or a call."""
        current = list(sources)
        for step in chain.steps[:-1]:
            mid = Val(val.name, sources[0].numbers)
            self.add([mid], current, step)
            current = [mid]
        self.add([val, *more], current, chain.steps[-1])

    def add(self, targets: list[Val], reads: list[Val], step: Step) -> None:
        """Add a statement."""
        self.forward.add(targets, reads, lambda names: step([names(each) for each in reads]))
