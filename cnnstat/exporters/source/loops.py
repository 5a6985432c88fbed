"""A loop over repetitions: what one hands to the next, and lists of what is read of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.exporters.source.forward import Statement, Val
from cnnstat.exporters.source.names import variable
from cnnstat.exporters.source.uses import SplitError

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnstat.exporters.source.build import Build
    from cnnstat.exporters.source.expressions import Tree
    from cnnstat.exporters.source.forward import Names
    from cnnstat.exporters.source.network import Network
    from cnnstat.exporters.source.scopes import Member

    Verified = Callable[[list[int], list[Tree]], list[Tree]]


class Loop:
    """The repetitions of an entry, whose ``members`` are one for each call of the class that it stands in.

    ``klass`` is that of the repeated block, None for a layer. ``read`` names the outputs that are read of
    single repetitions, of which each makes a list; the main output has no name. ``widths`` are the channels
    behind all repetitions, and ``verified`` those among some that are right in every call.

    Raises:
        SplitError: what one hands to the next cannot be said by a loop.
    """

    def __init__(
        self,
        network: Network,
        title: str,
        members: list[Member],
        klass: Build | None,
        sources: list[Val],
        read: set[str],
        widths: list[Tree],
        verified: Verified,
    ) -> None:
        self.network, self.members, self.klass, self.sources = network, members, klass, sources
        self.widths, self.verified = widths, verified
        self.taps = klass.taps if klass else []
        self.main = Val(title, [member.output for member in members], widths)
        self.carried = {0: self.main}
        self.tapped: dict[str, Val] = {}
        self._carry(title)
        self.lists = {each: Val(f"{title}_{each or 'all'}s", []) for each in sorted(read)}
        self.temporary = {
            tap: f"{variable(tap, set())}_{k}" for k, tap in enumerate(self.taps) if tap not in self.tapped
        }

    def _carry(self, title: str) -> None:
        """Find what takes the place of each input in the next repetition."""
        if self.klass is None:
            return
        scope = self.klass.scopes[0]
        outputs = self.network.taps.carried_outputs(scope)
        for k, name in enumerate(scope.input_names):
            if not k or name not in outputs:
                continue
            tap = outputs[name]
            if tap == "":
                self.carried[k] = self.main
                continue
            inner = [self.network.taps.tapped(member.items[-1].made, tap) for member in self.members]
            val = Val(f"{title}_{tap}", inner, self.verified(inner, self.sources[k].widths))
            self.tapped[tap] = self.carried[k] = val
        if outputs.get(scope.input_names[0]):
            raise SplitError(title)

    def statement(self, head: Callable[[], str], module: str) -> Statement:
        """Return the loop; ``head`` is its line, ``module`` what it calls."""
        targets = [*dict.fromkeys(self.carried.values()), *self.lists.values()]
        reads = [*self.sources, *self.carried.values()]
        return Statement(targets, reads, lambda names: "", lambda names: self._lines(head(), module, names))

    def _lines(self, head: str, module: str, names: Names) -> list[str]:
        begin = [
            f"        {names(val)} = {names(self.sources[k])}"
            for k, val in self.carried.items()
            if names(val) not in (names(self.sources[k]), "_")
        ]
        empty = [f"        {names(val)}: list[Tensor] = []" for val in self.lists.values()]
        arguments = ", ".join(names(self.carried.get(k, source)) for k, source in enumerate(self.sources))
        results = self.results(names)
        call = f"            {', '.join(results.values())} = {module}({arguments})"
        added = [f"            {names(val)}.append({results[tap]})" for tap, val in self.lists.items()]
        return [*begin, *empty, f"        {head}:", call, *added]

    def results(self, names: Names) -> dict[str, str]:
        """Return what one repetition puts out is called, by outputs."""
        return {"": names(self.main), **{tap: self._result(tap, names) for tap in self.taps}}

    def _result(self, tap: str, names: Names) -> str:
        if tap in self.tapped:
            return names(self.tapped[tap])
        return self.temporary[tap] if tap in self.lists else "_"

    def item(self, rest: str) -> list[Val]:
        """Return what is read by the rest of a path: ``2``, ``*.skip``, or ``skip`` for that of the last."""
        first, _, tap = rest.partition(".")
        if first != "*" and not first.isdigit():
            tap, first = rest, ""
        tap = self.network.taps.canonical(self.klass.scopes[0], tap) if self.klass and tap else ""
        if not first:
            if tap in self.tapped or not tap:
                return [self.tapped[tap] if tap else self.main]
            first = "-1"
        items = [member.items[-1 if first == "*" else int(first)] for member in self.members]
        inner = [self.network.taps.tapped(each.made, tap) if tap else each.output for each in items]
        whole = self.lists[tap]
        if first == "*":
            return [Val(whole.name, inner, [], "*", whole)]
        return [Val(whole.name, inner, self.verified(inner, self.widths), f"[{first}]", whole)]
