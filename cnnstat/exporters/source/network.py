"""A whole network as a file of Python: its classes in order, and what stands around them."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any, ClassVar

from msgspec import structs

from cnnstat.exporters.source.classes import SplitError
from cnnstat.exporters.source.said import Read, Said, UnsaidError
from cnnstat.exporters.source.scopes import Scope, scopes_of
from cnnstat.graph.nodes import LayerNode
from cnnstat.layers.base import width_of
from cnnstat.spec.expression import Expression
from cnnstat.spec.model import Expressions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Set

    from cnnstat.analysis.model import Analysis
    from cnnstat.exporters.source.build import Build
    from cnnstat.exporters.source.classes import Param
    from cnnstat.exporters.source.forward import Val
    from cnnstat.exporters.source.scopes import Item, Made
    from cnnstat.graph.model import Graph

SPATIAL = {
    "kernel",
    "stride",
    "padding",
    "dilation",
    "size",
    "scale",
    "output_padding",
    "margins",
    "start",
    "stop",
}


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
        self.taps: dict[int, list[str]] = {}
        self.root = scopes_of(graph)
        self.all: list[Scope] = list(_scopes(self.root))
        for scope in self.all:
            self.taps[id(scope)] = []
        self._find_taps()
        self.kept, self.folded = self._parameters()
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

    # -- parameters of the network -------------------------------------------------------------------

    def _parameters(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return those that are arguments of the source, and those that are numbers in it.

        A number of maps, classes or layers is an argument; what chooses between structures is not, nor what
        sizes follow from, which are numbers here.
        """
        spatial: set[str] = set()
        entries = [*self.spec.family.layers, *(e for block in self.blocks.values() for e in block.layers)]
        for entry in entries:
            for option in (*entry.options, *entry.first):
                if option.name in SPATIAL and entry.type.value not in ("matmul", "power"):
                    spatial |= _names(option.value)
        for sizes in self.spec.family.inputs.values():
            for size in sizes:
                spatial |= _names(size)
        kept = {
            name: value
            for name, value in self.spec.params.items()
            if type(value) is int and value > 1 and name not in spatial
        }
        return kept, {name: value for name, value in self.spec.params.items() if name not in kept}

    # -- what is read of a block beside its output ---------------------------------------------------

    def _find_taps(self) -> None:
        for scope in self.all:
            for entry in scope.entries:  # one that is left out stands for what it would read
                for reference in entry.inputs or ():
                    self._tap(scope, reference.name)
            for member in scope.members:
                self._carry(scope, member.items)
        for reference in self.spec.family.outputs:
            self._tap(self.root, reference.name)
        for scope in self.all:
            if scope.block:
                for reference in self.blocks[scope.block].outputs.values():
                    self._tap(scope, reference.name)

    def _carry(self, scope: Scope, items: list[Item]) -> None:
        if len(items) < 2 or not isinstance(items[0].made, Scope):
            return
        for tap in self.carried_outputs(items[0].made).values():
            for item in items:
                assert isinstance(item.made, Scope)
                self._add_tap(item.made, tap)

    def carried_outputs(self, scope: Scope) -> dict[str, str]:
        """Return which output the next repetition takes for each input of its name; empty for the main."""
        outputs = self.blocks[scope.block or ""].outputs
        return {name: self.canonical(scope, name) for name in scope.input_names if name in outputs}

    def canonical(self, scope: Scope, tap: str) -> str:
        """Return the name of an output; empty for the main one."""
        outputs = self.blocks[scope.block or ""].outputs
        return "" if outputs and tap == next(iter(outputs)) else tap

    def _add_tap(self, scope: Scope, tap: str) -> None:
        tap = self.canonical(scope, tap)
        if tap and tap not in self.taps[id(scope)]:
            self.taps[id(scope)].append(tap)
            outputs = self.blocks[scope.block or ""].outputs
            self._tap(scope, outputs[tap].name if tap in outputs else tap)

    def _tap(self, scope: Scope, reference: str) -> None:
        first, _, rest = reference.partition(".")
        member = next((m for m in scope.members if m.name == first), None)
        if member is None or not rest:
            return
        if member.entry.repeat is not None:
            index, _, inner = rest.partition(".")
            if index == "*" or index.isdigit():
                rest = inner
        for item in member.items:
            if rest and isinstance(item.made, Scope):
                self._add_tap(item.made, rest)

    def tapped(self, made: Made, tap: str) -> int:
        """Return the node of what is read of a block."""
        assert isinstance(made, Scope)
        if tap in made.outputs:
            return made.outputs[tap]
        first, _, rest = tap.partition(".")
        member = next((m for m in made.members if m.name == first), None)
        if member is None:
            raise SplitError(tap)
        item = member.items[-1]
        if member.entry.repeat is not None and rest.partition(".")[0].isdigit():
            index, _, rest = rest.partition(".")
            item = member.items[int(index)]
        return self.tapped(item.made, rest) if rest else item.output

    def items_read(self, scopes: list[Scope], title: str) -> set[str]:
        """Return what is read of single repetitions: empty for the main output."""
        scope = scopes[0]
        references = [r.name for e in scope.entries for r in e.inputs or ()]
        if scope.block is None:
            references += [r.name for r in self.spec.family.outputs]
        elif self.blocks[scope.block].outputs:
            references += [r.name for r in self.blocks[scope.block].outputs.values()]
        for each in scopes:
            references += self.taps[id(each)]
        found = set()
        member = next((m for each in scopes for m in each.members if m.name == title), None)
        for reference in references:
            first, _, rest = reference.partition(".")
            if first != title or not rest or member is None:
                continue
            index, _, tap = rest.partition(".")
            made = member.items[0].made
            if index == "*" or index.isdigit():
                found.add(self.canonical(made, tap) if isinstance(made, Scope) and tap else "")
            elif isinstance(made, Scope) and rest not in self.carried_outputs(made).values():
                inner = self.canonical(made, rest)
                if inner and inner not in self.carried_outputs(made):
                    found.add(inner)
        return found

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
            if isinstance(use.item.made, Scope) and self.taps[id(use.item.made)]:
                raise SplitError(title)
        if self.items_read(scopes, title):
            raise SplitError(title)

    def repetitions_of(self, scope: Scope, reference: str) -> int:
        """Return how many repetitions a path stands for, 0 for what is not repeated."""
        path = f"{scope.path}.{reference}" if scope.path else reference
        known = {group.path for group in self.graph.groups} | {node.path for node in self.graph.layers}
        count = 0
        while f"{path}.{count}" in known:
            count += 1
        return count

    def inside(self, scope: Scope, block: str | None) -> bool:
        """Say whether a block stands inside of one of its calls."""
        return block is not None and any(e.block == block for e in _scopes(scope) if e is not scope)

    def alike(self, one: Made, other: Made) -> bool:
        """Say whether two calls make the same module."""
        if isinstance(one, LayerNode) or isinstance(other, LayerNode):
            return self.said(one) == self.said(other)
        klass = self.class_of(one)
        if klass is not self.class_of(other):
            return False
        pairs = [(self.argument(p, one), self.argument(p, other)) for p in klass.args.ordered()]
        return all(a == b for a, b in pairs)

    def check_path(self, scopes: list[Scope], first: str, rest: list[str], entry: Any) -> None:
        """Refuse to use a module of a path that does something else."""
        for scope in scopes:
            borrower = next(m for m in scope.members if m.entry is entry)
            member = next(m for m in scope.members if m.name == first)
            parts = list(rest)
            made: Made = member.items[0].made
            while parts:
                part = parts.pop(0)
                if part.isdigit():
                    made = member.items[int(part)].made
                    continue
                assert isinstance(made, Scope)
                member = next(m for m in made.members if m.name == part)
                made = member.items[0].made
            if not self.alike(made, borrower.items[0].made):
                raise UnsaidError(f"weights of '{entry.weights.name}' in a layer with other options")

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
            tuple(self.taps[id(scope)]),
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


def _scopes(scope: Scope) -> Iterator[Scope]:
    yield scope
    for member in scope.members:
        for item in member.items:
            if isinstance(item.made, Scope):
                yield from _scopes(item.made)


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


def _names(value: Any) -> set[str]:
    if isinstance(value, Expression):
        return set(value.names)
    if isinstance(value, Expressions):
        return set().union(*map(_names, value.items))
    return set()
