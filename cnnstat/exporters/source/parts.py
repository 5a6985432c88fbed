"""What a class or a function of the source is made of as it grows: values by name, and statements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnstat.exporters.source.arguments import Arguments
from cnnstat.exporters.source.expression_text import text_of
from cnnstat.exporters.source.expression_values import NoValueError, same, value_of
from cnnstat.exporters.source.forward import Forward, Val
from cnnstat.exporters.source.uses import SplitError, Use

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnstat.exporters.source.expressions import Tree
    from cnnstat.exporters.source.network import Network
    from cnnstat.exporters.source.scopes import Scope
    from cnnstat.spec.model import Entry


class Parts:
    """What one class has so far.

    ``args`` are its arguments, ``env`` is what names stand for, and ``forward`` has the statements.
    """

    def __init__(self, network: Network, title: str, scopes: list[Scope], used: tuple[str, ...] = ()) -> None:
        self.network, self.title, self.scopes = network, title, scopes
        self.block = scopes[0].block
        own = network.blocks[self.block].params if self.block else {}
        reserved = frozenset({*network.taken, title})
        self.args = Arguments(scopes, own, network.kept, network.folded, network.shapes, reserved)
        self.args.closed = any(network.inside(scope, self.block) for scope in scopes)
        self.args.used += [each for each in used if each in self.args.params]
        self.taps: list[str] = list(dict.fromkeys(tap for scope in scopes for tap in network.taps.of(scope)))
        self.helpers: set[str] = set()
        inputs = [
            Val(each, [scope.inputs[k] for scope in scopes], [w for w in (self.args.channels(k),) if w])
            for k, each in enumerate(scopes[0].input_names)
        ]
        self.forward = Forward(inputs, network.shapes)
        self.env: dict[str, Val] = dict(zip(scopes[0].input_names, inputs, strict=True))
        self.items: dict[str, Callable[[str], list[Val]]] = {}
        self.lends: dict[str, str] = {}
        self.docs: dict[str, tuple[list[Use], Any]] = {}
        self.above = inputs[0]
        self.outputs: list[Val] = []

    def sources(self, entry: Entry) -> list[Val]:
        """Return what an entry reads."""
        if entry.inputs is None:
            return [self.above]
        return [val for reference in entry.inputs for val in self.found(reference.name)]

    def found(self, reference: str) -> list[Val]:
        """Return what a name or a path stands for."""
        if reference in self.env:
            return [self.env[reference]]
        first, _, rest = reference.partition(".")
        if first not in self.items:
            raise SplitError(reference)
        return self.items[first](rest)

    def put(self, title: str, val: Val) -> None:
        """Let a name stand for a value, which is now the one above."""
        self.env[title] = self.above = val

    def operands(self, option: str, uses: list[Use]) -> list[Any]:
        """Return all that is written for an option in these places."""
        found = {id(o): o.value for use in uses for o in use.item.options if o.name == option}
        return list(found.values())

    def verified(self, numbers: list[int], candidates: list[Tree]) -> list[Tree]:
        """Return those candidates that are the channels of these nodes, one for each call of the class."""
        wanted = [self.network.shapes[number][0] for number in numbers]
        rows = [
            {each.name: each.values[i] for each in self.args.params.values()} for i in range(len(self.scopes))
        ]
        found: dict[str, Tree] = {}
        for tree in candidates:
            try:
                if all(same(value_of(tree, row), value) for row, value in zip(rows, wanted, strict=True)):
                    found.setdefault(text_of(tree), tree)
            except NoValueError:
                continue
        return list(found.values())[:3]

    def widths(self, tap: str | None) -> list[Tree]:
        """Return what the channels of an output are, as an expression of the arguments."""
        if not self.outputs:
            return []
        return self.outputs[0 if tap is None else 1 + self.taps.index(tap)].widths

    @property
    def stores(self) -> bool:
        """Say whether it stores numbers."""
        return any(self.network.stores(scope) for scope in self.scopes)
