"""The statements of a `forward`: what each reads and puts out, and the names of what lies between."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cnnstat.exporters.source.layout import WIDTH, lines
from cnnstat.exporters.source.names import identifier, shape, variable

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnstat.exporters.source.expressions import Tree
    from cnnstat.exporters.source.layout import Doc

    Names = Callable[["Val"], str]


@dataclass(eq=False)
class Val:
    """What lies between two statements: a tensor, or a list of them.

    ``numbers`` are its nodes, one for each call of the class; ``widths`` say how many channels it has.
    """

    name: str
    numbers: list[int] = field(default_factory=list)
    widths: list[Tree] = field(default_factory=list)
    item: str = ""
    """``item``: the text behind the name where it is one of a list."""
    of: Val | None = None


@dataclass(eq=False)
class Statement:
    """One statement: what it assigns, what it reads, and its text under given names."""

    targets: list[Val]
    reads: list[Val]
    text: Callable[[Names], Doc]
    loop: Callable[[Names], list[str]] | None = None
    chained: bool = False
    """``chained``: a loop whose first target may have the name of what it goes on with."""


class Forward:
    """The statements of one class, in order.

    ``entry`` is what a single input is called, and ``reserved`` are names that no value may have.
    """

    shape_text = staticmethod(shape)
    """How a comment shows a shape."""

    def __init__(self, inputs: list[Val], shapes: tuple[tuple[int, ...], ...]) -> None:
        self.inputs = inputs
        self.shapes = shapes
        self.statements: list[Statement] = []
        self.named: dict[int, str] = {}
        self.several = False
        self.entry = "x"
        self.reserved: set[str] = set()

    def add(self, targets: list[Val], reads: list[Val], text: Callable[[Names], Doc]) -> None:
        """Add an assignment."""
        self.statements.append(Statement(targets, reads, text))

    def name(self, val: Val) -> str:
        """Return how a value is read."""
        if val.of is not None:
            inner = self.name(val.of)
            return f"*{inner}" if val.item == "*" else inner + val.item
        return self.named[id(val)]

    def lines(self, outputs: list[Val]) -> list[str]:
        """Return the whole body, what is returned last."""
        self.several = len(outputs) > 1
        self._drop_unread(outputs)
        last = self._last_uses(outputs)
        self._name_all(last)
        found: list[str] = []
        typed = {self.named[id(val)] for val in self.inputs}
        returned = {self.name(val) for val in outputs} if len(outputs) == 1 else set()
        final = self.statements[-1] if self.statements else None
        at_once = (
            final is not None
            and final.loop is None
            and len(final.targets) == len(outputs) == 1
            and final.targets[0] is outputs[0]
        )
        for statement in self.statements[:-1] if at_once else self.statements:
            if statement.loop is not None:
                found += statement.loop(self.name)
                typed |= {self.named[id(val)] for val in statement.targets}
                continue
            names = [self.named[id(val)] for val in statement.targets]
            target = ", ".join(names)
            if len(names) == 1 and target in returned and target not in typed:
                target += ": Tensor"
            typed |= set(names)
            written = lines(f"{target} = ", statement.text(self.name), "", 8)
            found += self._commented(written, statement)
        if at_once:
            written = lines("return ", self.statements[-1].text(self.name), "", 8)
            return [*found, *self._commented(written, self.statements[-1])]
        text = ", ".join(self.name(val) for val in outputs)
        if any(val.item == "*" for val in outputs):
            text = f"tuple({text[1:]})" if len(outputs) == 1 else f"({text})"
        return [*found, f"        return {text}"]

    def _commented(self, written: list[str], statement: Statement) -> list[str]:
        """Return a statement with the shape that it puts out, where that is another one than it reads."""
        comment = self._comment(statement.targets[0])
        comment = "" if comment == self._comment(statement.reads[0]) else comment
        if comment and len(written) == 1 and len(written[0]) + len(comment) + 4 <= WIDTH:
            written[0] += f"  # {comment}"
        return written

    def _comment(self, val: Val) -> str:
        found = {self.shapes[number] for number in val.numbers}
        return self.shape_text(next(iter(found))) if len(found) == 1 else ""

    def _drop_unread(self, outputs: list[Val]) -> None:
        """Leave out what nothing reads, as a layer that the spec calls unused."""
        read = {id(val.of or val) for val in outputs}
        kept = []
        for statement in reversed(self.statements):
            if statement.loop is not None or any(id(val) in read for val in statement.targets):
                kept.append(statement)
                read |= {id(val.of or val) for val in statement.reads}
        self.statements = kept[::-1]

    def _last_uses(self, outputs: list[Val]) -> dict[int, int]:
        last: dict[int, int] = {}
        for place, statement in enumerate(self.statements):
            for val in statement.reads:
                last[id(val.of or val)] = place
        for val in outputs:
            last[id(val.of or val)] = len(self.statements)
        return last

    def _name_all(self, last: dict[int, int]) -> None:
        taken = set(self.reserved)
        chain = "x"
        if len(self.inputs) == 1:
            self.named[id(self.inputs[0])] = self.entry
            if self.entry == chain and last.get(id(self.inputs[0]), 0) > 0:
                chain = "out"
        else:
            for val in self.inputs:
                self.named[id(val)] = identifier(val.name, taken)
                taken.add(self.named[id(val)])
        taken |= {chain, "x", self.entry}
        holder = self.inputs[0] if chain == "x" and len(self.inputs) == 1 else None
        for place, statement in enumerate(self.statements):
            free = holder is None or self.named[id(holder)] != chain or last.get(id(holder), -1) <= place
            for position, val in enumerate(statement.targets):
                if id(val) not in last:
                    self.named[id(val)] = "_"
                elif position == 0 and self._one(statement) and free and self._goes_on(place, holder, last):
                    self.named[id(val)] = chain
                    holder = val
                else:
                    self.named[id(val)] = variable(val.name, taken)
                    taken.add(self.named[id(val)])

    def _one(self, statement: Statement) -> bool:
        """Say whether a statement, or a loop, may go on under the name of what it reads."""
        return statement.loop is None or statement.chained

    def _reads(self, val: Val) -> int:
        """Return how many statements read a value."""
        return sum(any((each.of or each) is val for each in s.reads) for s in self.statements)

    def _goes_on(self, place: int, holder: Val | None, last: dict[int, int]) -> bool:
        """Say whether a statement goes on with what the last ones put out; another begins something."""
        statement = self.statements[place]
        end = last[id(statement.targets[0])]
        if end == len(self.statements) and self.several:
            return False
        if holder is not None and any((val.of or val) is holder for val in statement.reads):
            return end == place + 1 or (end <= place + 3 and self._reads(statement.targets[0]) == 1)
        readers = self.statements[end].reads if end < len(self.statements) else []
        return end == place + 1 and len(readers) < 2
