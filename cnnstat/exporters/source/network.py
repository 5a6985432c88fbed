"""A whole network as a file of Python: its classes in order, and what stands around them."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any, ClassVar

from msgspec import structs

from cnnstat.exporters.source.kept_parameters import kept_and_folded
from cnnstat.exporters.source.said import Read, Said, UnsaidError
from cnnstat.exporters.source.scopes import Scope, scopes_of, scopes_within
from cnnstat.exporters.source.taps import Taps
from cnnstat.exporters.source.uses import SplitError
from cnnstat.graph.nodes import LayerNode
from cnnstat.layers.base import width_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Set

    from cnnstat.analysis.model import Analysis
    from cnnstat.exporters.source.arguments import Param
    from cnnstat.exporters.source.build import Build
    from cnnstat.exporters.source.forward import Val
    from cnnstat.exporters.source.scopes import Made
    from cnnstat.graph.model import Graph


class Network:
    """All classes, or functions, of a network; a target says what these are.

    ``rules`` say layers in the words of the target, ``builder`` is what a class is built by, and ``reserved``
    are names that no class may have.
    """

    rules: ClassVar[Mapping[str, Callable[[Read], Said]]]
    builder: ClassVar[type[Build]]
    reserved: ClassVar[Set[str]] = frozenset()

    def __init__(self, graph: Graph, analysis: Analysis) -> None:
        self.graph, self.analysis = graph, analysis
        self.shapes = analysis.shapes
        self.spec = graph.spec
        self.blocks = self.spec.family.blocks
        self.heads: dict[str, str] = {}
        self._said: dict[int, Said] = {}
        self._classes: dict[int, Build] = {}
        self._places: dict[int, int] = {}
        self.classes: list[Build] = []
        self.root = scopes_of(graph)
        self.all = list(scopes_within(self.root))
        self.taps = Taps(self.all, self.spec.family)
        self.kept, self.folded = kept_and_folded(self.spec)
        self.taken = set(self.reserved)
        self.taken.add(title := self.title(self.label, "Network"))
        self._build_blocks()
        self.main = self.builder(self, title, [self.root])
        self.main.build()

    @property
    def label(self) -> str:
        """Return what the network is called; one without a name is called as its file."""
        name = self.spec.name
        return PurePath(name).stem if name.endswith((".yaml", ".yml")) else name

    def title(self, text: str, fallback: str) -> str:
        """Return a name for a class that is none of those taken."""
        raise NotImplementedError

    # -- layers --------------------------------------------------------------------------------------

    def said(self, made: Made) -> Said:
        """Return how PyTorch says a layer.

        Raises:
            UnsaidError: it does not.
        """
        assert isinstance(made, LayerNode)
        if made.number not in self._said:
            self._said[made.number] = self._say(made)
        return self._said[made.number]

    def _say(self, node: LayerNode) -> Said:
        inputs = tuple(self.shapes[number] for number in node.inputs)
        options = structs.asdict(node.layer)
        more = {}
        if "groups" in options and not isinstance(options["groups"], int):
            more["groups"] = width_of(options["groups"], inputs[0][0], "groups")
        read = Read(node.type, node.layer, options, inputs, self.shapes[node.number], node.frozen, more)
        rule = self.rules.get(node.type)
        if rule is None:
            raise UnsaidError(node.type)
        try:
            return rule(read)
        except UnsaidError as error:
            raise UnsaidError(f"{node.path}: {error}") from None

    def stores(self, made: Made) -> bool:
        """Say whether something stores numbers."""
        if isinstance(made, LayerNode):
            return self.said(made).stores
        return any(self.stores(item.made) for member in made.members for item in member.items)

    def check_plain(self, uses: Any, scopes: list[Scope], title: str) -> None:
        """Refuse what is read in more than one place of something that some calls lack."""
        for use in uses:
            if isinstance(use.item.made, Scope) and self.taps.of(use.item.made):
                raise SplitError(title)
        if self.taps.items_read(scopes, title):
            raise SplitError(title)

    def inside(self, scope: Scope, block: str | None) -> bool:
        """Say whether a block stands inside of one of its calls."""
        return block is not None and any(e.block == block for e in scopes_within(scope) if e is not scope)

    def alike(self, one: Made, other: Made) -> bool:
        """Say whether two calls make the same module."""
        if isinstance(one, LayerNode) or isinstance(other, LayerNode):
            return self.said(one) == self.said(other)
        klass = self.class_of(one)
        if klass is not self.class_of(other):
            return False
        pairs = [(self.argument(p, one), self.argument(p, other)) for p in klass.args.ordered()]
        return all(a == b for a, b in pairs)

    # -- classes -------------------------------------------------------------------------------------

    def class_of(self, made: Made) -> Build:
        """Return the class of a call."""
        return self._classes[id(made)]

    def argument(self, param: Param, made: Made) -> Any:
        """Return the value of an argument in one call."""
        return param.values[self._places[id(made)]]

    def _build_blocks(self) -> None:
        by_block: dict[str, list[Scope]] = {}
        for scope in self.all:
            if scope.block is not None:
                by_block.setdefault(scope.block, []).append(scope)
        for block in _order(by_block):
            self._build(block, by_block[block])

    def _build(self, block: str, scopes: list[Scope]) -> None:
        base = self.title(block, "Block")
        try:
            self._class(base, scopes)
            return
        except SplitError:
            pass
        parts: dict[Any, list[Scope]] = {}
        for scope in scopes:
            parts.setdefault(self._signature(scope), []).append(scope)
        whole = list(parts.values()) if len(parts) > 1 else []
        recursive = any(self.inside(scope, block) for scope in scopes)
        if whole and not recursive:
            for part in whole:
                self._or_each(self.title(base, "Block"), part)
            return
        self._or_each(base, scopes, each=True)

    def _or_each(self, base: str, scopes: list[Scope], *, each: bool = False) -> None:
        if not each:
            try:
                self._class(base, scopes)
                return
            except SplitError:
                pass
        equal: dict[Any, list[Scope]] = {}
        for scope in sorted(scopes, key=lambda s: -s.path.count(".")):
            equal.setdefault(self._key(scope), []).append(scope)
        for part in equal.values():
            self._class(self.title(base, "Block"), part)

    def _class(self, title: str, scopes: list[Scope]) -> None:
        used: tuple[str, ...] = ()
        for _ in range(5):
            klass = self.builder(self, title, scopes, used)
            for place, scope in enumerate(scopes):
                self._classes[id(scope)], self._places[id(scope)] = klass, place
            try:
                klass.build()
            except SplitError:
                for scope in scopes:
                    del self._classes[id(scope)]
                raise
            if tuple(klass.args.used) == used or not any(self.inside(s, scopes[0].block) for s in scopes):
                break
            used = tuple(klass.args.used)
        else:
            raise SplitError(title)
        self.taken.add(title)
        self.classes.append(klass)

    def _signature(self, scope: Scope) -> Any:
        return tuple(
            (m.position, m.kind, tuple(id(self._classes.get(id(item.made))) for item in m.items[:1]))
            for m in scope.members
        )

    def _key(self, scope: Scope) -> Any:
        found: list[Any] = [
            tuple(self.shapes[number] for number in scope.inputs),
            tuple(self.taps.of(scope)),
        ]
        for member in scope.members:
            for item in member.items:
                if isinstance(item.made, LayerNode):
                    said = self.said(item.made)
                    found.append((member.position, item.index, said, item.made.frozen))
                else:
                    found.append((member.position, item.index, self._key(item.made)))
        return tuple(found)

    def outputs(self, main: Build) -> list[Val]:
        """Return what the network puts out."""
        found: list[Val] = []
        scope = self.root
        present = {m.name for m in scope.members}
        for reference in self.spec.family.outputs:
            if reference.name in main.env and reference.name not in present and "." not in reference.name:
                continue
            found += main.found(reference.name)
        return found or [main.above]


def _order(by_block: dict[str, list[Scope]]) -> list[str]:
    """Return the blocks, those that others are made of first."""
    found: list[str] = []
    waiting: set[str] = set()

    def visit(block: str) -> None:
        if block in found or block in waiting:
            return
        waiting.add(block)
        for scope in by_block[block]:
            for member in scope.members:
                if isinstance(member.items[0].made, Scope):
                    visit(member.kind)
        found.append(block)

    for block in by_block:
        visit(block)
    return found
